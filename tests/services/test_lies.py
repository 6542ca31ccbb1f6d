"""An implementation that lies, at random: what is believed wrongs nobody, closes nothing and judges nothing twice."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from config.settings import Settings
from db.engine import Database
from db.tables import metadata
from db.tables.base import ZONE
from db.tables.cases import cases, penalties
from db.tables.requests import join_requests
from plugins.gateway.outgoing.verify import Verifier
from plugins.gateway.reading.member_lists import why_incomplete
from plugins.gateway.reading.member_rows import read_members
from regulation.model import Member, Role
from regulation.policy import Pace, Policy
from services.acts import ActOutcome, Lane
from services.app import App
from services.cases import audit, enforcing
from services.joining import listed, rounds
from services.joining.heard import Heard
from services.people import registry, staff
from services.ports import GroupInfo, Pending, PendingRequest, Reading
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from services.watching import members
from tests import company as co
from tests.conftest import StoppedClock

T = TypeVar("T")
Ask = tuple[int, int]
UNFILED = 700003
GROUPS = (co.GROUP, co.OTHER, UNFILED)
ROUTE = Route(co.BOT, GROUPS, GROUPS)
LEAVERS = {co.HEAD: "A001", co.PLAIN: "A009", co.BUYER_HEAD: "A008", co.TRAINEE: "A006"}
STRANGERS = (30001, 30002, 30003)
ANYBODY = (*LEAVERS, *STRANGERS)
lie = st.sampled_from(["truth", "empty", "foreign", "short", "twice"])
pending_lie = st.sampled_from(["truth", "empty", "settled", "short", "twice"])
group = st.sampled_from(GROUPS)
place = st.integers(0, 6)


class LyingQQ(co.FakeQQ):
    """A QQ whose truth is in `lists`, `waiting` and `settled`; each of `lies` spoils one answer."""

    def __init__(self, clock: StoppedClock) -> None:
        super().__init__(clock)
        self.lies: list[tuple[str, int]] = []
        self.waiting: dict[Ask, str] = {}
        self.settled: dict[Ask, str] = {}
        self.connections = self

    async def change(self, seconds: float) -> None:
        """Wait for another connection: there is one at once."""

    def _lie(self) -> tuple[str, int]:
        return self.lies.pop(0) if self.lies else ("truth", 0)

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        kind, at = self._lie()
        rows = [{"user_id": m.user_id, "role": m.role.value, "card": m.card} for m in self.lists[group_id]]
        if kind == "empty":
            rows = []
        elif kind == "foreign":
            other = next(g for g in GROUPS if g != group_id)
            rows += [{"user_id": m.user_id, "role": "member", "group_id": other} for m in self.lists[other]]
        elif kind == "short":
            ordinary = [row for row in rows if row["role"] == "member"]
            rows = [row for row in rows if not ordinary or row is not ordinary[at % len(ordinary)]]
        elif kind == "twice":
            rows *= 2
        found, unread = read_members(rows, group_id)
        info = GroupInfo(group_id, self.names[group_id], len(self.lists[group_id]))
        why = why_incomplete({m.user_id: m for m in found}, unread, co.BOT, info)
        short = max(0, info.member_count - len(found))
        now = self.clock.now()
        return Reading(group_id, info.name, found, now, co.BOT, Role.ADMIN, not why, why, short)

    async def pending_requests(self, account: int) -> Pending:
        kind, at = self._lie()
        waiting, settled = self._requests(self.waiting), self._requests(self.settled)
        if kind == "empty":
            return Pending()
        if kind == "settled" and waiting:
            return Pending(waiting[1:], (*settled, waiting[0]))
        if kind == "short" and waiting:
            return Pending((*waiting[: at % len(waiting)], *waiting[at % len(waiting) + 1 :]), settled)
        return Pending(waiting * 2, settled * 2) if kind == "twice" else Pending(waiting, settled)

    def _requests(self, asked: dict[Ask, str]) -> tuple[PendingRequest, ...]:
        return tuple(PendingRequest(g, who, "你好", flag) for (g, who), flag in reversed(asked.items()))


class Lies(RuleBasedStateMachine):
    """Two filed groups, one that isn't, and those who come and go, seen through answers of which some are lies."""

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StoppedClock(datetime(2026, 3, 2, 10, 0, tzinfo=ZONE))
        self.asked: Counter[Ask] = Counter()
        self.answered: Counter[int] = Counter()
        self.unheard: list[Heard] = []
        self.unnoticed: list[Ask] = []
        self.do(self._open())
        # What is asked of a group that isn't filed waits for people.
        self.ask(UNFILED, co.BUYER_HEAD, "1", late=False)
        self.ask(UNFILED, STRANGERS[0], "1", late=False)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _open(self) -> None:
        at = Path(self.folder.name)
        config = Settings(data_dir=at, superusers=frozenset({co.ROOT}), _env_file=None)  # pyright: ignore[reportCallIssue]
        database = Database(f"sqlite+aiosqlite:///{at / 'l.db'}")
        self.app = App(config, Policy(pace=Pace(verify_seconds=0)), database, b"key", self.clock)
        await database.plainly(metadata.create_all)
        await co.settle_in(self.app)
        self.qq = LyingQQ(self.clock)
        self.qq.lists = {
            co.GROUP: co.members(plain=(co.HEAD, co.TRAINEE, STRANGERS[0])),
            co.OTHER: co.members(co.STAFF, (), (co.PLAIN, co.BUYER_HEAD)),
            UNFILED: co.members(plain=()),
        }
        self.qq.names = {co.GROUP: "市场部群", co.OTHER: "采购部群", UNFILED: "新群"}
        self.app.gateway = self.qq
        self.ever = {(g, m.user_id): self.clock.now() for g, listed in self.qq.lists.items() for m in listed}
        await co.filed(self.app)
        everyone = {"everyone": True, "departments": [], "employee_nos": []}
        await co.filed(self.app, co.OTHER, scope=everyone, owner_id=co.STAFF, admin_ids=[])
        await registry.load(self.app)

    # -- what happens in truth

    @rule(who=st.sampled_from(sorted(LEAVERS)))
    def depart(self, who: int) -> None:
        self.do(staff.depart(self.app, LEAVERS[who], self.clock.now().date(), by="terminal"))

    @rule(group_id=group, who=st.sampled_from(ANYBODY), flag=st.sampled_from("12"), late=st.booleans())
    def ask(self, group_id: int, who: int, flag: str, late: bool) -> None:
        """Somebody asks to join; the event comes twice, now or later. Flags of two people may be the same."""
        if (group_id, who) in self.ever or self.asked[group_id, who]:
            return
        self.asked[group_id, who] += 1
        self.qq.waiting[group_id, who] = flag
        self.unheard += [Heard(co.BOT, group_id, who, "你好", flag)] * 2
        if not late:
            self.hear()

    @precondition(lambda self: self.unheard)
    @rule()
    def hear(self) -> None:
        heard, self.unheard = self.unheard, []
        for one in heard:
            self.do(rounds.hear(self.app, one))
        self.clock.move(seconds=20)

    @precondition(lambda self: self.qq.waiting)
    @rule(at=place, approve=st.booleans())
    def settle_in_qq(self, at: int, approve: bool) -> None:
        """A human answers in QQ itself."""
        waiting = list(self.qq.waiting)
        self._settle(waiting[at % len(waiting)], approve)

    def _settle(self, ask: Ask, approve: bool) -> None:
        flag = self.qq.waiting.pop(ask, None)
        if flag is None:
            return
        self.qq.settled[ask] = flag
        if approve:
            self.qq.lists[ask[0]].append(Member(ask[1]))
            self.ever[ask] = self.clock.now()

    @rule(group_id=group, at=place, late=st.booleans())
    def leave_group(self, group_id: int, at: int, late: bool) -> None:
        """An ordinary member leaves; the notice comes twice, now or later."""
        ordinary = [m for m in self.qq.lists[group_id] if m.role is Role.MEMBER]
        if ordinary:
            self._out(group_id, ordinary[at % len(ordinary)].user_id)
        if not late:
            self.notice()

    def _out(self, group_id: int, who: int) -> None:
        self.qq.lists[group_id] = [m for m in self.qq.lists[group_id] if m.user_id != who]
        self.unnoticed += [(group_id, who)] * 2

    @rule()
    def notice(self) -> None:
        gone, self.unnoticed = self.unnoticed, []
        for group_id, who in gone:
            self.do(members.went(self.app, group_id, who))

    @rule(hours=st.sampled_from([0.1, 1, 30]))
    def wait(self, hours: float) -> None:
        self.clock.move(hours=hours)

    # -- what the bot does about what it is told

    @rule(group_id=group, kind=lie, at=place)
    def look(self, group_id: int, kind: str, at: int) -> None:
        self.qq.lies = [(kind, at)]
        self.do(audit.audit_group(self.app, group_id, max_age=0))

    @rule(kinds=st.tuples(lie, lie), at=place)
    def act(self, kinds: tuple[str, str], at: int) -> None:
        self.qq.lies = [(kind, at) for kind in kinds]
        self.do(enforcing.run(self.app, GROUPS))

    @rule(kind=pending_lie, first=st.booleans(), at=place)
    def recover(self, kind: str, first: bool, at: int) -> None:
        """Of two lists in a row one lies: two that tell the same lie can't be told from the truth."""
        self.qq.lies = [(kind, at)] if first else [("truth", 0), (kind, at)]
        self.do(listed.recover(self.app, co.BOT))
        self.clock.move(seconds=20)

    @rule(kinds=st.lists(lie, max_size=4), at=place, works=st.booleans(), told=st.booleans())
    def remove(self, kinds: list[str], at: int, works: bool, told: bool) -> None:
        """What is queued is done, or said to be done, and read back from lists that lie."""
        self.do(self._remove([(kind, at) for kind in kinds], works, told))
        self.clock.move(seconds=4)

    async def _remove(self, lies: list[tuple[str, int]], works: bool, told: bool) -> None:
        claimed = await bookkeeping.claim(self.app, Lane.REMOVE, ROUTE)
        self.qq.lies = lies[:1]
        for row in await bookkeeping.begin(self.app, claimed, co.BOT) if claimed else ():
            group_id, who = row.group_id or 0, row.user_id or 0
            self.may_be_removed(group_id, who)
            if works:
                self._out(group_id, who)
                if told:
                    await members.went(self.app, group_id, who)
            self.qq.lies = lies[1:]
            verifier = Verifier(self.app, self.qq)  # pyright: ignore[reportArgumentType]
            outcome = (await verifier.check(row)).outcome
            if outcome is None:
                await bookkeeping.put_back(self.app, row)
            else:
                await bookkeeping.end(self.app, row, outcome)

    @rule()
    def answer(self) -> None:
        """Answers go out, each to the request it is for; QQ does nothing about one that waits no more."""
        self.do(self._answer())

    async def _answer(self) -> None:
        while claimed := await bookkeeping.claim(self.app, Lane.ANSWER, ROUTE):
            for row in await bookkeeping.begin(self.app, claimed, co.BOT):
                self.answered[row.payload["request_id"]] += 1
                self._settle((row.group_id or 0, row.user_id or 0), bool(row.payload["approve"]))
                await bookkeeping.end(self.app, row, ActOutcome("done"))

    # -- what must hold

    def may_be_removed(self, group_id: int, who: int) -> None:
        """Nobody goes but whoever has left the company, or was nobody's for the days that the rule gives."""
        now, since = self.clock.now(), self.ever.get((group_id, who))
        assert since is not None, "an outsider"
        assert group_id != UNFILED
        employee = self.app.registry.employee_of(who)
        if employee is not None and employee.is_departed(now.date()):
            return
        assert who in (*STRANGERS, co.TRAINEE), "a colleague"
        assert now - since > timedelta(days=2), "too soon"

    @invariant()
    def nothing_is_closed_by_a_lie(self) -> None:
        self.do(self._nothing_closed())

    async def _nothing_closed(self) -> None:
        async with self.app.database.reading() as tx:
            ended = await tx.rows(select(cases).where(cases.c.closed_as.in_(["left", "removed"])))
            asked = await tx.rows(select(join_requests))
            fined = await tx.rows(select(penalties.c.case_id, penalties.c.liable))
        inside = {(g, m.user_id) for g, listed in self.qq.lists.items() for m in listed}
        assert not {(row.group_id, row.user_id) for row in ended} & inside
        closed = {(row.group_id, row.user_id) for row in asked if row.state in ("elsewhere", "lapsed")}
        assert not closed & self.qq.waiting.keys()
        heard = Counter((row.group_id, row.user_id) for row in asked)
        assert all(count <= self.asked[ask] for ask, count in heard.items())
        assert not self.answered or max(self.answered.values()) == 1
        assert len(fined) == len({tuple(row) for row in fined})

    def teardown(self) -> None:
        if hasattr(self, "app"):
            self.do(self.app.database.close())
        if hasattr(self, "runner"):
            self.runner.close()
            self.folder.cleanup()


TestLies = Lies.TestCase
TestLies.settings = settings(max_examples=settings().max_examples // 3, stateful_step_count=30, deadline=None)
