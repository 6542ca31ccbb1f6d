"""What the services need of the outer world: a clock and a gateway to QQ.

`plugins.gateway` is the real gateway; a test may hand in its own. Everything here is plain data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from db.queries.work.outbox import OutboxRow
from regulation.model import Member, Role
from services.flags import key_of


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the operating system's time, aware, in Asia/Shanghai."""
        ...


class UnreachableError(Exception):
    """QQ gave no usable answer: not connected, timed out, or refused. The text says why, in Chinese."""


class UnclearError(UnreachableError):
    """QQ gave no answer to a call that was made: it may have been done, so it is not made again."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message: exactly one of text, a person to @, or a picture (PNG bytes)."""

    text: str = ""
    at: int | None = None
    image: bytes | None = None


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """One line of an account's group list."""

    group_id: int
    name: str
    member_count: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a member list: by which account, when, and whether it is fresh and whole.

    `read_at`: when it was begun; what happened in QQ after that may be in it or not. `bot_role` is the
    serving account's role. `why_incomplete` is Chinese, "" when complete. `short`: by how many the list
    is shorter than QQ's count, which may lag: then that somebody is not on it says nothing by itself.
    """

    group_id: int
    name: str
    members: tuple[Member, ...]
    read_at: datetime
    account: int
    bot_role: Role
    complete: bool
    why_incomplete: str = ""
    short: int = 0


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A join request that an implementation lists. `user_id` is 0 where it doesn't say who asks.

    `sure`: it says which requests are settled, so that this one truly waits.
    """

    group_id: int
    user_id: int
    comment: str
    flag: str
    nickname: str = ""
    invitor_id: int | None = None
    sure: bool = True

    @property
    def key(self) -> str:
        """Return what names the request in whatever form of its flag."""
        return key_of(self.flag)


@dataclass(frozen=True, slots=True)
class PendingInvitation:
    """An invitation of the bot into a group that an implementation lists as unsettled."""

    group_id: int
    inviter_id: int
    flag: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What an implementation lists, the newest first: what waits, and requests somebody settled.

    Lists are cut to the newest notices of every kind: what is on none of them may well wait.
    """

    waiting: tuple[PendingRequest, ...] = ()
    settled: tuple[PendingRequest, ...] = ()
    invitations: tuple[PendingInvitation, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file somebody sent in private, as the event describes it (the bytes are fetched later)."""

    name: str
    size: int
    fields: dict[str, str] = field(default_factory=dict[str, str])


class Gateway(Protocol):
    """QQ, as the services see it. Every method may raise `UnreachableError`."""

    def accounts(self) -> tuple[int, ...]:
        """Return the QQ numbers now connected, in order of connection."""
        ...

    def gone(self) -> frozenset[int]:
        """Return the QQ numbers that were connected to this process and are no more."""
        ...

    def account_for(self, group_id: int) -> int | None:
        """Return the account that serves this group (admin there if any of ours is), or None.

        It may be one that another process holds.
        """
        ...

    def connected_for(self, account: int) -> float:
        """Return for how many seconds this account has been connected."""
        ...

    def clock_skew(self, account: int) -> float | None:
        """Return by how many seconds QQ's event times are ahead of this host, or None before any event."""
        ...

    def is_online(self, account: int) -> bool:
        """Tell whether QQ itself has this connected account logged in, as far as is known."""
        ...

    def cannot_send(self, account: int) -> Sequence[str]:
        """Return the kinds of things (picture, file) that this connected account can't send at the moment."""
        ...

    def trusts_flags(self, account: int) -> bool:
        """Tell whether flags recovered from this account's implementation may be approved."""
        ...

    def acts_now(self, account: int) -> bool:
        """Tell whether this account can do an act at once, without the sender's queue."""
        ...

    def act(self, rows: Sequence[OutboxRow]) -> None:
        """Do these acts at once, each by its account; they are in this process's hands already."""
        ...

    async def group_list(self, account: int) -> Sequence[GroupInfo]:
        """Return the groups this account is in, not from a cache."""
        ...

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        """Return a fresh reading of the member list; one made ≤ `max_age` seconds ago is shared."""
        ...

    async def pending_requests(self, account: int) -> Pending:
        """Return the join requests and invitations that the implementation lists, read after this call."""
        ...

    async def fetch_file(self, account: int, file: ReceivedFile, *, limit: int) -> bytes:
        """Return a received file's bytes; refuses more than `limit` bytes."""
        ...

    async def say(
        self, account: int, parts: Sequence[Part], *, group_id: int | None = None, user_id: int | None = None
    ) -> None:
        """Send one message at once: only for answers to commands. With both ids: a temporary session."""
        ...

    async def send_file(self, account: int, user_id: int, name: str, data: bytes) -> None:
        """Send a file privately at once, as an answer to a command."""
        ...
