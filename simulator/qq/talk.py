"""People talking: in groups, in private, and sending files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from simulator.onebot import segments
from simulator.qq.model import Message, Segment, StoredFile
from simulator.qq.state import WorldState


class Talk(WorldState):
    """The part of the world where people say things."""

    async def say(self, group_id: int, user_id: int, content: str | Sequence[Segment]) -> Message:
        """A member says something in a group. A string is taken literally."""
        message = self.utter(group_id, user_id, content)
        await asyncio.sleep(0)
        return message

    def utter(self, group_id: int, user_id: int, content: str | Sequence[Segment]) -> Message:
        """Like :meth:`say` without giving way to other tasks; for load."""
        group = self.groups[group_id]
        member = group.members[user_id]
        now = self.now()
        parts = [segments.text(content)] if isinstance(content, str) else list(content)
        message = Message(
            self.next_message_id(), now, user_id, member.nickname, parts, segments.raw(parts), group_id
        )
        member.last_sent_time = int(now)
        self.keep_message(message)
        for account in self.accounts.values():
            if account.self_id != user_id and account.self_id in group.members:
                account.hear(message)
        return message

    async def at_bot(self, group_id: int, user_id: int, self_id: int, content: str) -> Message:
        """A member mentions a bot account in a group and says something."""
        return await self.say(group_id, user_id, [segments.at(self_id), segments.text(f" {content}")])

    async def whisper(
        self,
        user_id: int,
        self_id: int,
        content: str | Sequence[Segment],
        group_id: int | None = None,
    ) -> Message:
        """Somebody writes to a bot account in private.

        ``group_id``: a temporary session that starts from that group (sub_type ``group``), as
        people who aren't friends of the bot have; without it the message comes as a friend's.
        """
        self.nicknames.setdefault(user_id, self.nickname_of(user_id))
        parts = [segments.text(content)] if isinstance(content, str) else list(content)
        message = Message(
            self.next_message_id(), self.now(), user_id, self.nickname_of(user_id), parts,
            segments.raw(parts), target_id=self_id, temporary_from=group_id,
        )  # fmt: skip
        self.keep_message(message)
        self.accounts[self_id].hear(message)
        await asyncio.sleep(0)
        return message

    async def whisper_file(self, user_id: int, self_id: int, filename: str, data: bytes) -> StoredFile:
        """Somebody sends a file to a bot account in private."""
        self.nicknames.setdefault(user_id, self.nickname_of(user_id))
        file = StoredFile(f"/file-{self.next_message_id()}", filename, data, user_id)
        self.files[file.file_id] = file
        await self.accounts[self_id].receive_file(file)
        return file
