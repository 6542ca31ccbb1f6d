from dataclasses import replace
from datetime import date

from regulation.checks import discussion_overdue
from regulation.policy import Discussion, Policy
from tests.regulation.checks import company as c


def talk(ends_on: date | None = date(2026, 3, 31), active_days: int = 0) -> c.GroupSnapshot:
    filing = replace(c.DISCUSSION, ends_on=ends_on)
    return c.snapshot(of=c.group(filing, active_days=active_days))


def test_reports_a_discussion_past_its_end():
    (found,) = c.findings(discussion_overdue, talk(date(2026, 3, 1)))
    assert (found.subject, found.reason) == ("group", "past_end")
    assert (found.data["issue"], found.data["ends_on"]) == ("展会方案", "2026-03-01")


def test_reports_a_discussion_in_frequent_use():
    (found,) = c.findings(discussion_overdue, talk(active_days=10))
    assert (found.reason, found.data["active_days"], found.data["window"]) == ("in_use", "10", "30")


def test_reports_once_when_both_hold():
    assert [f.reason for f in c.findings(discussion_overdue, talk(date(2026, 3, 1), 20))] == ["past_end"]


def test_silent_on_the_end_date_itself():
    assert c.findings(discussion_overdue, talk(c.NOW.date())) == []


def test_silent_on_nine_active_days():
    assert c.findings(discussion_overdue, talk(active_days=9)) == []


def test_silent_where_policy_allows_more():
    lax = Policy(discussion=Discussion(active_days=20))
    assert c.findings(discussion_overdue, talk(active_days=19), policy=lax) == []


def test_silent_without_an_end_date_while_little_used():
    assert c.findings(discussion_overdue, talk(None)) == []


def test_silent_on_an_ordinary_group_however_busy():
    assert c.findings(discussion_overdue, c.snapshot(of=c.group(active_days=30))) == []


def test_silent_on_an_unfiled_group():
    assert c.findings(discussion_overdue, c.snapshot(of=c.group(None, active_days=30))) == []
