"""QQ as the services see it: `services.ports.Gateway` over the connected accounts."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from config.phrases import gateway as say
from db import steady
from db.queries.work.outbox import OutboxRow
from plugins.fields import number
from plugins.gateway import calls
from plugins.gateway.accounts import Accounts
from plugins.gateway.calls import Call
from plugins.gateway.connection import KINDS, CallError, Connection, RefusedError, UnansweredError
from plugins.gateway.outgoing.messages import has_picture, in_words, split
from plugins.gateway.reading import files
from plugins.gateway.reading.member_lists import MemberReader, group_info
from plugins.gateway.reading.pending import PendingReader
from services.app import App
from services.ports import GroupInfo, Part, Pending, Reading, ReceivedFile, UnclearError, UnreachableError
from services.sender import bookkeeping

DIRECT_GAP = 0.3


class Actor(Protocol):
    """The sender, as the gateway knows it: it can do an act at once."""

    def is_ready(self, account: int) -> bool:
        """Tell whether this account's answers need not queue."""
        ...

    def act(self, rows: Sequence[OutboxRow]) -> None:
        """Do these acts at once."""
        ...


class QQGateway:
    """The real gateway. Plain `Gateway` methods, and a few more for status, metrics and plugins."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.connections = Accounts()
        self.actor: Actor | None = None
        self._reader = MemberReader(app, self.connections, self.refresh_groups)
        self._pending = PendingReader(self._call)
        self._gates: dict[int, asyncio.Lock] = {}
        self._said_at: dict[int, float] = {}

    def accounts(self) -> tuple[int, ...]:
        """Return the QQ numbers now connected, in order of connection."""
        return self.connections.numbers()

    def gone(self) -> frozenset[int]:
        """Return the QQ numbers that were connected to this process and are no more."""
        return self.connections.gone()

    def account_for(self, group_id: int) -> int | None:
        """Return the account that serves this group (admin there if any of ours is), or None.

        It may be one that another process holds; a group we have just entered is ours to look at.
        """
        found = self.connections.serving(group_id)
        here = None if found is None else found.account
        return self._app.peers.elsewhere.get(group_id, here)

    def cannot_send(self, account: int) -> Sequence[str]:
        """Return the kinds of things (picture, file) that this connected account can't send at the moment."""
        connection = self.connections.get(account)
        able = {"picture": True, "file": connection.profile.sends_files}
        return [kind for kind in KINDS if not able[kind] or connection.refuses(kind)]

    def trusts_flags(self, account: int) -> bool:
        """Tell whether flags recovered from this account's implementation may be approved.

        Raises `UnreachableError` while that is not known: right after a connect, every one is a stranger.
        """
        return self.connections.identified(account).profile.trusts_flags

    def acts_now(self, account: int) -> bool:
        """Tell whether this account can do an act at once, without the sender's queue."""
        return self.actor is not None and self.actor.is_ready(account)

    def act(self, rows: Sequence[OutboxRow]) -> None:
        """Do these acts at once, each by its account; they are in this process's hands already."""
        assert self.actor is not None
        self.actor.act(rows)

    def connected_for(self, account: int) -> float:
        """Return for how many seconds this account has been connected."""
        return time.monotonic() - self.connections.get(account).connected_at

    def is_online(self, account: int) -> bool:
        """Tell whether QQ itself has this account logged in, as far as the implementation said."""
        return self.connections.get(account).online

    def clock_skew(self, account: int) -> float | None:
        """Return by how many seconds QQ's event times are ahead of this host, or None before any event."""
        return self.connections.get(account).skew.seconds(self._app.now().timestamp(), steady.seconds())

    async def group_list(self, account: int) -> Sequence[GroupInfo]:
        """Return the groups this account is in, not from a cache."""
        return await self.refresh_groups(self.connections.get(account))

    async def refresh_groups(self, connection: Connection) -> list[GroupInfo]:
        """Read a connection's group list anew. Raises `UnreachableError`."""
        listed = await self._call(connection, calls.group_list())
        if not isinstance(listed, list):
            raise UnreachableError(say.BAD_LIST)
        found = [info for row in listed if (info := group_info(row)) is not None]
        if len(found) != len(listed) or (not found and len(connection.groups) > 1):
            raise UnreachableError(say.BAD_LIST)
        connection.saw_groups({info.group_id: info for info in found})
        self._app.outbox_news.set()
        return found

    async def refresh_friends(self, connection: Connection) -> None:
        """Read who this account's friends are. Raises `UnreachableError`."""
        listed = await self._call(connection, calls.friend_list())
        rows = listed if isinstance(listed, list) else []
        found = (number(row.get("user_id")) for row in rows if isinstance(row, Mapping))
        connection.friends = frozenset(user_id for user_id in found if user_id is not None)

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        """Return a fresh reading of the member list; one begun ≤ `max_age` seconds ago is shared."""
        return await self._reader.read(group_id, max_age)

    async def pending_requests(self, account: int) -> Pending:
        """Return the join requests that still wait, as the implementation lists them.

        Before that is known they could only be misjudged: raises `UnreachableError`.
        """
        return await self._pending.read(self.connections.identified(account))

    async def fetch_file(self, account: int, file: ReceivedFile, *, limit: int) -> bytes:
        """Return a received file's bytes; refuses more than `limit` bytes."""
        folders = self._app.settings.qq_folders
        return await files.fetch(self.connections.get(account), file, limit, folders)

    async def say(
        self, account: int, parts: Sequence[Part], *, group_id: int | None = None, user_id: int | None = None
    ) -> None:
        """Send one message at once: only for answers to commands. With both ids: a temporary session."""
        connection = self.connections.get(account)
        if user_id is not None and group_id is None:
            group_id = await self.session_for(connection, user_id)

        def call_of(message: Sequence[calls.Segment]) -> Call:
            if user_id is not None:
                return calls.private_message(user_id, message, group_id)
            return calls.group_message(group_id or 0, message)

        for message in split(_segments(parts)):
            if has_picture(message):
                await self._say_picture(connection, message, call_of)
            else:
                await self._directly(connection, call_of(message))

    async def _say_picture(
        self,
        connection: Connection,
        message: Sequence[calls.Segment],
        call_of: Callable[[Sequence[calls.Segment]], Call],
    ) -> None:
        """Send a message with a picture; where that is refused, its text, which the asker must get."""
        known = why = connection.refuses("picture")
        if not known:
            try:
                await self._directly(connection, call_of(message))
                return
            except UnreachableError as error:
                if not isinstance(error.__cause__, RefusedError):
                    raise
                why = str(error.__cause__)
        await self._directly(connection, call_of(in_words(message, why)))
        if not known:
            connection.refused("picture", why)

    async def send_file(self, account: int, user_id: int, name: str, data: bytes) -> None:
        """Send a file privately at once, as an answer to a command."""
        connection = self.connections.get(account)
        if not connection.profile.sends_files:
            raise UnreachableError(say.FILES_UNSUPPORTED.format(name=connection.profile.name))
        group_id = await self.session_for(connection, user_id)
        await self._directly(connection, calls.private_file(user_id, name, data, group_id))

    async def session_for(
        self, connection: Connection, user_id: int, wished: int | None = None
    ) -> int | None:
        """Return the group to write to somebody through: None for a friend, else `wished` or any shared."""
        if user_id in connection.friends:
            return None
        if wished is not None and wished in connection.groups:
            return wished
        shared = await bookkeeping.shared_groups(self._app, user_id)
        return next((group_id for group_id in shared if group_id in connection.groups), None)

    def next_holder(self, account: int, tried: int) -> int | None:
        """Return which account of ours tries next, where other processes hold some; None when all have."""
        here = (connection.account for connection in self.connections if connection.online)
        able = sorted({account, *here, *self._app.peers.others})
        if not self._app.peers.others or tried >= len(able):
            return None
        return next((other for other in able if other > account), able[0])

    async def nearest_to(self, user_id: int, wished: int | None = None) -> int | None:
        """Return the account that can best write to somebody: a friend, else one that shares a group.

        None of those that QQ has logged out: nobody knows until when.
        """
        accounts = [connection for connection in self.connections if connection.online]
        if len(self.accounts()) < 2:
            return None
        friends = [connection.account for connection in accounts if user_id in connection.friends]
        if friends:
            return friends[0]
        able = {*(connection.account for connection in accounts), *self._app.peers.others}
        if wished is not None and (found := self.account_for(wished)) in able:
            return found
        shared = await bookkeeping.shared_groups(self._app, user_id)
        return next((found for group_id in shared if (found := self.account_for(group_id)) in able), None)

    async def _directly(self, connection: Connection, call: Call) -> None:
        gate = self._gates.setdefault(connection.account, asyncio.Lock())
        async with gate:
            last = self._said_at.get(connection.account, float("-inf"))
            await asyncio.sleep(max(0.0, last + DIRECT_GAP - time.monotonic()))
            self._said_at[connection.account] = time.monotonic()
        await self._call(connection, call)

    async def _call(self, connection: Connection, call: Call) -> Any:
        try:
            return await connection.call(call)
        except UnansweredError as error:
            raise UnclearError(say.NO_ANSWER.format(why=error)) from error
        except CallError as error:
            raise UnreachableError(say.NO_ANSWER.format(why=error)) from error


def _segments(parts: Sequence[Part]) -> list[calls.Segment]:
    made: list[calls.Segment] = []
    for part in parts:
        if part.at is not None:
            made.append({"type": "at", "data": {"qq": str(part.at)}})
        elif part.image is not None:
            made.append(calls.picture(part.image))
        elif part.text:
            made.append({"type": "text", "data": {"text": part.text}})
    return made
