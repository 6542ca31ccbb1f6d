from datetime import UTC, date, datetime
from typing import Any

import pytest

from regulation.checks import departed_member
from tests.regulation.checks import company as c


def found(of: c.Group | None = None, on: date = date(2026, 3, 1), **reading: Any) -> list[c.Finding]:
    return c.findings(departed_member, c.snapshot(of=of, **reading), c.registry(c.departed(c.PLAIN, on)))


def test_reports_a_departed_member():
    (one,) = found()
    assert (one.user_id, one.employee_no) == (c.PLAIN, "A003")
    assert one.data == {"name": "王芳", "department": "市场部", "departed_on": "2026-03-01"}


def test_reports_from_the_very_day_of_the_departure():
    assert len(found(on=c.NOW.date())) == 1


def test_counts_days_in_shanghai_even_for_a_reading_in_another_zone():
    late_on_the_first_in_utc = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
    assert len(found(on=date(2026, 3, 2), read_at=late_on_the_first_in_utc)) == 1


@pytest.mark.parametrize("of", [c.group(None), c.group(exempt=True), c.group(c.DISCUSSION)])
def test_reports_in_every_kind_of_group(of: c.Group):
    assert len(found(of)) == 1


def test_reports_a_departed_owner_though_nobody_will_remove_him():
    known = c.registry(c.departed(c.OWNER))
    assert [f.user_id for f in c.findings(departed_member, c.snapshot(), known)] == [c.OWNER]


def test_reports_each_qq_of_a_departed_person():
    gone = c.departed(c.PLAIN)
    members = (*c.MEMBERS, c.member(30001))
    known = c.registry({**gone, 30001: gone[c.PLAIN]})
    assert len(c.findings(departed_member, c.snapshot(members), known)) == 2


def test_silent_before_the_departure_is_effective():
    assert found(on=date(2026, 3, 3)) == []


def test_silent_when_everybody_is_still_there():
    assert c.findings(departed_member, c.snapshot()) == []


def test_silent_on_people_the_registry_does_not_know():
    assert c.findings(departed_member, c.snapshot([c.member(c.OUTSIDER)])) == []


def test_silent_once_the_person_is_gone_from_the_list():
    rest = [m for m in c.MEMBERS if m.user_id != c.PLAIN]
    assert c.findings(departed_member, c.snapshot(rest), c.registry(c.departed(c.PLAIN))) == []


def test_silent_on_our_own_accounts_and_robots():
    gone = c.registry({c.BOT: c.departed(c.PLAIN)[c.PLAIN], **c.departed(c.PLAIN)})
    members = [c.member(c.BOT), c.member(c.PLAIN, is_robot=True)]
    assert c.findings(departed_member, c.snapshot(members), gone) == []
