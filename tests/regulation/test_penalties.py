from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from regulation.duties import Code
from regulation.groups.offices import Office
from regulation.model import CaseStatus, Role
from regulation.penalties import Answerable, Proposal, propose
from regulation.policy import Policy
from tests.regulation.checks import company as c

LONG_AGO = c.NOW - timedelta(days=90)
TOLD = c.NOW - timedelta(days=20)
DUE = c.NOW - timedelta(hours=1)


def offices(owner: int | None, *admins: int) -> tuple[Office, ...]:
    owned = () if owner is None else (Office(owner, Role.OWNER, LONG_AGO),)
    return (*owned, *(Office(admin, Role.ADMIN, LONG_AGO) for admin in admins))


def answerable(owner: int | None, *admins: int, initiator: int | None = None) -> Answerable:
    """All of them, and the member, were told long ago and hold their office still."""
    told = dict.fromkeys((owner or 0, *admins, c.PLAIN), TOLD)
    return Answerable(offices(owner, *admins), told, initiator, frozenset({c.BOT}))


OFFICERS = answerable(c.OWNER, c.ADMIN, c.HEAD, initiator=c.HEAD)


def overdue(code: Code, user_id: int | None = None, **more: Any) -> c.Case:
    facts = {"due_at": DUE, "status": CaseStatus.OVERDUE, "first_reminded_at": TOLD, **more}
    return c.case(12, code, user_id, **facts)


def gone(user_id: int = c.PLAIN, no: str = "A003", on: str = "2026-02-01") -> c.Case:
    return overdue(Code.L1, user_id, employee_no=no, data={"departed_on": on})


def made(
    case: c.Case, known: Answerable = OFFICERS, registry: c.Registry | None = None, policy: Policy = c.POLICY
) -> tuple[Proposal, ...]:
    return propose(case, known, registry or c.registry(), policy, c.NOW)


def proposed(
    case: c.Case, known: Answerable = OFFICERS, registry: c.Registry | None = None, policy: Policy = c.POLICY
):
    return [(p.liable_user_id, p.amount) for p in made(case, known, registry, policy)]


def test_a_departed_member_costs_owner_and_every_admin():
    assert proposed(gone()) == [(who, Decimal(20)) for who in (c.OWNER, c.ADMIN, c.HEAD)]


def test_nobody_is_liable_for_his_own_leaving():
    assert [who for who, _ in proposed(gone(c.ADMIN, "A002"))] == [c.OWNER, c.HEAD]


def test_nor_by_another_qq_of_his():
    known = c.registry({30001: c.PEOPLE[c.PLAIN]})
    assert [who for who, _ in proposed(gone(), answerable(c.OWNER, 30001), known)] == [c.OWNER]


def test_a_bot_is_never_liable_even_as_owner():
    assert proposed(gone(), answerable(c.BOT, c.ADMIN)) == [(c.ADMIN, Decimal(20))]


def test_who_holds_several_roles_or_qqs_is_liable_once():
    known = c.registry({30001: c.PEOPLE[c.OWNER]})
    assert len(made(gone(), answerable(c.OWNER, c.OWNER, 30001), known)) == 1


def test_an_admin_without_identity_is_named_by_qq():
    found = made(gone(), answerable(c.OWNER, c.OUTSIDER))
    assert [(p.liable_user_id, p.liable_employee_no) for p in found] == [
        (c.OWNER, "A001"),
        (c.OUTSIDER, None),
    ]


@pytest.mark.parametrize(
    ("code", "who", "amount"),
    [(Code.T1, c.OWNER, 10), (Code.F1, c.OWNER, 50), (Code.F3, c.OWNER, 50), (Code.D2, c.HEAD, 20)],
)
def test_other_duties_cost_whom_the_regulation_names(code: Code, who: int, amount: int):
    assert proposed(overdue(code)) == [(who, Decimal(amount))]


def test_a_wrong_card_costs_the_member():
    (one,) = made(overdue(Code.C1, c.PLAIN, employee_no="A003"))
    assert (one.liable_user_id, one.liable_employee_no, one.amount) == (c.PLAIN, "A003", Decimal(10))


def test_a_discussion_without_known_initiator_costs_the_owner():
    assert proposed(overdue(Code.D2), answerable(c.OWNER)) == [(c.OWNER, Decimal(20))]


@pytest.mark.parametrize("code", [Code.F2, Code.S1, Code.M1, Code.M2, Code.M3, Code.D1])
def test_duties_without_an_amount_propose_nothing(code: Code):
    assert proposed(overdue(code, c.PLAIN)) == []


def test_nothing_is_proposed_under_appeal_once_closed_or_when_set_to_zero():
    assert proposed(replace(gone(), frozen=True)) == []
    assert proposed(replace(gone(), status=CaseStatus.CLOSED)) == []
    assert proposed(gone(), policy=Policy(fines={"L1": Decimal("0.00")})) == []


def test_nothing_is_proposed_where_nobody_owns_the_group():
    assert proposed(overdue(Code.F1), answerable(None)) == []


def test_two_qqs_of_one_departed_person_are_one_breach():
    assert len({p.breach for case in (gone(), gone(30001)) for p in made(case)}) == 1


def test_groups_people_and_later_departures_are_breaches_of_their_own():
    cases = [gone(), replace(gone(), group_id=1), gone(no="A009"), gone(on="2026-02-20")]
    assert len({made(case)[0].breach for case in cases}) == 4


def test_a_second_card_case_is_a_second_breach():
    first, again = overdue(Code.C1, c.PLAIN), replace(overdue(Code.C1, c.PLAIN), id=13)
    assert made(first)[0].breach != made(again)[0].breach


def test_who_was_not_told_owes_nothing():
    known = replace(OFFICERS, told={c.HEAD: TOLD})
    assert [who for who, _ in proposed(gone(), known)] == [c.HEAD]


def test_who_was_told_late_owes_nothing_before_a_span_of_his_own_is_over():
    known = replace(OFFICERS, told={c.OWNER: TOLD, c.ADMIN: c.NOW - timedelta(days=3)})
    assert [who for who, _ in proposed(gone(), known)] == [c.OWNER]
    later = propose(gone(), known, c.registry(), c.POLICY, c.NOW + timedelta(days=1))
    assert [one.liable_user_id for one in later] == [c.OWNER, c.ADMIN]


@pytest.mark.parametrize(
    ("since", "until", "liable"),
    [
        (LONG_AGO, None, True),
        (LONG_AGO, DUE, True),
        (LONG_AGO, DUE - timedelta(minutes=1), False),  # given up before, or nobody read it: not known
        (DUE, None, True),
        (DUE + timedelta(minutes=1), None, False),  # took office after the deadline
    ],
)
def test_liable_is_who_was_read_in_office_before_and_after_the_deadline(
    since: datetime, until: datetime | None, liable: bool
):
    known = Answerable((Office(c.OWNER, Role.OWNER, since, until),), {c.OWNER: TOLD})
    assert bool(proposed(gone(), known)) is liable


def test_an_admin_answers_for_who_left_but_not_for_who_moved():
    known = Answerable((Office(c.ADMIN, Role.ADMIN, LONG_AGO),), {c.ADMIN: TOLD})
    assert len(proposed(gone(), known)) == 1
    assert proposed(overdue(Code.T1, c.PLAIN, employee_no="A003"), known) == []
