from dataclasses import replace
from datetime import date
from typing import Any

from regulation.checks import discussion_overdue
from regulation.model import Kind
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


def reason(of: c.GroupSnapshot, **asked: Any) -> str:
    """Return why a discussion group is reported while a filing of it with this in it is under review."""
    under_review = replace(of, group=replace(of.group, in_review=replace(c.DISCUSSION, **asked)))
    return c.findings(discussion_overdue, under_review)[0].reason


def test_an_upgrade_under_review_counts_for_both():
    past, used = talk(date(2026, 3, 1)), talk(active_days=10)
    assert [reason(one, kind=Kind.QQ_GROUP) for one in (past, used)] == ["in_review", "in_review"]


def test_a_later_end_under_review_counts_while_it_would_do():
    past, used = talk(date(2026, 3, 1)), talk(active_days=10)
    assert reason(past, ends_on=c.NOW.date()) == "in_review"
    assert reason(past, ends_on=date(2026, 3, 1)) == "past_end"
    assert reason(used, ends_on=date(2026, 4, 30)) == "in_use"
