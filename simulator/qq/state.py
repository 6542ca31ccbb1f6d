"""The state every account shares, and how to wait for it to change."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol, Self, TypeVar, cast

from simulator.qq.model import Call, Group, Happened, Member, Message, Request, Role, Shown, StoredFile

T = TypeVar("T")

MESSAGES_KEPT = 20_000
POLL_SECONDS = 0.05


class Account(Protocol):
    """What the world knows of a connected implementation."""

    self_id: int
    nickname: str

    def see(self, happened: Happened) -> None:
        """Something happened that this account is in a position to see."""
        ...

    def hear(self, message: Message) -> None:
        """Somebody said something in a group of this account, or to it."""
        ...

    async def receive_file(self, file: StoredFile) -> None:
        """Somebody sent this account a file in private."""
        ...


class WorldState:
    """Groups, people, requests, messages: the QQ side of truth.

    ``now`` is the QQ servers' clock in Unix seconds; ``offset`` is added to it, so that it can
    differ from the clock of the machine the bot runs on.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._clock = now
        self.offset = 0.0
        self.join_delay = 0.05
        self.groups: dict[int, Group] = {}
        self.nicknames: dict[int, str] = {}
        self.friends: dict[int, set[int]] = {}
        self.no_temporary_sessions: set[int] = set()
        self.requests: dict[int, Request] = {}
        self.messages: dict[int, Message] = {}
        self.files: dict[str, StoredFile] = {}
        self.accounts: dict[int, Account] = {}
        self.shown: list[Shown] = []
        self.calls: list[Call] = []
        self.happened: list[Happened] = []
        self._message_order: deque[int] = deque()
        self._sequences = itertools.count(int(now() * 1000) * 1000, 1000)
        self._message_ids = itertools.count(random.Random(0).randrange(10**8, 10**9))
        self._waiting: set[asyncio.Event] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def now(self) -> float:
        """The time that QQ's servers show, in Unix seconds."""
        return self._clock() + self.offset

    # -- set-up ---------------------------------------------------------------------------------

    def add_group(
        self,
        group_id: int,
        name: str,
        owner: int | Member,
        members: Iterable[int | Member] = (),
        *,
        max_member_count: int = 2000,
    ) -> Group:
        """Create a group silently. People are QQ numbers or whole :class:`Member` records."""
        group = Group(group_id, name, max_member_count=max_member_count, create_time=int(self.now()))
        self.groups[group_id] = group
        for person in (owner, *members):
            member = person if isinstance(person, Member) else Member(person, self.nickname_of(person))
            member.join_time = member.join_time or group.create_time
            group.members[member.user_id] = member
            self.nicknames.setdefault(member.user_id, member.nickname)
        group.members[owner.user_id if isinstance(owner, Member) else owner].role = "owner"
        return group

    def add_member(
        self,
        group_id: int,
        user_id: int,
        nickname: str = "",
        card: str = "",
        role: Role = "member",
        is_robot: bool = False,
    ) -> Member:
        """Put somebody into a group silently (set-up; nobody is told)."""
        group = self.groups[group_id]
        self.nicknames[user_id] = nickname or self.nickname_of(user_id)
        group.remember(user_id)
        joined = int(self.now())
        member = Member(user_id, nickname or self.nickname_of(user_id), card, role, is_robot, joined)
        group.members[user_id] = member
        self.changed()
        return member

    def befriend(self, self_id: int, user_id: int) -> None:
        """Make two accounts friends silently."""
        self.friends.setdefault(self_id, set()).add(user_id)
        self.nicknames.setdefault(user_id, self.nickname_of(user_id))

    def nickname_of(self, user_id: int) -> str:
        """Somebody's nickname; invented from the number when none was given."""
        return self.nicknames.get(user_id) or f"用户{user_id}"

    def knows(self, user_id: int) -> bool:
        """Whether anybody has this QQ number."""
        return user_id in self.nicknames or user_id in self.accounts

    def watchers(self, group: Group) -> list[Account]:
        """The accounts that are in a group."""
        return [account for account in self.accounts.values() if account.self_id in group.members]

    # -- what happens ---------------------------------------------------------------------------

    def record(self, happened: Happened, tell: Sequence[Account] = ()) -> None:
        """Write down what happened and tell the accounts that may see it."""
        self.happened.append(happened)
        for account in tell:
            account.see(happened)
        self.changed()

    def keep_message(self, message: Message) -> None:
        """Remember a message for ``get_msg``, forgetting the oldest ones."""
        self.messages[message.message_id] = message
        self._message_order.append(message.message_id)
        if len(self._message_order) > MESSAGES_KEPT:
            self.messages.pop(self._message_order.popleft(), None)

    def next_message_id(self) -> int:
        """A message id nobody had before."""
        return next(self._message_ids)

    def next_sequence(self) -> int:
        """A request number nobody had before (16 digits)."""
        return next(self._sequences)

    def later(self, seconds: float, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let QQ do something a little later, as its servers do."""

        async def wait_and_act() -> None:
            await asyncio.sleep(seconds)
            await act()

        task = asyncio.get_running_loop().create_task(wait_and_act())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def __aenter__(self) -> Self:
        """For ``async with World() as world``."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the world."""
        await self.close()

    async def close(self) -> None:
        """Cancel what was still to happen."""
        for task in (pending := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    # -- waiting --------------------------------------------------------------------------------

    def changed(self) -> None:
        """Wake up everybody who waits for a condition."""
        for event in self._waiting:
            event.set()

    async def until(
        self,
        predicate: Callable[[], T | Awaitable[T]],
        timeout: float = 90.0,  # noqa: ASYNC109 - the error must name what was waited for
        what: str = "",
    ) -> T:
        """Wait until ``predicate`` holds; returns its (truthy) value.

        Looked at after each change here, and at least every 50 ms, for conditions that lie
        elsewhere. Raises AssertionError naming ``what`` after ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            while True:
                event.clear()
                outcome = predicate()
                value = cast("T", await outcome if inspect.isawaitable(outcome) else outcome)
                if value:
                    return value
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise AssertionError(f"waited {timeout} s in vain for: {what or 'a condition'}")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), min(remaining, POLL_SECONDS))
        finally:
            self._waiting.discard(event)
