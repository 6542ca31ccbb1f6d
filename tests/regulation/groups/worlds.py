"""All that a judgement of members may rest on, and every way in which it may change."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from regulation.claims.identity import ContestedIdentity, Identity
from regulation.model import Employee, Group, GroupSnapshot, Member, Role, Scope, Status, Transfer
from regulation.policy import CardFormat, DepartmentNames, Mode, Policy
from regulation.registry import Registry
from tests.regulation.checks import company as c

QQS = tuple(range(40001, 40009))
DAY = c.NOW.date()
# Near enough to each other that who else there is decides about a card.
NAMES = ("张三", "张三丰", "张三(大)", "张三(小)", "李四", "欧阳娜娜")
CARDS = (
    "市场部-张三",
    "市场部 张三 丰",
    "市场部张三丰",
    "市场-李四",
    "采购部-李四",
    "张三",
    "",
    "市场部-张三（大）",
)
DATES = st.sampled_from([None, *(DAY + timedelta(days=n) for n in (-1, 0, 1, 2))])
DEPARTMENTS = st.sampled_from(["市场部", "市场部/华东组", "采购部"])


@dataclass
class World:
    """All that a judgement may rest on."""

    people: dict[str, Employee] = field(default_factory=dict[str, Employee])
    bound: dict[int, Identity] = field(default_factory=dict[int, Identity])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    group: Group = field(default_factory=c.group)
    policy: Policy = field(default_factory=Policy)
    days: int = 0
    proving: frozenset[int] = frozenset()
    bots: frozenset[int] = frozenset({c.BOT})

    @property
    def registry(self) -> Registry:
        names = self.policy.departments
        return Registry.build(self.people.values(), self.bound.values(), names, as_of=c.NOW)

    @property
    def snapshot(self) -> GroupSnapshot:
        read_at = c.NOW + timedelta(days=self.days)
        owner = Member(c.OWNER, role=Role.OWNER)
        members = (owner, *self.members.values())
        return GroupSnapshot(
            self.group, "市场部群", members, read_at, bot_ids=self.bots, proving=self.proving
        )


moves = st.builds(Transfer, DEPARTMENTS, DEPARTMENTS, st.just(DAY - timedelta(days=9)), DATES, DATES)
employees = st.builds(
    Employee,
    st.sampled_from([f"A{n}" for n in range(6)]),
    st.sampled_from(NAMES),
    DEPARTMENTS,
    st.sampled_from([Status.REGULAR, Status.REGULAR, Status.PROBATION]),
    st.sampled_from(["", "经理"]),
    st.booleans(),
    also_in=st.sampled_from([(), (), ("采购部",)]),
    regularized_on=DATES,
    departed_on=st.one_of(st.none(), DATES),
    transfers=st.one_of(st.just(()), st.tuples(moves)),
)
identities = st.builds(
    lambda kind, *fields: kind(*fields),
    st.sampled_from([Identity, Identity, Identity, ContestedIdentity]),
    st.sampled_from(QQS),
    st.sampled_from([f"A{n}" for n in range(6)]),
    st.just("roster"),
    st.just(c.NOW),
)
members = st.builds(
    Member,
    st.sampled_from(QQS),
    st.sampled_from(["", "昵称"]),
    st.sampled_from(CARDS),
    st.sampled_from([Role.MEMBER, Role.ADMIN]),
    st.sampled_from([False, False, False, True]),
)
scopes = st.builds(
    Scope,
    st.booleans(),
    st.sampled_from([("市场部",), ("采购部",)]),
    st.sampled_from([frozenset[str](), frozenset({"A1"})]),
)
filings = st.one_of(
    st.none(),
    st.builds(lambda of, scope: replace(of, scope=scope), st.sampled_from([c.FILING, c.DISCUSSION]), scopes),
)
policies = st.sampled_from(
    [
        Policy(),
        Policy(card=CardFormat(strictness="exact")),
        Policy(card=CardFormat(department="leaf", max_bytes=18)),
        Policy(departments=DepartmentNames(aliases={"市场部": ("市场",)})),
    ]
)
some = st.frozensets(st.sampled_from(QQS), max_size=2)
waivers = st.frozensets(st.tuples(st.sampled_from(QQS), st.sampled_from(["C1", "M1", "M2"])), max_size=2)
CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "person": employees,
    "gone": st.sampled_from([f"A{n}" for n in range(6)]),
    "identity": identities,
    "unbound": st.sampled_from(QQS),
    "member": members,
    "left": st.sampled_from(QQS),
    "filing": filings,
    "waivers": waivers,
    "consents": st.frozensets(st.sampled_from([f"A{n}" for n in range(6)]), max_size=3),
    "exempt": st.booleans(),
    "mode": st.sampled_from(list(Mode)),
    "policy": policies,
    "day": st.integers(1, 2),
    "proving": some,
    "bots": some,
}
changes = st.lists(st.one_of(*(st.tuples(st.just(k), v) for k, v in CHANGES.items())), max_size=3)
beginnings = st.tuples(
    st.lists(employees, min_size=4, max_size=6), st.lists(identities, min_size=5, max_size=8),
    st.lists(members, min_size=5, max_size=8), filings,
)  # fmt: skip


def change(world: World, what: str, value: Any) -> None:
    """Change one thing of the world."""
    if what == "person":
        world.people[value.employee_no] = value
    elif what == "gone":
        world.people.pop(value, None)
    elif what in ("identity", "member"):
        {"identity": world.bound, "member": world.members}[what][value.user_id] = value
    elif what in ("unbound", "left"):
        {"unbound": world.bound, "left": world.members}[what].pop(value, None)
    elif what in ("filing", "waivers", "consents", "exempt", "mode"):
        world.group = replace(world.group, **{what: value})
    elif what == "day":
        world.days += value
    elif what == "bots":
        world.bots = value | {c.BOT}
    else:
        setattr(world, what, value)
