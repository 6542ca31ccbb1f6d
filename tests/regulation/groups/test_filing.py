from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from regulation.groups.filing import (
    Actor,
    Draft,
    Problem,
    Refusal,
    Step,
    advance,
    may_prolong,
    missing_for_filing,
    number,
    route,
)
from regulation.groups.scope import read_scope
from regulation.model import FilingState, Kind
from tests.regulation.checks import company as c

TODAY = date(2026, 3, 2)
OFFICER, HEAD = frozenset({Actor.OFFICER}), frozenset({Actor.HEAD})
DESK, SUPER = frozenset({Actor.ADMIN_STAFF}), frozenset({Actor.SUPERUSER})


def test_goes_from_the_owner_to_the_head_to_admin_staff_to_approved():
    state = advance(FilingState.NONE, Step.HAND_IN, OFFICER)
    assert state is FilingState.WITH_HEAD
    state = advance(FilingState.WITH_HEAD, Step.CONSENT, HEAD)
    assert state is FilingState.WITH_ADMIN
    assert advance(FilingState.WITH_ADMIN, Step.CONSENT, DESK) is FilingState.APPROVED


def test_goes_straight_to_admin_staff_where_there_is_no_head_and_for_a_change():
    assert advance(FilingState.NONE, Step.HAND_IN, OFFICER, has_head=False) is FilingState.WITH_ADMIN
    assert advance(FilingState.DRAFT, Step.HAND_IN, OFFICER, short=True) is FilingState.WITH_ADMIN


@pytest.mark.parametrize(
    "state", [FilingState.RETURNED, FilingState.WITHDRAWN, FilingState.CLOSED, FilingState.DRAFT]
)
def test_can_be_handed_in_again(state: FilingState):
    assert advance(state, Step.HAND_IN, OFFICER) is FilingState.WITH_HEAD


@pytest.mark.parametrize("state", [FilingState.WITH_HEAD, FilingState.WITH_ADMIN, FilingState.APPROVED])
def test_what_waits_or_is_approved_is_not_handed_in_again(state: FilingState):
    assert advance(state, Step.HAND_IN, OFFICER) is Refusal.NOT_NOW


def test_only_an_officer_or_a_superuser_hands_in():
    assert advance(FilingState.NONE, Step.HAND_IN, HEAD | DESK) is Refusal.NOT_ENTITLED
    assert advance(FilingState.NONE, Step.HAND_IN, SUPER) is FilingState.WITH_HEAD


@pytest.mark.parametrize("actors", [DESK, OFFICER, frozenset()])
def test_nobody_else_takes_a_heads_step(actors: frozenset[Actor]):
    for step in (Step.CONSENT, Step.RETURN):
        assert advance(FilingState.WITH_HEAD, step, actors) is Refusal.NOT_ENTITLED


@pytest.mark.parametrize("actors", [HEAD, OFFICER, frozenset()])
def test_nobody_else_takes_the_step_of_admin_staff(actors: frozenset[Actor]):
    for step in (Step.CONSENT, Step.RETURN):
        assert advance(FilingState.WITH_ADMIN, step, actors) is Refusal.NOT_ENTITLED


def test_a_superuser_may_take_either_step():
    assert advance(FilingState.WITH_HEAD, Step.CONSENT, SUPER) is FilingState.WITH_ADMIN
    assert advance(FilingState.WITH_ADMIN, Step.CONSENT, SUPER) is FilingState.APPROVED


def test_whoever_is_both_head_and_admin_staff_takes_one_step_at_a_time():
    assert advance(FilingState.WITH_HEAD, Step.CONSENT, HEAD | DESK) is FilingState.WITH_ADMIN


def test_can_be_returned_withdrawn_and_closed():
    assert advance(FilingState.WITH_HEAD, Step.RETURN, HEAD) is FilingState.RETURNED
    assert advance(FilingState.WITH_ADMIN, Step.RETURN, DESK) is FilingState.RETURNED
    assert advance(FilingState.WITH_ADMIN, Step.WITHDRAW, OFFICER) is FilingState.WITHDRAWN
    assert advance(FilingState.APPROVED, Step.CLOSE, OFFICER) is FilingState.CLOSED


def test_every_other_step_is_refused_and_approval_takes_a_consent():
    for state, step in product(FilingState, Step):
        after = advance(state, step, frozenset(Actor))
        assert isinstance(after, FilingState | Refusal)
        if after is FilingState.APPROVED:
            assert (state, step) == (FilingState.WITH_ADMIN, Step.CONSENT)
    assert advance(FilingState.APPROVED, Step.CONSENT, SUPER) is Refusal.NOT_NOW
    assert advance(FilingState.APPROVED, Step.HAND_IN, OFFICER) is Refusal.NOT_NOW
    assert advance(FilingState.WITH_HEAD, Step.HAND_IN, OFFICER) is Refusal.NOT_NOW


def test_an_employees_filing_goes_to_the_head_of_the_department():
    assert [e.name for e in route(c.PEOPLE[c.OWNER], c.registry(), TODAY)] == ["王强"]


def test_the_only_heads_own_filing_goes_to_the_next_head_above():
    boss = c.employee("A009", "总监", "市场部", is_head=True)
    team = c.employee("A010", "组长", "市场部/华东组", is_head=True)
    known = c.registry_of({1: boss, 2: team})
    assert [e.name for e in route(team, known, TODAY)] == ["总监"]
    assert route(boss, known, TODAY) == ()


def test_a_departed_head_reviews_nothing():
    assert route(c.PEOPLE[c.OWNER], c.registry(c.departed(c.HEAD)), TODAY) == ()


def draft(**more: Any) -> Draft:
    scope = read_scope(str(more.pop("scope", "市场部")), c.registry())
    facts = {"purpose": "部门日常", "owner": c.PEOPLE[c.OWNER], **more}
    return Draft(scope=scope, **facts)


def problems(**more: Any) -> list[tuple[str, str]]:
    return [(p.field, p.reason) for p in missing_for_filing(draft(**more), TODAY)]


def test_a_good_draft_lacks_nothing():
    assert problems() == []
    assert problems(established_on=TODAY) == []


@pytest.mark.parametrize("purpose", ["", "工作", "工 作 群", "   "])
def test_a_purpose_has_at_least_four_characters(purpose: str):
    assert problems(purpose=purpose) == [("用途", "too_short")]


def test_the_scope_names_what_exists():
    assert problems(scope="火星部") == [("范围", "unknown")]
    assert problems(scope=" ， ") == [("范围", "missing")]
    assert missing_for_filing(draft(scope="火星部，市场部"), TODAY) == (
        Problem("范围", "unknown", ("火星部",)),
    )


def test_a_scope_of_a_name_that_two_departments_have_is_asked_about():
    one, other = c.PEOPLE[c.OWNER], c.PEOPLE[c.PLAIN]
    twice = {
        c.OWNER: replace(one, department="市场部/一组"),
        c.PLAIN: replace(other, department="采购部/一组"),
    }
    scope = read_scope("一组", c.registry_of(twice))
    found = missing_for_filing(replace(draft(), scope=scope), TODAY)
    assert [(problem.field, problem.reason) for problem in found] == [("范围", "ambiguous")]


def test_the_owner_has_an_identity_and_is_still_there():
    assert problems(owner=None) == [("群主", "unverified")]
    assert problems(owner=replace(c.PEOPLE[c.OWNER], departed_on=TODAY)) == [("群主", "departed")]


def test_a_group_is_not_established_in_the_future():
    assert problems(established_on=TODAY + timedelta(days=1)) == [("成立", "in_future")]


@pytest.mark.parametrize(
    ("days", "reason"), [(None, "missing"), (-1, "past"), (91, "too_late"), (90, None), (0, None)]
)
def test_a_discussion_ends_within_ninety_days(days: int | None, reason: str | None):
    ends_on = None if days is None else TODAY + timedelta(days=days)
    found = problems(kind=Kind.DISCUSSION, issue="展会", ends_on=ends_on)
    assert found == ([] if reason is None else [("截止", reason)])


def test_a_discussion_has_a_question():
    assert problems(kind=Kind.DISCUSSION, issue=" ", ends_on=TODAY) == [("议题", "missing")]


def test_everything_missing_is_said_at_once():
    assert len(problems(purpose="", scope="火星部", owner=None, kind=Kind.DISCUSSION)) == 5


def test_a_discussion_is_prolonged_once_to_a_later_day_within_ninety_days():
    end, later = TODAY + timedelta(days=5), TODAY + timedelta(days=30)
    assert may_prolong(end, later, TODAY, prolonged=False) is None
    assert may_prolong(end, later, TODAY, prolonged=True) == Problem("截止", "once")
    assert may_prolong(end, end, TODAY, prolonged=False) == Problem("截止", "not_later")
    too_far = may_prolong(end, TODAY + timedelta(days=91), TODAY, prolonged=False)
    assert too_far == Problem("截止", "too_late", ("2026-05-31",))


def test_numbers_have_four_digits_or_more():
    assert [number(2026, n) for n in (1, 12, 12345)] == ["备案2026-0001", "备案2026-0012", "备案2026-12345"]
