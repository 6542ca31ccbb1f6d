from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from config.phrases.notices import NOTICES
from regulation.actions import Tell
from regulation.duties import Code
from regulation.model import Member, Role
from regulation.plan.choose import plan
from regulation.plan.limits import Said
from regulation.policy import Mode
from tests.regulation.checks import company as c

LATER = c.NOW + timedelta(hours=1)
GONE = c.registry(c.departed(c.PLAIN))
LEAVER = c.case(1, Code.L1, c.PLAIN, employee_no="A003", due_at=LATER)
STRANGER = c.case(2, Code.M1, c.OUTSIDER, due_at=LATER)
WITH_STRANGER = c.snapshot([*c.MEMBERS, c.member(c.OUTSIDER)])


def test_when_the_bot_has_no_right_owner_and_admins_are_told_once_with_the_deadline():
    for role in (Role.MEMBER, None):
        made = plan([LEAVER], c.snapshot(), c.limits(GONE, bot_role=role), c.NOW)
        first, second = c.told(made, "cannot_remove")
        assert (first.user_id, second.user_id, first.group_id) == (c.OWNER, c.HEAD, c.GROUP)
        assert (first.template, first.fallback) == ("cannot_remove.L1", "cannot_remove.fallback")
        assert first.fields["people"] == "王芳（QQ 20003，群里显示「市场部-王芳」）"
        assert (first.fields["due"], first.fields["clause"]) == ("3月5日 24:00", "四.1.5A")
    again = c.limits(GONE, bot_role=None, told={(1, "cannot_remove", to): None for to in (c.OWNER, c.HEAD)})
    assert plan([LEAVER], c.snapshot(), again, c.NOW).actions == ()


def test_one_message_an_officer_names_all_who_must_go():
    cases, seen, known = c.crowd(30)
    (message,) = c.told(plan(cases, seen, c.limits(known, bot_role=None), c.NOW), "cannot_remove")
    assert message.case_ids == c.CROWD[:30]
    assert message.fields["count"] == "30"
    assert message.fields["people"].endswith(" 等 30 人")


def test_nobody_who_departed_is_told_anything_about_others():
    known = c.registry({**c.departed(c.PLAIN), **c.departed(c.HEAD)})
    made = plan([LEAVER], c.snapshot(), c.limits(known, bot_role=None), c.NOW)
    assert [t.user_id for t in c.told(made, "cannot_remove")] == [c.OWNER]


def test_a_departed_owner_is_escalated_to_the_departments_head_and_admin_staff():
    known = c.registry(c.departed(c.OWNER))
    case = c.case(1, Code.L1, c.OWNER, employee_no="A001", due_at=LATER)
    made = plan([case], c.snapshot(), c.limits(known), c.NOW)
    (to_head,), (to_staff,) = c.told(made, "hand_over"), c.told(made, "admin_staff")
    assert (to_head.user_id, to_head.fields["role"], to_head.fields["people"]) == (
        c.HEAD,
        "群主",
        "张三（QQ 20001，群里显示「市场部-张三」）",
    )
    assert (to_staff.user_id, to_staff.group_id, to_staff.template) == (None, None, "hand_over")
    done = c.limits(known, told={(1, "hand_over", c.HEAD): None, (1, "admin_staff", None): None})
    assert plan([case], c.snapshot(), done, c.NOW).actions == ()


def test_without_any_head_admin_staff_are_told_once_all_the_same():
    known = c.registry({**c.departed(c.OWNER), **c.departed(c.HEAD)})
    case = c.case(1, Code.L1, c.OWNER, employee_no="A001", due_at=LATER)
    assert len(plan([case], c.snapshot(), c.limits(known), c.NOW).actions) == 1
    done = c.limits(known, told={(1, "admin_staff", None): None})
    assert plan([case], c.snapshot(), done, c.NOW).actions == ()


def test_an_unfiled_group_gets_one_notice_for_filing_and_name_and_nothing_else():
    unfiled = replace(WITH_STRANGER, group=c.group(None))
    cases = [LEAVER, STRANGER, c.case(3, Code.F1), c.case(4, Code.F3, data={"keyword": "XY"})]
    made = plan(cases, unfiled, c.limits(GONE, general_mode=Mode.ENFORCE), c.NOW)
    (notice,) = made.actions
    assert isinstance(notice, Tell)
    assert (notice.user_id, notice.purpose, notice.case_ids) == (c.OWNER, "file", (3, 4))
    assert notice.fields["reserved"] == "XY"


def test_an_unfiled_group_hears_nothing_when_all_are_observed_or_once_told_or_in_review():
    unfiled = c.snapshot(of=c.group(None))
    case = c.case(3, Code.F1)
    observed = c.limits(mode=Mode.OBSERVE, general_mode=Mode.OBSERVE)
    assert plan([case], unfiled, observed, c.NOW).actions == ()
    assert plan([case], unfiled, c.limits(told={(3, "file", c.OWNER): None}), c.NOW).actions == ()
    assert plan([replace(case, reason="in_review")], unfiled, c.limits(), c.NOW).actions == ()


def test_the_notice_to_file_goes_out_though_an_unfiled_group_is_observed():
    bounds = c.limits(mode=Mode.OBSERVE, general_mode=Mode.REMIND)
    assert len(plan([c.case(3, Code.F1)], c.snapshot(of=c.group(None)), bounds, c.NOW).actions) == 1


@pytest.mark.parametrize("code", [Code.F2, Code.F3, Code.S1, Code.M1, Code.M2, Code.M3])
def test_the_owner_is_told_once_of_each_duty_in_remind_and_enforce_mode(code: Code):
    user_id = c.OUTSIDER if code in (Code.M1, Code.M2, Code.M3) else None
    case = c.case(3, code, user_id, due_at=LATER, data={"what": "x"})
    for mode in (Mode.REMIND, Mode.ENFORCE):
        (notice,) = c.told(plan([case], WITH_STRANGER, c.limits(mode=mode), c.NOW), "notice")
        assert (notice.user_id, notice.template, notice.case_ids) == (c.OWNER, f"notice.{code}", (3,))
    again = c.limits(told={(3, "notice", c.OWNER): None})
    assert c.told(plan([case], WITH_STRANGER, again, c.NOW), "notice") == []


def test_many_strangers_make_one_notice_to_the_owner():
    cases = [c.case(n, Code.M1, n, due_at=LATER) for n in c.CROWD]
    seen = c.snapshot([*c.MEMBERS, *(Member(n) for n in c.CROWD)])
    (notice,) = c.told(plan(cases, seen, c.limits(), c.NOW), "notice")
    assert notice.fields["count"] == "60"


def test_strangers_are_told_kindly_how_to_verify_a_few_at_a_time_in_working_hours():
    cases = [c.case(n, Code.M1, n, due_at=LATER) for n in c.CROWD]
    seen = c.snapshot([*c.MEMBERS, *(Member(n) for n in c.CROWD)])
    made = plan(cases, seen, c.limits(), c.NOW)
    assert [t.user_id for t in c.told(made, "verify")] == list(c.CROWD[:20])
    assert made.next_look[c.CROWD[30]] == LATER
    assert c.told(plan(cases, seen, c.limits(in_hours=False), c.NOW), "verify") == []
    rest = c.limits(told={(n, "verify", n): None for n in c.CROWD[:20]})
    assert [t.user_id for t in c.told(plan(cases, seen, rest, c.NOW), "verify")] == list(c.CROWD[20:40])


def test_whom_nobody_removes_is_not_threatened_with_it():
    def worded(who: int, *, superuser: bool = False) -> set[str]:
        seen = replace(WITH_STRANGER, superusers=frozenset({who} if superuser else ()))
        made = plan([c.case(2, Code.M1, who, due_at=LATER)], seen, c.limits(), c.NOW)
        return {tell.template for purpose in ("notice", "verify") for tell in c.told(made, purpose)}

    assert worded(c.OUTSIDER) == {"notice.M1", "verify"}
    staying = {"notice.M1.staying", "verify.staying"}
    assert worded(c.OWNER) == worded(c.HEAD) == staying
    assert worded(c.OUTSIDER, superuser=True) == staying
    for template in staying:
        assert "退出" in NOTICES[template.removesuffix(".staying")]
        assert "退出" not in NOTICES[template]


def test_a_discussions_initiator_is_told_and_once_more_on_the_last_day():
    talk = c.snapshot(of=c.group(replace(c.DISCUSSION, initiator_id=c.PLAIN)))
    case = c.case(3, Code.D2, data={"issue": "展会", "active_days": "12"})
    (notice,) = c.told(plan([case], talk, c.limits(), c.NOW), "notice")
    assert (notice.user_id, notice.fields["active_days"]) == (c.PLAIN, "12")
    once: dict[Said, datetime | None] = {(3, "notice", c.PLAIN): None}
    far = replace(case, due_at=c.NOW + timedelta(days=3))
    made = plan([far], talk, c.limits(told=once), c.NOW)
    assert (made.actions, made.next_look[3]) == ((), c.NOW + timedelta(days=2))
    near = replace(case, due_at=c.NOW + timedelta(hours=20))
    assert [t.template for t in c.told(plan([near], talk, c.limits(told=once), c.NOW), "last_call")] == [
        "last_call.D2"
    ]
    twice = once | {(3, "last_call", c.PLAIN): None}
    assert plan([near], talk, c.limits(told=twice), c.NOW).actions == ()


def test_a_discussion_whose_initiator_is_gone_is_the_owners():
    talk = c.snapshot(of=c.group(replace(c.DISCUSSION, initiator_id=99)))
    assert [t.user_id for t in c.told(plan([c.case(3, Code.D2)], talk, c.limits(), c.NOW), "notice")] == [
        c.OWNER
    ]


def test_a_bot_that_owns_the_group_tells_the_admins_instead():
    members = [c.member(c.BOT, Role.OWNER), c.member(c.HEAD, Role.ADMIN)]
    assert [
        t.user_id
        for t in c.told(plan([c.case(3, Code.S1)], c.snapshot(members), c.limits(), c.NOW), "notice")
    ] == [c.HEAD]
