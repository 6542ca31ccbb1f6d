"""Random companies, groups, cases and limits, dense with things to do."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from regulation.checks import inspect
from regulation.duties import Code
from regulation.model import (
    Case,
    CaseStatus,
    Employee,
    Group,
    GroupSnapshot,
    Member,
    Role,
    Scope,
    Status,
    Transfer,
)
from regulation.plan.choose import Limits, Plan, plan
from regulation.policy import Mode, Policy, Safety
from regulation.registry import Registry
from tests.regulation.checks import company as c

QQS = tuple(range(20001, 20021))
REMOVABLE = (Code.L1, Code.T1, Code.M1, Code.M2, Code.M3, Code.D1)


@dataclass(frozen=True)
class World:
    cases: list[Case]
    seen: GroupSnapshot
    limits: Limits

    def plan(self, **changes: Any) -> Plan:
        return plan(self.cases, self.seen, replace(self.limits, **changes), c.NOW)


class Maker:
    """Makes random worlds dense with things to do; from a seed, since drawing each detail takes too long."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def once_in(self, n: int) -> bool:
        return self.chance.randrange(n) == 0

    def some(self, pool: Iterable[Any], most: int) -> frozenset[Any]:
        return frozenset(self.chance.sample(list(pool), self.chance.randint(0, most)))

    def day(self) -> date:
        return c.NOW.date() + timedelta(days=self.chance.randint(-6, 3))

    def employee(self, qq: int) -> Employee:
        department = self.chance.choice(["市场部", "市场部/华东组", "采购部"])
        move = Transfer("市场部", department, date(2026, 1, 1), None if self.once_in(3) else self.day())
        return Employee(
            employee_no=f"A{qq}",
            name=f"员工{qq}",
            department=department,
            employment=Status.PROBATION if self.once_in(4) else Status.REGULAR,
            is_head=self.once_in(4),
            departed_on=self.day() if self.once_in(3) else None,
            transfers=(move,) if self.once_in(2) else (),
        )

    def registry(self) -> Registry:
        people = {qq: self.employee(qq) for qq in QQS if not self.once_in(6)}
        as_of = self.chance.choice([c.NOW] * 12 + [None, c.NOW - timedelta(days=60)])
        return c.registry_of(people or {1: self.employee(1)}, as_of=as_of)

    def group(self) -> Group:
        filing = self.chance.choice([c.FILING, c.FILING, c.DISCUSSION, None])
        scope = self.chance.choice([Scope(everyone=True), Scope(departments=("市场部",))])
        pairs = [(qq, code.value) for qq in QQS for code in REMOVABLE]
        return c.group(
            None if filing is None else replace(filing, scope=scope),
            exempt=self.once_in(12),
            waivers=self.some(pairs, 10),
            consents=self.some([f"A{qq}" for qq in QQS], 3),
        )

    def snapshot(self) -> GroupSnapshot:
        present = self.chance.sample(QQS, self.chance.randint(1, len(QQS)))
        members = [
            Member(
                qq, card="喵", role=Role.ADMIN if self.once_in(8) else Role.MEMBER, is_robot=self.once_in(15)
            )
            for qq in present
        ]
        members[0] = replace(members[0], role=Role.OWNER)
        return c.snapshot(
            members,
            self.group(),
            read_at=c.NOW - timedelta(seconds=self.chance.choice([0] * 9 + [200, 4000])),
            complete=not self.once_in(10),
            bot_ids=self.some(QQS, 2) | {c.BOT},
            superusers=self.some(QQS, 2),
        )

    def case(self, n: int, code: Code, qq: int | None) -> Case:
        due = self.chance.choice([None, c.NOW - timedelta(hours=1), c.NOW, c.NOW + timedelta(hours=5)])
        closed = self.once_in(10)
        return c.case(
            n,
            code,
            qq,
            employee_no=None if qq is None else f"A{qq}",
            due_at=due,
            frozen=self.once_in(8),
            status=CaseStatus.CLOSED if closed else CaseStatus.REMINDED,
        )

    def cases(self, seen: GroupSnapshot, registry: Registry, policy: Policy) -> list[Case]:
        """Return cases of what is really wrong there, and of things that nobody can see."""
        real = inspect(replace(seen, complete=True), replace(registry, as_of=c.NOW), policy)
        pairs = {(f.code, f.user_id) for f in real.findings}
        pairs |= {(self.chance.choice(REMOVABLE), self.chance.choice(QQS)) for _ in range(6)}
        ordered = sorted(pairs, key=lambda pair: (pair[0], pair[1] or 0))
        return [self.case(n, code, qq) for n, (code, qq) in enumerate(ordered, 1)]

    def world(self) -> World:
        safety = self.chance.choice([Safety(), Safety(max_removals=1, max_removal_ratio=0.1), Safety(99)])
        limits = Limits(
            mode=self.chance.choice([Mode.ENFORCE] * 8 + [Mode.REMIND, Mode.OBSERVE]),
            policy=Policy(safety=safety),
            registry=self.registry(),
            paused=self.once_in(10),
            bot_role=self.chance.choice([Role.ADMIN] * 6 + [Role.OWNER, Role.MEMBER, None]),
            in_flight=self.some(range(1, 30), 2),
            awaiting=self.some(range(1, 30), 2),
            released=self.some(range(1, 30), 6),
        )
        seen = self.snapshot()
        return World(self.cases(seen, limits.registry, limits.policy), seen, limits)


def worlds() -> st.SearchStrategy[World]:
    return st.integers(0, 2**48).map(lambda seed: Maker(seed).world())
