"""Nobody is wronged: random histories of a group's offices, notices, outages and moods, lived day by day.

Each history runs the very functions that the services run: reading, cases, plan, notices that reach
people or don't, the history of offices as read, proposals. What is proposed is then compared with what
really was: who held the office, who was told when, what the regulation asks for.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regulation.actions import Remind, Remove, Tell
from regulation.cases import STARTS_CLOCK, days_for, due_after_notice, first_due, is_overdue, reconcile
from regulation.checks import inspect
from regulation.deadlines import day_of, end_of_day
from regulation.duties import Code
from regulation.groups import offices
from regulation.groups.offices import Office
from regulation.model import Case, CaseStatus, Group, GroupSnapshot, Member, Role
from regulation.penalties import Answerable, Proposal, propose
from regulation.plan.choose import plan
from regulation.plan.limits import Said
from regulation.policy import Mode
from tests.regulation.checks import company as c

PEOPLE = tuple(range(20001, 20013))
GONE, MOVED, CARELESS = 30001, 30002, 30003
STEP = timedelta(hours=6)
DAYS = 24
AMOUNTS = {Code.L1: 20, Code.T1: 10, Code.F1: 50, Code.F3: 50, Code.D2: 20, Code.C1: 10}


def registry(start: datetime) -> c.Registry:
    people = {qq: c.employee(f"A{qq}", f"员工{qq}") for qq in (*PEOPLE, CARELESS)}
    people[GONE] = replace(c.employee("A30001", "王芳"), departed_on=start.date() - timedelta(days=5))
    people |= {MOVED: c.transferred(c.PLAIN, "采购部", start.date() - timedelta(days=5))[c.PLAIN]}
    return c.registry_of(people, as_of=start)


@dataclass
class History:
    """One group over three weeks. Who gave an office up never has one again: no reading could tell."""

    seed: int
    start: datetime = c.NOW
    cases: list[Case] = field(default_factory=list[Case])
    held: list[Office] = field(default_factory=list[Office])
    told: dict[Said, datetime | None] = field(default_factory=dict[Said, datetime | None])
    truth: list[tuple[datetime, int, frozenset[int]]] = field(default_factory=list[Any])
    proposed: list[tuple[Proposal, Case]] = field(default_factory=list[Any])
    reached: dict[tuple[int, int], datetime] = field(default_factory=dict[tuple[int, int], datetime])
    overdue: list[tuple[Case, datetime]] = field(default_factory=list[Any])

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.fresh = list(PEOPLE)
        self.registry = registry(self.start)
        self.owner, self.admins = self.fresh.pop(), {self.fresh.pop()}
        self.group = self.some_group()
        self.bot_role = self.chance.choice([Role.MEMBER, Role.MEMBER, Role.ADMIN])
        self.present = {GONE, MOVED, CARELESS}
        self.last_read: datetime | None = None

    def once_in(self, n: int) -> bool:
        return self.chance.randrange(n) == 0

    def some_group(self) -> Group:
        talk = replace(
            c.DISCUSSION, ends_on=date(2026, 3, 1), initiator_id=self.chance.choice([None, self.owner])
        )
        filing = self.chance.choice([c.FILING, c.FILING, talk, None])
        if filing is not None:
            filing = replace(filing, owner_id=None, admin_ids=None)
        name = self.chance.choice(["XY群", "市场部群"])
        return c.group(filing, name=name, mode=self.chance.choice(list(Mode)))

    def live(self) -> "History":
        now = self.start
        for _ in range(DAYS * 4):
            self.happen(now)
            if not self.once_in(3):  # an outage else: nobody reads, nobody speaks
                self.look(now + timedelta(hours=self.chance.randrange(5)))
            now += STEP
        return self

    def happen(self, now: datetime) -> None:
        """What people do meanwhile: hand the group over, appoint and dismiss admins, change its mode."""
        if self.once_in(12) and self.fresh:
            self.owner = self.fresh.pop()
        if self.once_in(8) and self.fresh:
            self.admins.add(self.fresh.pop())
        if self.once_in(10) and self.admins:
            self.admins.remove(self.chance.choice(sorted(self.admins)))
        if self.once_in(10):
            self.group = replace(self.group, mode=self.chance.choice(list(Mode)))
        self.truth.append((now, self.owner, frozenset(self.admins)))

    def look(self, now: datetime) -> None:
        """Read, judge, tell: what the services do at each look."""
        seen = self.snapshot(now)
        ended, begun = offices.changes((o for o in self.held if o.until is None), seen.members, now)
        self.held = [replace(o, until=self.last_read) if o in ended else o for o in self.held] + list(begun)
        self.last_read = now
        self.judge(seen, now)
        limits = c.limits(self.registry, told=dict(self.told), mode=self.group.mode, bot_role=self.bot_role)
        made = plan(self.cases, seen, replace(limits, general_mode=Mode.ENFORCE), now)
        for action in made.actions:
            if isinstance(action, Remove) and self.once_in(2):
                self.present.discard(action.user_id)
            elif isinstance(action, Remind):
                for person in action.people:
                    self.say(person.case_id, "card_reminder", person.user_id, now)
            elif isinstance(action, Tell):
                for case_id in action.case_ids:
                    self.say(case_id, action.purpose, action.user_id, now)

    def snapshot(self, now: datetime) -> GroupSnapshot:
        members = [Member(self.owner, role=Role.OWNER), *(Member(a, role=Role.ADMIN) for a in self.admins)]
        members += [Member(qq, card="喵") for qq in sorted(self.present)]
        return c.snapshot(members, self.group, read_at=now)

    def judge(self, seen: GroupSnapshot, now: datetime) -> None:
        found = reconcile(inspect(seen, self.registry, c.POLICY), self.cases, seen, self.registry)
        kept = [replace(case, data=finding.data) for case, finding in found.continuing]
        opened = [
            Case(
                1000 + len(self.reached) + n + int((now - self.start) / timedelta(minutes=1)) * 50, f.code,
                f.group_id, f.subject, CaseStatus.OPEN, f.reason, now, f.user_id, f.employee_no, data=f.data,
                due_at=first_due(f.code, now, c.POLICY),
            )
            for n, f in enumerate(found.opened)
        ]  # fmt: skip
        self.cases = [*kept, *opened]
        for case in self.cases:
            if is_overdue(case, now):
                self.overdue.append((case, now))
            told = {to: at for (case_id, to), at in self.reached.items() if case_id == case.id}
            filing = self.group.filing
            known = Answerable(
                tuple(self.held), told, None if filing is None else filing.initiator_id, seen.bot_ids
            )
            self.proposed += [(one, case) for one in propose(case, known, self.registry, c.POLICY, now)]

    def say(self, case_id: int, purpose: str, to: int | None, now: datetime) -> None:
        """Two of three messages reach whom they are for; what failed is said again."""
        if self.once_in(3):
            return
        self.told[(case_id, purpose, to)] = now
        if purpose in STARTS_CLOCK and to is not None:
            self.reached.setdefault((case_id, to), now)
            self.cases = [
                replace(case, first_reminded_at=now, due_at=due_after_notice(case, now, c.POLICY))
                if case.id == case_id and case.first_reminded_at is None
                else case
                for case in self.cases
            ]

    def in_office(self, moment: datetime) -> tuple[int, frozenset[int]]:
        """Return who really was owner and admins at a moment."""
        _, owner, admins = max((one for one in self.truth if one[0] <= moment), key=lambda one: one[0])
        return owner, admins


more = settings(max_examples=4 * settings().max_examples)


def test_the_random_histories_are_worth_looking_at():
    lived = [History(seed).live() for seed in range(30)]
    assert {p.code for one in lived for p, _ in one.proposed} == {
        Code.L1,
        Code.T1,
        Code.F1,
        Code.F3,
        Code.D2,
        Code.C1,
    }
    assert any(o.until is not None for one in lived for o in one.held)


@more
@given(st.integers(0, 2**48))
def test_nobody_is_wronged(seed: int):
    one = History(seed).live()
    nobody_is_fined_who_was_not_told_a_full_span_before(one)
    nobody_is_fined_who_did_not_hold_the_office_at_the_deadline(one)
    every_proposed_sum_is_the_regulations(one)
    for case, _ in one.overdue:
        assert any(case_id == case.id for case_id, _ in one.reached)


def nobody_is_fined_who_was_not_told_a_full_span_before(one: History) -> None:
    for fine, case in one.proposed:
        assert fine.liable_user_id is not None
        told_at = one.reached[(case.id, fine.liable_user_id)]
        assert told_at >= case.opened_at
        span = timedelta(days=days_for(case.code, c.POLICY))
        assert one.last_read is not None
        assert one.last_read >= end_of_day(day_of(told_at) + span)


def nobody_is_fined_who_did_not_hold_the_office_at_the_deadline(one: History) -> None:
    for fine, case in one.proposed:
        assert fine.liable_user_id is not None
        due = due_after_notice(case, one.reached[(case.id, fine.liable_user_id)], c.POLICY)
        owner, admins = one.in_office(due)
        filing = one.group.filing
        named = None if filing is None else filing.initiator_id
        liable = {
            Code.L1: {owner, *admins},
            Code.C1: {case.user_id},
            Code.D2: {owner if named is None else named},
        }.get(case.code, {owner})
        assert fine.liable_user_id in liable


def every_proposed_sum_is_the_regulations(one: History) -> None:
    assert all(fine.amount == Decimal(AMOUNTS[fine.code]) for fine, _ in one.proposed)
    assert all(fine.liable_user_id not in (c.BOT, GONE) for fine, _ in one.proposed)


@pytest.mark.parametrize("seed", range(8))
def test_while_nothing_is_delivered_nothing_is_overdue_and_nobody_fined(seed: int):
    mute = History(seed)
    mute.say = lambda *_: None  # pyright: ignore[reportAttributeAccessIssue]
    mute.live()
    assert (mute.proposed, mute.overdue) == ([], [])


@more
@given(st.integers(0, 2**48))
@example(0)
def test_whoever_held_the_office_all_along_and_was_told_in_time_is_proposed(seed: int):
    """The clock spares nobody who has no excuse."""
    steady = History(seed)
    steady.happen = lambda now: steady.truth.append((now, steady.owner, frozenset(steady.admins)))  # pyright: ignore[reportAttributeAccessIssue]
    steady.live()
    assert steady.last_read is not None
    for case in steady.cases:
        if case.code is not Code.L1 or case.first_reminded_at is None:
            continue
        for (case_id, to), at in steady.reached.items():
            if case_id == case.id and due_after_notice(case, at, c.POLICY) <= steady.last_read:
                assert (to, case.id) in {(fine.liable_user_id, of.id) for fine, of in steady.proposed}
