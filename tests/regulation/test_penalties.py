from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from regulation.duties import Code
from regulation.model import CaseStatus, Role
from regulation.penalties import Officers, officers_of, propose
from regulation.policy import Policy
from tests.regulation.checks import company as c

OFFICERS = Officers(c.OWNER, (c.ADMIN, c.HEAD), initiator_id=c.HEAD, bot_ids=frozenset({c.BOT}))
DUE = c.NOW - timedelta(hours=1)


def overdue(code: Code, user_id: int | None = None, **more: Any) -> c.Case:
    return c.case(12, code, user_id, due_at=DUE, status=CaseStatus.OVERDUE, **more)


def gone(user_id: int = c.PLAIN, no: str = "A003") -> c.Case:
    return overdue(Code.L1, user_id, employee_no=no)


def proposed(
    case: c.Case, officers: Officers = OFFICERS, known: c.Registry | None = None, policy: Policy = c.POLICY
):
    return [(p.liable_user_id, p.amount) for p in propose(case, officers, known or c.registry(), policy)]


def test_a_departed_member_costs_owner_and_every_admin():
    assert proposed(gone()) == [(who, Decimal(20)) for who in (c.OWNER, c.ADMIN, c.HEAD)]


def test_nobody_is_liable_for_his_own_leaving():
    assert [who for who, _ in proposed(gone(c.ADMIN, "A002"))] == [c.OWNER, c.HEAD]


def test_nor_by_another_qq_of_his():
    known = c.registry({30001: c.PEOPLE[c.PLAIN]})
    officers = Officers(c.OWNER, (30001,))
    assert [who for who, _ in proposed(gone(), officers, known)] == [c.OWNER]


def test_a_bot_is_never_liable_even_as_owner():
    assert proposed(gone(), Officers(c.BOT, (c.ADMIN,), bot_ids=frozenset({c.BOT}))) == [
        (c.ADMIN, Decimal(20))
    ]


def test_who_holds_several_roles_or_qqs_is_liable_once():
    known = c.registry({30001: c.PEOPLE[c.OWNER]})
    assert len(propose(gone(), Officers(c.OWNER, (c.OWNER, 30001)), known, c.POLICY)) == 1


def test_an_admin_without_identity_is_named_by_qq():
    made = propose(gone(), Officers(c.OWNER, (c.OUTSIDER,)), c.registry(), c.POLICY)
    assert [(p.liable_user_id, p.liable_employee_no) for p in made] == [(c.OWNER, "A001"), (c.OUTSIDER, None)]


@pytest.mark.parametrize(
    ("code", "who", "amount"),
    [(Code.T1, c.OWNER, 10), (Code.F1, c.OWNER, 50), (Code.F3, c.OWNER, 50), (Code.D2, c.HEAD, 20)],
)
def test_other_duties_cost_whom_the_regulation_names(code: Code, who: int, amount: int):
    assert proposed(overdue(code)) == [(who, Decimal(amount))]


def test_a_wrong_card_costs_the_member():
    (made,) = propose(overdue(Code.C1, c.PLAIN, employee_no="A003"), OFFICERS, c.registry(), c.POLICY)
    assert (made.liable_user_id, made.liable_employee_no, made.amount) == (c.PLAIN, "A003", Decimal(10))


def test_a_discussion_without_known_initiator_costs_the_owner():
    assert proposed(overdue(Code.D2), Officers(c.OWNER)) == [(c.OWNER, Decimal(20))]


@pytest.mark.parametrize("code", [Code.F2, Code.S1, Code.M1, Code.M2, Code.M3, Code.D1])
def test_duties_without_an_amount_propose_nothing(code: Code):
    assert proposed(overdue(code, c.PLAIN)) == []


def test_nothing_is_proposed_under_appeal_once_closed_or_when_set_to_zero():
    assert proposed(replace(gone(), frozen=True)) == []
    assert proposed(replace(gone(), status=CaseStatus.CLOSED)) == []
    assert proposed(gone(), policy=Policy(fines={"L1": Decimal("0.00")})) == []


def test_nothing_is_proposed_where_nobody_owns_the_group():
    assert proposed(overdue(Code.F1), Officers(None)) == []


def test_two_qqs_of_one_departed_person_are_one_breach():
    keys = {
        p.breach for case in (gone(), gone(30001)) for p in propose(case, OFFICERS, c.registry(), c.POLICY)
    }
    assert len(keys) == 1


def test_groups_people_and_later_departures_are_breaches_of_their_own():
    cases = [
        gone(),
        replace(gone(), group_id=1),
        gone(no="A009"),
        replace(gone(), due_at=DUE + timedelta(days=90)),
    ]
    assert len({propose(case, OFFICERS, c.registry(), c.POLICY)[0].breach for case in cases}) == 4


def test_a_second_card_case_is_a_second_breach():
    first, again = overdue(Code.C1, c.PLAIN), replace(overdue(Code.C1, c.PLAIN), id=13)
    known = c.registry()
    assert (
        propose(first, OFFICERS, known, c.POLICY)[0].breach
        != propose(again, OFFICERS, known, c.POLICY)[0].breach
    )


def test_officers_are_read_from_the_list():
    members = (c.member(c.OWNER, Role.OWNER), c.member(c.HEAD, Role.ADMIN), c.member(c.ADMIN, Role.ADMIN))
    seen = c.snapshot(members, c.group(replace(c.DISCUSSION, ends_on=date(2026, 3, 31))))
    assert officers_of(seen) == Officers(c.OWNER, (c.ADMIN, c.HEAD), c.OWNER, frozenset({c.BOT}))
