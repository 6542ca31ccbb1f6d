"""Joins and money in the random histories: who asks and how, what staff decide, and what must hold of it."""

import random
from typing import Any, Protocol

from sqlalchemy import insert, select

from db.queries.work.outbox import OutboxRow
from db.tables.cases import appeals as appeal_rows
from db.tables.cases import penalties
from db.tables.groups import early_admissions
from db.tables.identities import contests
from db.tables.registry import employees
from db.tables.requests import join_requests
from regulation.claims.digits import hash_digits
from regulation.model import Member
from services.app import App
from services.cases.settling import dismissals
from services.cases.settling import penalties as fines
from services.inbox import listing, settle
from services.joining import rounds
from services.joining.heard import Heard
from tests import company as co
from tests.company import BOT, ROOT
from tests.conftest import StoppedClock
from tests.services.cases.living import imported

# Employees whose QQ nobody has verified yet: (QQ, number, name, department, on probation), and their digits.
NEWCOMERS = (
    (22001, "A041", "何新甲", "市场部", False),
    (22002, "A042", "何新乙", "采购部", False),
    (22003, "A043", "何新丙", "市场部", True),
)
DIGITS = "4321"
STRANGERS = (30001, 30002, 30003)


class Person(Protocol):
    """What is true of somebody."""

    no: str
    name: str
    department: str
    old: str | None
    left: bool
    trainee: bool


class Joins:
    """Happenings and properties of a history; `verified`: the QQ numbers that proved whose they are."""

    app: App
    clock: StoppedClock
    chance: random.Random
    qq: co.FakeQQ
    people: dict[int, Any]
    paused: bool
    appealing: set[int]

    def begin_joins(self) -> None:
        self.verified: set[int] = set(self.people)
        self.contested: set[int] = set()
        self.consents: set[tuple[int, str]] = set()
        self.paid: set[int] = set()
        self.refunded: set[int] = set()
        self.answers: list[str] = []
        self.asked = 0

    async def store_newcomers(self, person: Any) -> None:
        async with self.app.database.transaction() as tx:
            for qq, no, name, department, trainee in NEWCOMERS:
                row = {"employee_no": no, "name": name, "department": department, "is_head": False}
                row |= {"employment": "probation" if trainee else "regular"}
                await tx.execute(insert(employees).values(**row, phone_hash=hash_digits(b"key", no, DIGITS)))
                self.people[qq] = person(no, name, department, trainee=trainee)

    def known(self, who: int) -> Any:
        """Return whose QQ number this is, as far as anybody could know."""
        return self.people.get(who) if who in self.verified - self.contested else None

    # -- who asks

    async def ask(self) -> None:
        """Somebody asks to join: rightly or not, verified or not, with a true proof or a false one."""
        group_id = self.group()  # pyright: ignore[reportAttributeAccessIssue]
        here = {m.user_id for m in self.qq.lists[group_id]}
        everybody = [
            who for who in (*self.people, *(qq for qq, *_ in NEWCOMERS), *STRANGERS) if who not in here
        ]
        if everybody:
            who = self.chance.choice(everybody)
            await self.asks(group_id, who, self.comment(who))

    def comment(self, who: int) -> str:
        person = self.people.get(who)
        if person is not None:
            return f"{person.department} {person.name} {person.no} {DIGITS}"
        victim = self.people[self.chance.choice(NEWCOMERS)[0]]
        digits = DIGITS if self.known(self.qq_of(victim)) is not None else "0000"
        return self.chance.choice(["让我进", f"{victim.department} {victim.name} {victim.no} {digits}"])

    def qq_of(self, person: Any) -> int:
        return next(qq for qq, one in self.people.items() if one is person)

    async def asks(self, group_id: int, who: int, comment: str) -> None:
        self.asked += 1
        wanted = self.wanted(group_id, who, comment)
        heard = Heard(BOT, group_id, who, comment, f"flag-{self.asked}")
        verdict = await rounds.hear(self.app, heard)
        assert verdict is not None
        assert verdict.answer.value == wanted, (verdict, comment)
        if verdict.bind:
            self.verified.add(who)

    def wanted(self, group_id: int, who: int, comment: str) -> str:
        """Return what anybody with registry and filing before them would answer."""
        if group_id not in self.filed():
            return "hold"
        if who in self.contested:
            return "hold"
        person = self.people.get(who)
        if person is not None:
            return self.right(group_id, person)
        named = next((p for p in self.people.values() if p.no in comment), None)
        return "hold" if named is not None and DIGITS in comment else "reject"

    def right(self, group_id: int, person: Any) -> str:
        if person.left or not self.in_scope(group_id, person):  # pyright: ignore[reportAttributeAccessIssue]
            return "reject"
        return "hold" if person.trainee and (group_id, person.no) not in self.consents else "approve"

    def filed(self) -> tuple[int, ...]:
        return (co.GROUP, co.OTHER)

    def before_answer(self, row: OutboxRow) -> None:
        """Hold an answer that is about to go out against the truth of this moment."""
        group_id, who = row.group_id or 0, row.user_id or 0
        person, approve = self.known(who), bool(row.payload["approve"])
        assert not self.paused
        human = row.payload.get("by")
        self.answers.append(("in" if approve else "out") + (" by staff" if human else ""))
        if human:
            assert not (approve and person is not None and person.left), "staff let them in before they left"
        else:
            right = "reject" if person is None else self.right(group_id, person)
            assert right == ("approve" if approve else "reject"), "let in without right, or refused with it"
        if approve and who not in self.qq.deaf:
            self.qq.lists[group_id].append(Member(who))

    async def contest_number(self) -> None:
        """A roster names a colleague's QQ for somebody else: it is nobody's until staff have decided."""
        holder, other = self.chance.sample([self.people[qq] for qq, *_ in NEWCOMERS], 2)
        number = self.qq_of(holder)
        if (
            number in self.verified
            and self.qq_of(other) not in self.verified
            and not (holder.left or other.left)
        ):
            rows = [
                (one.no, one.name, self.names.get(one.department, one.department),  # pyright: ignore[reportAttributeAccessIssue]
                 "试用" if one.trainee else "在职", qq, "")
                for one, qq in ((holder, ""), (other, str(number)))
            ]  # fmt: skip
            await imported(self.app, *rows)
            self.contested.add(number)

    # -- what staff decide

    async def work_off(self) -> None:
        """A superuser goes through the inbox, by what is true."""
        async with self.app.database.reading() as tx:
            waiting = await listing.mine(self.app, tx, ROOT)
        for item in waiting:
            approve = self.chance.random() < 0.6
            if item.letter == "J":
                person = self.known(await self.about(item, "user_id"))
                approve = person is not None and self.right(item.group_id or 0, person) == "approve"
            if item.letter not in ("J", "E", "S", "P", "Q"):
                continue
            approve = approve and item.letter != "Q"  # HR mistook one for the other
            await self.decide(item, approve=approve)

    async def decide(self, item: Any, *, approve: bool) -> None:
        about = await self.about(
            item, {"E": "employee_no", "S": "case_id", "Q": "user_id"}.get(item.letter, "id")
        )
        others = await self.others_of(item.id) if item.letter == "S" and approve else {}
        [answer] = await settle.settle(
            self.app, [(item.letter, item.id)], approve=approve, by=ROOT, reason="已核实"
        )
        if not answer.ok:
            return
        if item.letter == "Q":
            self.contested.discard(about)
        if item.letter == "E" and approve:
            self.consents.add((item.group_id, about))
        if item.letter == "S":
            self.appealing.discard(about)
            states = await self.states()
            assert all(states[one] in ("proposed", "to_refund") for one in others), "dropped in silence"

    async def about(self, item: Any, column: str) -> Any:
        """Return a column of what an item stands for."""
        table = {"J": join_requests, "E": early_admissions, "S": appeal_rows, "P": penalties, "Q": contests}[
            item.letter
        ]
        async with self.app.database.reading() as tx:
            return (await tx.execute(select(table.c[column]).where(table.c.id == item.id))).scalar_one()

    async def others_of(self, appeal_id: int) -> set[int]:
        """Return the penalties of an appeal's case, confirmed or paid, that are not of whoever appeals."""
        wanted = select(penalties.c.id).join(
            appeal_rows, appeal_rows.c.case_id == penalties.c.case_id
        ).where(appeal_rows.c.id == appeal_id, penalties.c.liable_user_id != appeal_rows.c.made_by)  # fmt: skip
        async with self.app.database.reading() as tx:
            found = {row[0] for row in await tx.rows(wanted)}
        states = await self.states()
        return {one for one in found if states[one] not in ("waived", "refunded")}

    async def states(self) -> dict[int, str]:
        async with self.app.database.reading() as tx:
            return {row[0]: row[1] for row in await tx.rows(select(penalties.c.id, penalties.c.state))}

    async def pay(self) -> None:
        for number, state in (await self.states()).items():
            if state == "confirmed" and (await fines.pay(self.app, number, by=ROOT)).ok:
                self.paid.add(number)
            if state == "to_refund" and self.chance.random() < 0.5:
                assert (await fines.refund(self.app, number, by=ROOT)).ok
                self.refunded.add(number)

    async def take_back(self) -> None:
        """Staff dismiss a case that money hangs on."""
        async with self.app.database.reading() as tx:
            found = await tx.rows(select(penalties.c.case_id).distinct())
        if found:
            case_id = self.chance.choice(found)[0]
            await dismissals.dismiss(self.app, case_id, by=ROOT, reason="名册有误")
            self.appealing.discard(case_id)

    async def no_money_is_lost(self) -> None:
        """What was paid is kept as such, put before staff again, or to be given back; never forgotten."""
        states = await self.states()
        for one in self.paid - self.refunded:
            assert states[one] in ("settled", "appealed", "proposed", "to_refund"), states[one]
        for one in self.refunded:
            assert states[one] == "refunded"
        assert {one for one, state in states.items() if state == "to_refund"} <= self.paid
