"""The connected accounts, and which of them serves a group."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Iterator

from config.phrases import gateway as say
from plugins.gateway.cancellation import within
from plugins.gateway.connection import Connection
from regulation.model import Member, Role
from services.app import Peers
from services.ports import GroupInfo, UnreachableError
from services.sender import absence
from services.sender.bookkeeping import Route
from services.sender.pacing import Skew

_OFFICER = (Role.OWNER, Role.ADMIN)


class Accounts:
    """Connections by QQ number, in order of connection."""

    def __init__(self) -> None:
        self._connections: dict[int, Connection] = {}
        self._seen: set[int] = set()
        self._began = time.monotonic()
        self._gone: dict[int, float] = {}
        # QQ's clock as each account tells it: from its first event on, before the connection is taken.
        self.clocks: defaultdict[int, Skew] = defaultdict(Skew)
        self.changed = asyncio.Event()

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._connections.values()))

    def was_seen(self, account: int) -> bool:
        """Tell whether this account was connected before in this process."""
        return account in self._seen

    def gone(self) -> frozenset[int]:
        """Return the accounts that were connected before in this process, and are not now."""
        return frozenset(self._seen - self._connections.keys())

    def add(self, connection: Connection) -> None:
        """Take a new connection."""
        connection.skew = self.clocks[connection.account]
        self._connections[connection.account] = connection
        self._seen.add(connection.account)
        self.wake()

    def drop(self, account: int, connection: Connection | None = None) -> Connection | None:
        """Forget an account (only if it is still this `connection`, when given); return what was there."""
        found = self._connections.get(account)
        if found is None or (connection is not None and found is not connection):
            return None
        found.close()
        del self._connections[account]
        self._gone[account] = time.monotonic()
        self.wake()
        return found

    def find(self, account: int) -> Connection | None:
        """Return an account if it is connected."""
        return self._connections.get(account)

    def get(self, account: int) -> Connection:
        """Return a connected account. Raises `UnreachableError`."""
        found = self.find(account)
        if found is None:
            raise UnreachableError(say.ACCOUNT_NOT_CONNECTED.format(account=account))
        return found

    def identified(self, account: int) -> Connection:
        """Return a connected account that has said what it is. Raises `UnreachableError`."""
        found = self.get(account)
        if not found.identified.is_set():
            raise UnreachableError(say.NOT_IDENTIFIED)
        return found

    def numbers(self) -> tuple[int, ...]:
        """Return the QQ numbers connected, in order of connection."""
        return tuple(self._connections)

    def serving(self, group_id: int) -> Connection | None:
        """Return who of ours here serves a group: an admin there, else anybody in it.

        Those online first; of several admins, or several others, not one that answers nothing.
        """
        present = [c for c in self if group_id in c.groups]
        present.sort(key=lambda c: (not c.online, c.roles.get(group_id) not in _OFFICER, c.silence.is_on))
        return present[0] if present else None

    def saw_members(self, info: GroupInfo, members: dict[int, Member]) -> None:
        """Note from a complete list what each of our accounts is in this group."""
        for connection in self:
            member = members.get(connection.account)
            if member is None:
                connection.left(info.group_id)
            else:
                connection.saw_role(info.group_id, member.role, info)

    def route(self, connection: Connection, peers: Peers) -> Route:
        """Return which groups this account serves, and which any does; `peers`: the other processes.

        An account that is away for a moment, or logged out by QQ, is nearer to the people of its groups than
        any other but a friend of theirs.
        """
        known = {group_id for c in self for group_id in c.groups}
        serves = connection.groups.keys() - peers.elsewhere.keys()
        if len(self._connections) > 1:
            serves = {group_id for group_id in serves if self.serving(group_id) is connection}
        soon_back = self._soon_back(peers.ours - peers.others)
        is_any_out = bool(soon_back) or not all(c.online for c in self)
        return Route(
            connection.account,
            sorted(serves),
            sorted(known),
            sorted(peers.others | soon_back),
            sorted(connection.friends) if is_any_out else (),
        )

    def _soon_back(self, ours: Collection[int]) -> set[int]:
        """Return which of our accounts are not connected, and were a moment ago, or before this process."""
        now = time.monotonic()
        gone = {account: self._gone.get(account, self._began) for account in {*ours, *self._gone}}
        away = gone.keys() - self._connections.keys()
        return {account for account in away if now - gone[account] < absence.AWAY_SECONDS}

    async def change(self, seconds: float) -> None:
        """Wait until an account comes or goes, `seconds` at most."""
        await within(self.changed, seconds)

    def wake(self) -> None:
        """Wake whoever waits for a change."""
        self.changed.set()
        self.changed = asyncio.Event()
