"""Random histories of a company, lived hour by hour on the real services and a real database.

Beside them the truth is kept in a few plain words: who works where, who really led which group when, whom
which notice reached. Whatever the bot proposes, removes or calls known is then held against that alone.
"""

import asyncio
import random
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from config.settings import Settings
from db.engine import Database
from db.queries.work.outbox import OutboxRow
from db.tables.base import ZONE
from db.tables.cases import cases, penalties
from regulation.model import Employee, Member, Role, Status
from regulation.policy import DepartmentNames, Mode, Policy
from services.acts import ActKind
from services.app import App
from services.cases import enforcing
from services.cases.settling import appeals
from services.groups import modes
from services.groups.unknown import unknown_groups
from services.imports import undoing
from services.imports.sources.pulling import pull
from services.people import registry, renaming, staff
from services.ports import Reading
from services.watching import members
from tests import company as co
from tests.company import BOT, GROUP, HEAD, OTHER, OWNER, PLAIN, ROOT
from tests.conftest import StoppedClock
from tests.services import joins_in_histories as joins
from tests.services.cases.living import imported, send
from tests.services.imports.sources.conftest import Listed

UNFILED = 700003
GROUPS = (GROUP, OTHER, UNFILED)
START = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
STEPS = 18
# Three histories that have a bit of everything between them.
WORTH = (2007, 2011, 2020)
AMOUNTS = {"L1": 20, "T1": 10, "F1": 50, "F3": 50, "C1": 10}
SPANS = {"L1": 3, "T1": 1, "F1": 3, "F3": 3, "C1": 3}
CLOCK = {"card_reminder", "file", "notice", "cannot_remove", "removal_failed"}
# Whom groups are handed to: nobody holds an office twice, as no reading could tell.
FRESH = tuple(range(21001, 21013))
STRANGERS = joins.STRANGERS
MARKET, BUYERS = "市场部", "采购部"


@dataclass
class Person:
    """What is true of somebody. `old`: the department whose handover is open."""

    no: str
    name: str
    department: str
    old: str | None = None
    left: bool = False
    trainee: bool = False


class TrueQQ(co.FakeQQ):
    """A QQ that says the bot's role as the list has it."""

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        reading = await super().read_members(group_id, max_age=max_age)
        role = next(m.role for m in reading.members if m.user_id == BOT)
        return replace(reading, bot_role=role)


@dataclass
class History(joins.Joins):
    """One company over a fortnight; `seed` decides everything."""

    seed: int
    app: App
    clock: StoppedClock
    names: dict[str, str] = field(default_factory=lambda: {MARKET: MARKET, BUYERS: BUYERS})
    offices: dict[int, list[tuple[datetime, int, frozenset[int]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    since: dict[tuple[int, int], datetime] = field(default_factory=dict[tuple[int, int], datetime])
    appealing: set[int] = field(default_factory=set[int])
    lost: set[int] = field(default_factory=set[int])
    paused: bool = False
    undoable: tuple[int, tuple[int, ...], datetime] | None = None
    removed: list[str] = field(default_factory=list[str])
    fined: set[int] = field(default_factory=set[int])
    codes: list[str] = field(default_factory=list[str])

    async def begin(self) -> None:
        self.chance = random.Random(self.seed)
        self.qq = TrueQQ(self.clock)
        await co.settle_in(self.app)
        self.app.gateway = self.qq
        pool = [(Employee(f"A{qq}", f"员工{qq}", MARKET), qq) for qq in FRESH]
        async with self.app.database.transaction() as tx:
            for employee, qq in pool:
                await co.store(tx, employee, qq)
        self.fresh = list(FRESH)
        self.people = {
            qq: Person(
                e.employee_no,
                e.name,
                e.department.split("/")[0],
                left=e.departed_on is not None,
                trainee=e.employment is Status.PROBATION,
            )
            for e, qq in (*co.PEOPLE, *pool)
        }
        self.begin_joins()
        await self.store_newcomers(Person)
        self.qq.names = {GROUP: "市场部群", OTHER: "大群", UNFILED: "新群"}
        plain = {
            GROUP: (HEAD, OWNER, self.fresh[-1]),
            OTHER: (PLAIN, OWNER, co.ADMIN, co.BUYER_HEAD),
            UNFILED: (PLAIN, co.TRAINEE),
        }
        for group_id in GROUPS:
            right = self.chance.choice([Role.ADMIN, Role.MEMBER])
            owner, admin = self.fresh.pop(0), self.fresh.pop(0)
            listed = [Member(owner, role=Role.OWNER), Member(admin, role=Role.ADMIN), Member(BOT, role=right)]
            self.qq.lists[group_id] = [self.carded(m) for m in (*listed, *map(Member, plain[group_id]))]
            async with self.app.database.transaction() as tx:
                await co.seen(self.app, tx, group_id)
        for group_id, scope in ((GROUP, [MARKET]), (OTHER, [])):
            wanted = {"everyone": not scope, "departments": scope, "employee_nos": []}
            facts = {"name": None, "owner_id": None, "admin_ids": None}
            await co.filed(self.app, group_id, scope=wanted, **facts)
        await registry.load(self.app)
        await renaming.take_up(self.app, self.app.policy.departments)
        self.note()

    def carded(self, member: Member) -> Member:
        person = self.people.get(member.user_id)
        right = f"{self.names.get(person.department, person.department)}-{person.name}" if person else ""
        return replace(member, card=right if self.chance.random() < 0.7 else "喵")

    async def live(self) -> None:
        await self.begin()
        for _ in range(STEPS):
            await self.chance.choice(self.happenings)()
            self.note()
            if self.chance.random() < 0.8:  # else the bot is down: nobody reads, nobody speaks
                await self.look()
            self.clock.move(hours=self.chance.choice([1, 7, 13, 24, 31]))

    @property
    def happenings(self):
        often = [self.depart, self.transfer, self.hand_over_work, self.hand_over, self.appoint, self.join]
        often += [self.ask, self.ask, self.work_off]
        return [
            *often, *often, self.rehire, self.dismiss, self.leave, self.change_mode,
            self.change_right, self.pause, self.rename_group, self.rename_department, self.take_roster,
            self.undo_roster, self.contest, self.throw_out, self.pay, self.pay, self.take_back, self.contest_number,
        ]  # fmt: skip

    # -- what people do

    def some(self) -> int:
        found = [qq for qq, p in self.people.items() if not p.left and qq != co.STAFF and qq in self.verified]
        here = {m.user_id for listed in self.qq.lists.values() for m in listed}
        return self.chance.choice([qq for qq in found if qq in here] or found)

    def group(self) -> int:
        return self.chance.choice([g for g in GROUPS if g not in self.lost])

    def place(self) -> list[Member]:
        return self.qq.lists[self.group()]

    def set_role(self, listed: list[Member], user_id: int, role: Role) -> None:
        listed[:] = [replace(m, role=role) if m.user_id == user_id else m for m in listed]

    async def depart(self) -> None:
        who = self.some()
        await staff.depart(self.app, self.people[who].no, by="terminal")
        self.people[who].left = True

    async def rehire(self) -> None:
        for person in self.people.values():
            if person.left and self.chance.random() < 0.5:
                await staff.rehire(self.app, person.no, by="terminal")
                person.left = False

    async def transfer(self) -> None:
        person = self.people[self.some()]
        if person.department in (MARKET, BUYERS) and person.old is None:
            to = BUYERS if person.department == MARKET else MARKET
            answer = await staff.transfer(self.app, person.no, self.names[to], by="terminal")
            assert answer.ok, answer.text
            person.old, person.department = person.department, to

    async def hand_over_work(self) -> None:
        for person in self.people.values():
            if person.old is not None and self.chance.random() < 0.7:
                await staff.complete_handover(self.app, person.no, by="terminal")
                person.old = None

    async def hand_over(self) -> None:
        if self.fresh:
            listed, new = self.place(), self.fresh.pop(0)
            owner = next(m.user_id for m in listed if m.role is Role.OWNER)
            self.set_role(listed, owner, Role.MEMBER)
            listed[:] = [m for m in listed if m.user_id != new]
            listed.append(self.carded(Member(new, role=Role.OWNER)))

    async def appoint(self) -> None:
        if self.fresh:
            listed, new = self.place(), self.fresh.pop(0)
            listed[:] = [m for m in listed if m.user_id != new]
            listed.append(self.carded(Member(new, role=Role.ADMIN)))

    async def dismiss(self) -> None:
        listed = self.place()
        admins = [m.user_id for m in listed if m.role is Role.ADMIN and m.user_id != BOT]
        if admins:
            self.set_role(listed, self.chance.choice(admins), Role.MEMBER)

    async def join(self) -> None:
        """Somebody is let in by a human, past the bot."""
        listed, who = self.place(), self.chance.choice([self.some(), self.some(), *STRANGERS])
        if who not in {m.user_id for m in listed} | set(FRESH):
            listed.append(self.carded(Member(who)))

    async def leave(self) -> None:
        listed = self.place()
        plain = [m for m in listed if m.role is Role.MEMBER and m.user_id != BOT]
        if plain:
            listed.remove(self.chance.choice(plain))

    async def change_mode(self) -> None:
        await modes.set_group_mode(self.app, self.group(), self.chance.choice(list(Mode)), by="terminal")

    async def change_right(self) -> None:
        self.set_role(self.place(), BOT, self.chance.choice([Role.ADMIN, Role.MEMBER]))

    async def pause(self) -> None:
        if self.paused:
            await modes.resume(self.app, by=str(ROOT))
        else:
            await modes.pause(self.app, by=str(ROOT))
        self.paused = not self.paused

    async def rename_group(self) -> None:
        self.qq.names[self.group()] = self.chance.choice(["项目群", "XY市场群", "市场部群"])

    async def rename_department(self) -> None:
        if self.names[MARKET] == MARKET:
            self.names[MARKET] = "市场营销中心"
            names = DepartmentNames(renamed={MARKET: self.names[MARKET]})
            self.app.policy = replace(self.app.policy, departments=names)
            await registry.load(self.app)
            assert await renaming.take_up(self.app, names) is None

    async def take_roster(self) -> None:
        """A roster says, wrongly, that one or two have left."""
        if self.undoable is None:
            gone = tuple({self.some(), self.some()})
            rows = [
                (
                    p.no,
                    p.name,
                    str(self.names.get(p.department, p.department)),
                    "离职",
                    str(qq),
                    f"{self.clock.now():%F}",
                )
                for qq in gone
                for p in [self.people[qq]]
                if p.old is None
            ]
            gone = tuple(qq for qq in gone if self.people[qq].old is None)
            if rows:
                bring = self.pulled if self.chance.random() < 0.4 else imported
                self.undoable = await bring(self.app, *rows), gone, self.clock.now()
                for qq in gone:
                    self.people[qq].left = True

    @staticmethod
    async def pulled(app: App, *rows: Sequence[str]) -> int:
        """The same from a source that tells of changes alone."""
        fields = ("employee_no", "name", "department", "status", "qq", "departed_on")
        told = [dict(zip(fields, row, strict=True)) for row in rows]
        source = Listed(app, "ldap", [{k: v for k, v in one.items() if k != "qq"} for one in told])
        source.how = {"complete": True, "everybody": False}
        made = await pull(app, source)
        assert made.import_id is not None, made
        return made.import_id

    async def undo_roster(self) -> None:
        if self.undoable is None:
            return
        number, gone, at = self.undoable
        if (await undoing.undo_import(self.app, number, by="terminal")).state != "undone":
            return
        self.undoable = None
        for qq in gone:
            self.people[qq].left = False
        about = (cases.c.code == "L1", cases.c.user_id.in_(gone), cases.c.opened_at >= at)
        wanted = select(penalties.c.state, cases.c.closed_as).join(cases, cases.c.id == penalties.c.case_id)
        async with self.app.database.reading() as tx:
            left = await tx.rows(wanted.where(*about))
        assert {tuple(row) for row in left} <= {("waived", "dismissed"), ("to_refund", "dismissed")}

    async def contest(self) -> None:
        """Somebody contests what is held against them; nobody has decided yet."""
        wanted = select(cases.c.id, cases.c.user_id).where(
            cases.c.closed_at.is_(None), cases.c.user_id.is_not(None)
        )
        async with self.app.database.reading() as tx:
            found = await tx.rows(wanted)
        if found:
            case_id, who = self.chance.choice(found)
            if (await appeals.appeal(self.app, case_id, by=who, reason="不是这样")).ok:
                self.appealing.add(case_id)

    async def throw_out(self) -> None:
        if not self.lost and self.chance.random() < 0.5:
            self.lost.add(OTHER)
            del self.qq.lists[OTHER]
            async with self.app.database.transaction() as tx:
                await members.left_group(self.app, tx, OTHER, BOT)

    # -- what the bot does, and what is true meanwhile

    def note(self) -> None:
        now = self.clock.now()
        for group_id, listed in self.qq.lists.items():
            owner = next(m.user_id for m in listed if m.role is Role.OWNER)
            admins = frozenset(m.user_id for m in listed if m.role is Role.ADMIN)
            self.offices[group_id].append((now, owner, admins))
            here = {(group_id, m.user_id) for m in listed}
            self.since = {k: t for k, t in self.since.items() if k in here or k[0] != group_id}
            self.since |= {key: now for key in here if key not in self.since}

    async def look(self) -> None:
        self.qq.down = self.chance.random() < 0.2
        everybody = [*self.people, *STRANGERS]
        self.qq.deaf = {who for who in everybody if self.chance.random() < 0.25}
        here = [g for g in GROUPS if g not in self.lost]
        await enforcing.run(self.app, here)
        await self.every_group_is_judged_or_unknown(here)
        await self.nobody_is_fined_wrongly()
        await self.no_money_is_lost()
        if not self.paused:
            await send(self.app, self.qq, self.before)

    def before(self, row: OutboxRow) -> None:
        """Look at what is about to be done, with nothing but the truth."""
        if row.kind is ActKind.REMOVE:
            assert not self.paused
            assert self.appealing.isdisjoint(row.case_ids)
            self.may_be_removed(row.group_id or 0, row.user_id or 0)
        if row.kind is ActKind.ANSWER_REQUEST:
            self.before_answer(row)
        purpose = row.payload.get("purpose")
        if purpose in CLOCK and (row.kind is ActKind.SEND_GROUP or row.user_id not in self.qq.deaf):
            self.said.append((row, self.clock.now()))

    said: list[tuple[OutboxRow, datetime]] = field(default_factory=list)

    def in_scope(self, group_id: int, person: Person) -> bool:
        return group_id == OTHER or MARKET in (person.department, person.old)

    def may_be_removed(self, group_id: int, who: int) -> None:
        """Tell what somebody with registry, filing and history before them would say."""
        member = next(m for m in self.qq.lists[group_id] if m.user_id == who)
        right = next(m.role for m in self.qq.lists[group_id] if m.user_id == BOT)
        assert group_id != UNFILED
        assert member.role is Role.MEMBER
        assert right is Role.ADMIN
        assert who not in self.contested
        person = self.known(who)
        self.removed.append("stranger" if person is None else "departed" if person.left else "place")
        if person is not None and person.left:
            return
        whole = timedelta(days=3)
        if person is None or (person.trainee and (group_id, person.no) not in self.consents):
            assert self.clock.now() - self.since[group_id, who] >= whole
            return
        assert not self.in_scope(group_id, person), "a colleague who belongs there"

    def led(self, group_id: int, moment: datetime) -> tuple[int, frozenset[int]]:
        """Return who really was owner and admins at a moment."""
        _, owner, admins = [one for one in self.offices[group_id] if one[0] <= moment][-1]
        return owner, admins

    async def nobody_is_fined_wrongly(self) -> None:
        wanted = select(penalties, cases.c.user_id, cases.c.opened_at).join(
            cases, cases.c.id == penalties.c.case_id
        )
        async with self.app.database.reading() as tx:
            found = [row for row in (await tx.execute(wanted)).mappings() if row["id"] not in self.fined]
        for fine in found:
            self.fined.add(fine["id"])
            assert fine["case_id"] not in self.appealing
            self.codes.append(fine["code"])
            self.is_fair(
                fine["code"], fine["case_id"], fine["liable_user_id"], fine["user_id"], fine["group_id"]
            )
            assert fine["amount"] == Decimal(AMOUNTS[fine["code"]])

    def is_fair(self, code: str, case_id: int, liable: int, about: int | None, group_id: int) -> None:
        told = [
            at
            for row, at in self.said
            if case_id in row.case_ids
            and liable in (row.user_id, about if row.kind is ActKind.SEND_GROUP else 0)
        ]
        assert told, "nobody told them"
        day = told[0].replace(hour=0, minute=0)
        due = day + timedelta(days=SPANS[code] + 1)
        assert self.clock.now() >= due, "not a whole span"
        owner, admins = self.led(group_id, due)
        assert liable != BOT
        assert liable in {"L1": {owner, *admins}, "C1": {about}}.get(code, {owner})
        if code == "L1":
            assert about != liable
            assert about is not None
            assert self.people[about].left

    async def every_group_is_judged_or_unknown(self, here: list[int]) -> None:
        async with self.app.database.reading() as tx:
            unknown = set(await unknown_groups(self.app, tx))
        assert unknown == ({*here} if self.qq.down else set()) | self.lost


Lived = TypeVar("Lived", bound=History)


def live(seed: int, template: bytes, kind: type[Lived] = History) -> Lived:
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "h.db").write_bytes(template)
        config = Settings(data_dir=at, superusers=frozenset({ROOT}), _env_file=None)  # pyright: ignore[reportCallIssue]
        clock = StoppedClock(START)
        database = Database(f"sqlite+aiosqlite:///{at / 'h.db'}")
        one = kind(seed, App(config, Policy(), database, b"key", clock), clock)
        try:
            runner.run(one.live())
        finally:
            runner.run(database.close())
        return one


# An example takes a second of the processor: fewer than where one is a millisecond.
few = settings(deadline=None, max_examples=settings().max_examples // 5)


@few
@given(seed=st.integers(0, 2**48))
def test_nobody_is_wronged_in_any_history(sqlite_template: bytes, seed: int) -> None:
    live(seed, sqlite_template)


def test_the_histories_are_worth_looking_at(sqlite_template: bytes) -> None:
    lived = [live(seed, sqlite_template) for seed in WORTH]
    assert {"L1", "C1"} <= {code for one in lived for code in one.codes}
    assert "departed" in {why for one in lived for why in one.removed}
    assert {"in", "out", "in by staff", "out by staff"} == {how for one in lived for how in one.answers}
    assert any(one.paid for one in lived)
