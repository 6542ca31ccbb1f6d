"""Who needs no judging: whatever changes between two readings, judging the rest alone finds the same."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulation.checks import inspect
from regulation.claims.identity import ContestedIdentity, Identity
from regulation.groups.settled import PART, Names, People, Settled, common_ground, settle, sieve, spelt
from regulation.model import Employee, Filing, Member, Role, Scope, Status, Transfer
from regulation.policy import CardFormat, DepartmentNames, Policy
from regulation.registry import Registry
from tests.regulation.checks import company as c
from tests.regulation.groups.worlds import DAY, QQS, World, beginnings, change, changes


def night(world: World, kept: Settled | None) -> tuple[Settled, int]:
    """Judge whom must be judged, and hold it against judging everybody."""
    registry, snapshot = world.registry, world.snapshot
    names, people = Names(registry.by_name), People(registry, snapshot.day)
    common = common_ground(world.policy, registry.tree.names, "code")
    sieved = sieve(snapshot, people, common, names, kept)
    judged = replace(snapshot, members=sieved.judge)
    found = inspect(snapshot, registry, world.policy, judged)
    whole = inspect(snapshot, registry, world.policy)
    assert found.findings == whole.findings
    assert (found.waived, found.found_in, found.contested) == (whole.waived, whole.found_in, whole.contested)
    if sieved.kept is not None and kept is not None:
        assert set(sieved.gone) == kept.everybody - {m.user_id for m in snapshot.members}
    return settle(sieved, judged, registry, world.policy, names, found.found_in), len(sieved.judge)


@given(beginning=beginnings, nights=st.lists(changes, min_size=1, max_size=4))
def test_whatever_changes_the_findings_are_those_of_judging_everybody(
    beginning: tuple[list[Employee], list[Identity], list[Member], Filing | None],
    nights: list[list[tuple[str, Any]]],
) -> None:
    """Each `night` holds what it finds, waives and takes note of against judging everybody."""
    people, bound, listed, filing = beginning
    world = World(
        {e.employee_no: e for e in people}, {i.user_id: i for i in bound}, {m.user_id: m for m in listed}
    )
    world.group = replace(world.group, filing=filing)
    kept, _ = night(world, None)
    for happened in nights:
        for what, value in happened:
            change(world, what, value)
        kept, _ = night(world, kept)


def company_at_peace(size: int = 2 * PART) -> World:
    qqs = range(QQS[0], QQS[0] + size)
    people = {f"A{n}": Employee(f"A{n}", f"员工{n}", "市场部") for n in range(size)}
    bound = {qq: Identity(qq, f"A{n}", "roster", c.NOW) for n, qq in enumerate(qqs)}
    listed = {qq: Member(qq, "昵称", f"市场部-员工{n}") for n, qq in enumerate(qqs)}
    return World(people, bound, listed)


def test_only_who_changed_with_their_part_and_who_had_a_finding_is_judged_again() -> None:
    world = company_at_peace(1 + 4 * PART)
    world.members[QQS[0]] = replace(world.members[QQS[0]], card="喵")
    kept, first = night(world, None)
    _, second = night(world, kept)
    assert (first, second) == (2 + 4 * PART, 2)  # the owner, whom nobody knows, and the wrong card
    world.members[QQS[1]] = replace(world.members[QQS[1]], card="市场部 员工1")
    world.people["A2"] = replace(world.people["A2"], departed_on=DAY)
    kept, third = night(world, kept)
    assert third == 2 + PART
    _, fourth = night(world, kept)
    assert fourth == 2 + PART  # the one who departed is still there, and the others fill no part
    world.members[QQS[5]] = replace(world.members[QQS[5]], nickname="别的")
    kept, _ = night(world, kept)
    _, last = night(world, kept)
    assert last == 2 + PART  # those four and three: a part, and three that fill none


def test_a_card_that_is_tolerated_is_judged_again_once_people_are_called_otherwise() -> None:
    world = company_at_peace()
    world.members[QQS[1]] = replace(world.members[QQS[1]], card="市场部 员工1")
    kept, _ = night(world, None)
    world.people["B1"] = Employee("B1", "员工1", "采购部")
    _, judged = night(world, kept)
    assert judged == 1 + PART


def test_nobody_is_judged_again_for_what_concerns_nobody_here() -> None:
    world = company_at_peace()
    kept, _ = night(world, None)
    world.people["B9"] = Employee("B9", "别人", "采购部")
    world.people["A3"] = replace(world.people["A3"], phone_hash=b"f", hired_on=DAY)
    world.group = replace(world.group, active_days=7, waivers=frozenset({(QQS[0], "C1")}))
    world.days = 1
    _, judged = night(world, kept)
    assert judged == 1


def other(value: Any) -> Any:
    """Return another value for a field of a person."""
    if isinstance(value, bool):
        return not value
    return {str: f"{value}别", Status: Status.PROBATION, tuple: ("采购部",)}[type(value)]


# Of these no check knows; a departure counts once its day is reached, whenever it became known.
UNJUDGED = {"phone_hash", "hired_on", "regularized_on", "departure_known_on"}


@pytest.mark.parametrize("name", sorted({one.name for one in fields(Employee)} - UNJUDGED))
def test_every_fact_about_somebody_counts(name: str) -> None:
    plain = Employee("A1", "张三", "市场部")
    changed = {"departed_on": DAY, "transfers": (Transfer("市场部", "采购部", DAY),)}
    value = changed.get(name) or other(getattr(plain, name))
    bound = [Identity(1, "A1", "roster", c.NOW)]
    marks = set[int]()
    for one in (plain, replace(plain, **{name: value})):
        registry = Registry.build([one], bound, DepartmentNames(), as_of=c.NOW)
        marks.add(People(registry, DAY)[1])
    assert len(marks) == 2


@pytest.mark.parametrize("name", sorted({one.name for one in fields(Member)} - {"let_in_by"}))
def test_every_fact_of_the_list_counts(name: str) -> None:
    world = company_at_peace()
    kept, _ = night(world, None)
    before = world.members[QQS[3]]
    more = {"user_id": 49999, "role": Role.ADMIN, "is_robot": True}
    value = more[name] if name in more else f"{getattr(before, name)}别"
    world.members[QQS[3]] = replace(before, **{name: value})
    _, judged = night(world, kept)
    assert judged == 1 + PART


def test_what_has_no_order_is_spelt_in_one_way() -> None:
    one, two = frozenset({3, 1, 2}), frozenset({2, 3, 1})
    assert spelt({"b": one, "a": date(2026, 3, 2)}) == spelt({"a": date(2026, 3, 2), "b": two})
    assert spelt(Scope(employee_nos=frozenset({"A1"}))) != spelt(Scope(employee_nos=frozenset({"A2"})))


SHUT = Scope(departments=("财务部",))
TOMORROW = DAY + timedelta(days=1)
HANDED_OVER = (Transfer("市场部", "采购部", DAY, TOMORROW, DAY),)


def at_peace_with(**facts: Any) -> World:
    """Return the company at peace, with one of ours on the list and some facts about A4."""
    world = company_at_peace()
    world.people["A4"] = replace(world.people["A4"], **facts)
    world.members[49999] = Member(49999)
    world.bots |= {49999}
    return world


@pytest.mark.parametrize(
    ("facts", "what", "value"),
    [
        ({}, "policy", Policy(card=CardFormat(format="{name}-{department}", strictness="exact"))),
        ({}, "identity", ContestedIdentity(QQS[4], "A4", "roster", c.NOW)),
        ({}, "unbound", QQS[4]),
        ({}, "bots", frozenset[int]()),
        ({}, "filing", replace(c.FILING, scope=SHUT)),
        ({"departed_on": TOMORROW}, "day", 1),
        ({"department": "采购部", "transfers": HANDED_OVER}, "day", 1),
        ({"employment": Status.PROBATION, "regularized_on": DAY}, "person", Employee(
            "A4", "员工4", "市场部", Status.PROBATION)),
    ],
)  # fmt: skip
def test_whatever_makes_a_difference_is_judged(facts: dict[str, Any], what: str, value: Any) -> None:
    world = at_peace_with(**facts)
    kept, _ = night(world, None)
    _, before = night(world, kept)
    change(world, what, value)
    _, judged = night(world, kept)
    assert judged > before
