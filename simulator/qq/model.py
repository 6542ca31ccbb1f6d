"""What exists on the QQ side: groups, members, requests, messages, files.

Plain mutable records; :class:`simulator.qq.world.World` is the only code that should change them
once accounts are connected, because a group keeps a journal of its members for stale readings.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Role = Literal["owner", "admin", "member"]
Segment = dict[str, Any]

JOURNAL_LENGTH = 5_000


@dataclass(slots=True)
class Member:
    """One person in one group. ``card == ""``: none set, the nickname shows. Times are Unix seconds."""

    user_id: int
    nickname: str = ""
    card: str = ""
    role: Role = "member"
    is_robot: bool = False
    join_time: int = 0
    last_sent_time: int = 0
    title: str = ""


@dataclass(slots=True, eq=False)
class Group:
    """A group with its members, and a journal that can tell who was in it a while ago."""

    group_id: int
    name: str
    members: dict[int, Member] = field(default_factory=dict)
    max_member_count: int = 2000
    create_time: int = 0
    refused: set[int] = field(default_factory=set)
    version: int = 0
    most_members: int = 0
    journal: list[tuple[int, int, Member | None]] = field(default_factory=list, repr=False)

    @property
    def owner_id(self) -> int:
        """QQ of the owner, 0 if the group has none."""
        return next((m.user_id for m in self.members.values() if m.role == "owner"), 0)

    def role_of(self, user_id: int) -> Role | None:
        """Role of a member, None for who isn't in the group."""
        member = self.members.get(user_id)
        return member.role if member else None

    def manages(self, user_id: int) -> bool:
        """Whether the member is the owner or an admin."""
        return self.role_of(user_id) in ("owner", "admin")

    def outranks(self, actor: int, target: int) -> bool:
        """Whether QQ lets ``actor`` remove ``target`` or set their card."""
        theirs = self.role_of(target)
        if actor == target or theirs is None or theirs == "owner":
            return False
        return self.role_of(actor) == "owner" or (self.role_of(actor) == "admin" and theirs == "member")

    def remember(self, user_id: int) -> None:
        """Note how a member is now; call before changing, adding or removing them."""
        member = self.members.get(user_id)
        self.most_members = max(self.most_members, len(self.members))
        self.version += 1
        self.journal.append((self.version, user_id, replace(member) if member else None))
        if len(self.journal) > JOURNAL_LENGTH:
            del self.journal[: JOURNAL_LENGTH // 2]

    def as_of(self, version: int) -> list[Member]:
        """The members as they were at ``version`` (as far back as the journal reaches)."""
        if version >= self.version:
            return list(self.members.values())
        then: dict[int, Member | None] = dict(self.members)
        for changed_at, user_id, before in reversed(self.journal):
            if changed_at <= version:
                break
            then[user_id] = before
        return [member for member in then.values() if member is not None]


@dataclass(slots=True, eq=False)
class Request:
    """A pending or settled request: to join a group, for the bot to join one, or to be friends.

    ``sequence`` is QQ's 16-digit number; what flag an account sees depends on its profile.
    ``verdict`` is None while it waits, then ``"approve"`` or ``"reject"``.
    """

    sequence: int
    kind: Literal["group", "friend"]
    sub_type: Literal["add", "invite"]
    group_id: int
    user_id: int
    comment: str = ""
    invitor_id: int = 0
    self_id: int = 0
    nickname: str = ""
    raised_at: float = 0.0
    filtered: bool = False
    settled_by: int | None = None
    verdict: Literal["approve", "reject"] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as QQ keeps it; ``group_id`` None: private, then ``target_id`` is the receiver."""

    message_id: int
    time: float
    sender_id: int
    nickname: str
    segments: list[Segment]
    raw: str
    group_id: int | None = None
    target_id: int = 0
    temporary_from: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Something a bot account got displayed in QQ: a message or a file."""

    time: float
    self_id: int
    group_id: int | None
    user_id: int | None
    segments: list[Segment]
    text: str
    file: bytes | None = None
    filename: str = ""
    image: bytes | None = None
    at: tuple[int, ...] = ()


@dataclass(slots=True)
class Call:
    """One action a bot called. ``answer`` is None until (or unless) it was answered."""

    time: float
    self_id: int
    action: str
    params: dict[str, Any]
    answer: dict[str, Any] | None = None


HappenedKind = Literal[
    "joined", "pulled_in", "left", "kicked", "dismissed", "card_changed", "renamed", "role_changed",
    "owner_changed", "request_raised", "request_settled", "friend_added", "notice_posted", "offline",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happened:
    """One true thing on the QQ side, whatever the bot was or wasn't told about it."""

    time: float
    kind: HappenedKind
    group_id: int | None = None
    user_id: int = 0
    operator_id: int = 0
    inviter_id: int = 0
    how: str = ""
    old: str = ""
    new: str = ""
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file somebody sent to a bot account."""

    file_id: str
    name: str
    data: bytes
    sender_id: int

    @property
    def file_hash(self) -> str:
        """The hash that some events name."""
        return hashlib.sha1(self.data, usedforsecurity=False).hexdigest()
