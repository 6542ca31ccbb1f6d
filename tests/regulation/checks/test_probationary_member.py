from dataclasses import replace
from datetime import date

from regulation.checks import probationary_member
from tests.regulation.checks import company as c

NEW = c.on_probation(c.PLAIN)


def found(of: c.Group | None = None, change: dict[int, c.Employee] = NEW):
    return c.findings(probationary_member, c.snapshot(of=of), c.registry(change))


def test_reports_a_member_on_probation():
    (one,) = found()
    assert (one.user_id, one.employee_no, one.reason) == (c.PLAIN, "A003", "probation")


def test_reports_when_the_consent_is_for_somebody_else():
    assert len(found(c.group(consents=frozenset({"A002"})))) == 1


def test_silent_with_a_consent_for_this_group():
    assert found(c.group(consents=frozenset({"A003"}))) == []


def test_silent_from_the_day_of_becoming_regular():
    assert found(change={c.PLAIN: replace(NEW[c.PLAIN], regularized_on=c.NOW.date())}) == []


def test_reports_the_day_before_becoming_regular():
    assert len(found(change={c.PLAIN: replace(NEW[c.PLAIN], regularized_on=date(2026, 3, 3))})) == 1


def test_silent_on_regular_employees():
    assert found(change={}) == []


def test_silent_on_one_who_left_during_probation():
    assert found(change={c.PLAIN: replace(NEW[c.PLAIN], departed_on=date(2026, 3, 1))}) == []


def test_silent_in_discussion_unfiled_and_exempt_groups():
    for of in (c.group(c.DISCUSSION), c.group(None), c.group(exempt=True)):
        assert found(of) == []
