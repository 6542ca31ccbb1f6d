from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from regulation.actions import CardReminder, Remind, SetCard, Tell
from regulation.duties import Code
from regulation.model import Case, CaseStatus, Member, Role
from regulation.plan.choose import Limits, Plan, plan
from regulation.policy import CardFormat, Mode, Policy
from tests.regulation.checks import company as c

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CROWD = tuple(range(30001, 30046))
STAFF = {qq: c.employee(f"B{qq}", f"员工{qq}") for qq in CROWD}
CASE = c.case(1, Code.C1, c.PLAIN, data={"name": "王芳"})
OVERDUE = replace(CASE, due_at=c.NOW - HOUR, first_reminded_at=c.NOW - 3 * DAY, status=CaseStatus.OVERDUE)
WRONG = c.snapshot([*c.MEMBERS[:-1], c.member(c.PLAIN, card="小芳")])


def limits(**more: Any) -> Limits:
    facts = {
        "mode": Mode.ENFORCE,
        "policy": c.POLICY,
        "registry": c.registry(),
        "bot_role": Role.ADMIN,
        **more,
    }
    return Limits(**facts)


def fixing(how: str) -> Policy:
    return Policy(card=CardFormat(auto_fix=how))


def planned(case: Case = CASE, seen: c.GroupSnapshot = WRONG, now: datetime = c.NOW, **more: Any) -> Plan:
    return plan([case], replace(seen, read_at=now), limits(**more), now)


def crowd() -> tuple[list[Case], c.GroupSnapshot, c.Registry]:
    cases = [c.case(qq, Code.C1, qq, opened_at=c.NOW - DAY - n * HOUR) for n, qq in enumerate(CROWD)]
    members = [c.member(c.OWNER, Role.OWNER), *(Member(qq, card="喵") for qq in CROWD)]
    return cases, c.snapshot(members), c.registry(STAFF)


def test_a_wrong_card_is_reminded_with_the_right_one():
    assert planned().actions == (Remind(c.GROUP, (CardReminder(c.PLAIN, "市场部-王芳", 1),)),)


def test_remind_mode_reminds_too():
    assert len(planned(mode=Mode.REMIND).actions) == 1


def test_a_card_right_by_now_is_not_reminded():
    assert planned(seen=c.snapshot()).actions == ()


@pytest.mark.parametrize("seen", [replace(WRONG, complete=False), c.snapshot(c.MEMBERS[:-1])])
def test_nobody_is_reminded_from_a_doubtful_list_or_when_gone(seen: c.GroupSnapshot):
    assert planned(seen=seen).actions == ()


def test_nobody_is_reminded_under_appeal_waiver_or_after_departing():
    assert planned(replace(CASE, frozen=True)).actions == ()
    waived = replace(WRONG.group, waivers=frozenset({(c.PLAIN, "C1")}))
    assert planned(seen=replace(WRONG, group=waived)).actions == ()
    assert planned(registry=c.registry(c.departed(c.PLAIN))).actions == ()


def test_only_in_working_hours_and_then_looked_at_again():
    evening = c.NOW.replace(hour=20)
    made = planned(now=evening, in_hours=False)
    assert (made.actions, made.next_look) == ((), {1: c.NOW.replace(day=3, hour=9)})


def test_at_most_one_message_a_group_an_hour():
    made = planned(group_reminded_at=c.NOW - timedelta(minutes=59))
    assert (made.actions, made.next_look) == ((), {1: c.NOW + timedelta(minutes=1)})
    assert len(planned(group_reminded_at=c.NOW - HOUR).actions) == 1


def test_at_most_one_reminder_a_person_a_day_whatever_the_group():
    made = planned(reminded={c.PLAIN: c.NOW - 23 * HOUR})
    assert (made.actions, made.next_look) == ((), {1: c.NOW + HOUR})
    assert planned(replace(CASE, last_reminded_at=c.NOW - 23 * HOUR)).actions == ()
    assert len(planned(replace(CASE, last_reminded_at=c.NOW - DAY)).actions) == 1


def test_after_a_reminder_the_next_look_is_a_day_later_or_the_deadline():
    assert planned().next_look == {1: c.NOW + DAY}
    due = c.NOW + 5 * HOUR
    assert planned(replace(CASE, due_at=due)).next_look == {1: due}


def test_the_first_look_at_an_old_group_explains_before_it_names_anybody():
    cases, seen, known = crowd()
    made = plan(cases, seen, limits(registry=known), c.NOW)
    (intro,) = made.actions
    assert isinstance(intro, Tell)
    assert (intro.purpose, intro.user_id, intro.group_id) == ("card_intro", None, c.GROUP)
    assert intro.fields == {"format": "{department}-{name}", "count": "45"}
    assert set(made.next_look.values()) == {c.NOW + HOUR}


def test_then_twenty_at_a_time_longest_waiting_first_until_everybody_had_a_turn():
    cases, seen, known = crowd()
    bounds = limits(registry=known, told={(case.id, "card_intro", None): None for case in cases})
    now, reminded, order = c.NOW, {}, []
    for _ in range(4):
        here = replace(
            bounds, reminded=dict(reminded), group_reminded_at=max(reminded.values(), default=None)
        )
        sent = [
            a for a in plan(cases, replace(seen, read_at=now), here, now).actions if isinstance(a, Remind)
        ]
        for message in sent:
            assert len(message.people) <= 20
            order += [person.user_id for person in message.people]
            reminded |= {person.user_id: now for person in message.people}
        now += HOUR
    assert order == list(reversed(CROWD))


def test_those_never_reminded_come_before_those_who_were():
    cases, seen, known = crowd()
    cases = [replace(case, last_reminded_at=c.NOW - 2 * DAY) for case in cases[1:]] + cases[:1]
    (message,) = plan(cases, seen, limits(registry=known), c.NOW).actions
    assert isinstance(message, Remind)
    assert message.people[0].user_id == CROWD[0]


def test_one_person_with_two_cases_stands_once_in_a_message():
    (message,) = plan([CASE, replace(CASE, id=2)], WRONG, limits(), c.NOW).actions
    assert isinstance(message, Remind)
    assert len(message.people) == 1


def test_an_overdue_card_is_set_by_the_bot_and_no_longer_reminded():
    assert planned(OVERDUE).actions == (SetCard(c.GROUP, c.PLAIN, "市场部-王芳", 1),)


def test_a_card_is_set_at_any_hour():
    assert len(planned(OVERDUE, in_hours=False).actions) == 1


def test_a_card_is_not_set_before_the_deadline_nor_outside_enforce_mode_nor_when_switched_off():
    later = replace(CASE, due_at=c.NOW + HOUR)
    assert not any(isinstance(a, SetCard) for a in planned(later).actions)
    assert planned(OVERDUE, mode=Mode.REMIND).actions == ()
    assert planned(OVERDUE, policy=fixing("never")).actions == ()


def test_a_card_is_set_at_once_where_the_policy_says_so():
    assert planned(policy=fixing("at_once")).actions == (SetCard(c.GROUP, c.PLAIN, "市场部-王芳", 1),)
    (reminder,) = planned(policy=fixing("at_once"), bot_role=Role.MEMBER).actions
    assert isinstance(reminder, Remind)


def test_a_card_is_not_set_twice_nor_under_appeal_nor_when_right_by_now():
    assert planned(OVERDUE, in_flight=frozenset({1})).actions == ()
    assert planned(replace(OVERDUE, frozen=True)).actions == ()
    assert planned(OVERDUE, seen=c.snapshot()).actions == ()


@pytest.mark.parametrize(
    ("bot", "target", "sets"),
    [
        (Role.OWNER, Role.ADMIN, True),
        (Role.ADMIN, Role.MEMBER, True),
        (Role.ADMIN, Role.ADMIN, False),
        (Role.MEMBER, Role.MEMBER, False),
        (None, Role.MEMBER, False),
    ],
)
def test_the_bot_sets_only_cards_that_qq_lets_it_set(bot: Role | None, target: Role, sets: bool):
    seen = c.snapshot([*c.MEMBERS[:-1], c.member(c.PLAIN, target, card="小芳")])
    made = planned(OVERDUE, seen=seen, bot_role=bot)
    assert any(isinstance(a, SetCard) for a in made.actions) is sets


def test_a_card_the_bot_cannot_set_is_told_to_the_owner_once():
    (message,) = planned(OVERDUE, bot_role=Role.MEMBER).actions
    assert isinstance(message, Tell)
    assert (message.user_id, message.purpose, message.fields["people"]) == (
        c.OWNER,
        "cannot_set_card",
        "王芳（QQ 20003，群里显示「小芳」）",
    )
    assert planned(OVERDUE, bot_role=Role.MEMBER, told={(1, "cannot_set_card", c.OWNER): None}).actions == ()
