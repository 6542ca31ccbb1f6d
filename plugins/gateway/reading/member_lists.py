"""Fresh member lists: asked twice where the first is stale, checked for being whole, shared.

Whoever needs a group's list at about the same time gets one reading. A reading that can't be
shown to be fresh and whole says so; nothing may be decided from it. An account that answers nothing
is not waited for again and again: its groups fail at once, and the other accounts' are not held up.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from config.phrases import gateway as say
from plugins.fields import number, text
from plugins.gateway import calls
from plugins.gateway.accounts import Accounts
from plugins.gateway.connection import CallError, Connection, NotSentError, RefusedError, TimedOutError
from plugins.gateway.reading.member_rows import read_members
from regulation.model import Member, Role
from services.app import App
from services.groups.view import presence
from services.ports import GroupInfo, Reading, UnreachableError

AT_ONCE = 4
KEEP_SECONDS = 10.0
# So many lists are kept for those who ask a little later: a run over all groups reads hundreds.
MOST_KEPT = 16
# The fresh list is there about a second after the first call, and a list younger than that is
# not read again: so wait a little longer for the second, and after the last.
FRESH_AFTER = 1.2
SETTLE_SECONDS = 1.0


@dataclass(slots=True)
class _Shelf:
    """The last reading of one group, while it may be shared."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    started: float = float("-inf")
    finished: float = float("-inf")
    last_call: float = float("-inf")
    reading: Reading | None = None
    error: str = ""
    users: int = 0


class MemberReader:
    """Reads member lists for everybody. `refresh(connection)` reads a connection's group list anew."""

    def __init__(self, app: App, accounts: Accounts, refresh: Callable[[Connection], Any]) -> None:
        self._app = app
        self._accounts = accounts
        self._refresh = refresh
        self._shelves: dict[int, _Shelf] = {}
        self._kept: deque[_Shelf] = deque()
        self._gates: dict[int, asyncio.Semaphore] = {}

    async def read(self, group_id: int, max_age: float) -> Reading:
        """Return a reading begun no longer than `max_age` seconds ago. Raises `UnreachableError`."""
        arrived = time.monotonic()
        shelf = self._shelves.setdefault(group_id, _Shelf())
        shelf.users += 1
        try:
            async with shelf.lock:
                if not _serves(shelf, arrived, max_age):
                    await self._fill(group_id, shelf)
            if shelf.reading is None:
                raise UnreachableError(shelf.error)
            return shelf.reading
        finally:
            shelf.users -= 1
            asyncio.get_running_loop().call_later(KEEP_SECONDS, self._forget, group_id, shelf)

    def _forget(self, group_id: int, shelf: _Shelf) -> None:
        if shelf.users == 0 and time.monotonic() - shelf.finished >= KEEP_SECONDS - 0.5:
            self._shelves.pop(group_id, None)

    async def _fill(self, group_id: int, shelf: _Shelf) -> None:
        shelf.reading, shelf.error, shelf.started = None, "", time.monotonic()
        try:
            connection = await self._server_of(group_id)
            shelf.reading = await self._read(connection, group_id, shelf)
        except CallError as error:
            shelf.error = say.NO_ANSWER.format(why=error)
        except UnreachableError as error:
            shelf.error = str(error)
        finally:
            shelf.finished = time.monotonic()
            self._keep(shelf)

    def _keep(self, shelf: _Shelf) -> None:
        self._kept.append(shelf)
        if len(self._kept) > MOST_KEPT and not (oldest := self._kept.popleft()).users:
            oldest.reading, oldest.started = None, float("-inf")

    async def _server_of(self, group_id: int) -> Connection:
        found = self._accounts.serving(group_id)
        if found is None:
            for connection in self._accounts:
                await self._refresh(connection)
            found = self._accounts.serving(group_id)
        if found is None:
            raise UnreachableError(say.NOT_IN_GROUP.format(group_id=group_id))
        return found

    async def _read(self, connection: Connection, group_id: int, shelf: _Shelf) -> Reading:
        if connection.profile.stale_lists:
            pause = max(FRESH_AFTER, min(self._app.policy.pace.verify_seconds, 2.0))
            await asyncio.sleep(max(0.0, shelf.last_call + SETTLE_SECONDS - time.monotonic()))
            began = self._app.now()
            await self._call(connection, group_id, calls.member_list(group_id))
            await asyncio.sleep(pause)
        else:
            began = self._app.now()
        members, unread = await self._members(connection, group_id)
        shelf.last_call = time.monotonic()
        info = await self._info(connection, group_id)
        by_id = {member.user_id: member for member in members}
        if info is not None and _is_short(by_id, info):
            info = await self._counted_anew(connection, info, by_id)
        return self._reading(connection, group_id, by_id, unread, info, began)

    async def _members(self, connection: Connection, group_id: int) -> tuple[tuple[Member, ...], int]:
        """Return those on a fresh list, and how many of it can't be read."""
        listed = await self._call(connection, group_id, calls.member_list(group_id))
        if not isinstance(listed, list):
            raise UnreachableError(say.BAD_MEMBERS)
        return read_members(listed, group_id)

    async def _counted_anew(
        self, connection: Connection, info: GroupInfo, members: dict[int, Member]
    ) -> GroupInfo:
        """Return the group with its count as the group list has it, less whoever QQ said went.

        Counts may stay where they were for long after people left or were removed.
        """
        await self._refresh(connection)
        told = connection.groups.get(info.group_id, info)
        count = min(info.member_count, told.member_count)
        present, gone = await presence(self._app, info.group_id)
        if present <= members.keys():
            count -= len(gone - members.keys())
        return replace(info, member_count=count)

    async def _info(self, connection: Connection, group_id: int) -> GroupInfo | None:
        for _ in range(2):
            try:
                asked = calls.group_info(group_id)
                return group_info(await self._call(connection, group_id, asked), group_id)
            except CallError:
                continue
        return None

    def _reading(
        self,
        connection: Connection,
        group_id: int,
        by_id: dict[int, Member],
        unread: int,
        info: GroupInfo | None,
        began: datetime,
    ) -> Reading:
        members = tuple(by_id.values())
        why = why_incomplete(by_id, unread, connection.account, info)
        known = info or connection.groups.get(group_id) or GroupInfo(group_id, "", len(members))
        if not why:
            self._accounts.saw_members(known, by_id)
        server = self._accounts.serving(group_id) or connection
        own = by_id.get(server.account)
        return Reading(
            group_id=group_id,
            name=known.name,
            members=members,
            read_at=began,
            account=server.account,
            bot_role=own.role if own else Role.MEMBER,
            complete=not why,
            why_incomplete=why,
            short=max(0, info.member_count - len(members)) if info is not None else 0,
        )

    async def _call(self, connection: Connection, group_id: int, call: calls.Call) -> Any:
        gate = self._gates.setdefault(connection.account, asyncio.Semaphore(AT_ONCE))
        async with gate:
            if not connection.silence.may_ask(group_id, time.monotonic()):
                raise NotSentError(say.SILENT)
            try:
                answer = await connection.call(call)
            except TimedOutError:
                connection.silence.timed_out(group_id, time.monotonic())
                raise
            except RefusedError:
                connection.silence.answered(group_id)
                raise
            connection.silence.answered(group_id)
            return answer


def group_info(data: Any, group_id: int | None = None) -> GroupInfo | None:
    """Return what an answer says of a group, or None when it can't be read."""
    if not isinstance(data, dict):
        return None
    found = number(data.get("group_id")) or group_id
    count = data.get("member_count")
    if found is None or type(count) is not int or group_id not in (None, found):
        return None
    return GroupInfo(found, text(data.get("group_name")), count)


def _serves(shelf: _Shelf, arrived: float, max_age: float) -> bool:
    """A whole reading serves while it is young; a failure only those who waited for it."""
    if shelf.started < arrived - max_age:
        return False
    whole = shelf.reading is not None and shelf.reading.complete
    return whole or shelf.finished >= arrived


def _is_short(members: dict[int, Member], info: GroupInfo) -> bool:
    return info.member_count - len(members) > max(2, info.member_count // 100)


def why_incomplete(members: dict[int, Member], unread: int, account: int, info: GroupInfo | None) -> str:
    """Return why nothing may be decided from a list (Chinese), or an empty text."""
    owners = sum(member.role is Role.OWNER for member in members.values())
    if unread:
        return say.INCOMPLETE["unread"].format(unread=unread)
    if account not in members:
        return say.INCOMPLETE["bot_missing"]
    if owners != 1:
        return say.INCOMPLETE["owner"].format(owners=owners)
    if info is None:
        return say.INCOMPLETE["no_count"]
    if _is_short(members, info):
        return say.INCOMPLETE["short"].format(read=len(members), count=info.member_count)
    return ""
