"""Who was listed by DingTalk and is no more: asked about one by one, as far as it could matter."""

from collections.abc import Awaitable, Callable

import pytest

from services.app import App
from services.imports import apply as imports
from services.imports.sources.dingtalk import DingTalk as Source
from services.imports.sources.dingtalk import directory
from services.imports.sources.model import Outcome, Pulled
from services.imports.sources.pulling import pull
from services.people import staff
from tests.conftest import StoppedClock
from tests.services.imports.sources.dingtalk.conftest import Line, Waits
from tests.services.imports.sources.dingtalk.server import DingTalk, person

Pull = Callable[[], Awaitable[Pulled]]
# Of 60 people six may leave at once.
ALLOWED = 6


@pytest.fixture
def company() -> DingTalk:
    people = [person(f"p{at}", f"员工{chr(0x4E00 + at)}", f"2{at:03}", 4) for at in range(60)]
    return DingTalk(departments={4: ("研发部", 1)}, people=people)


@pytest.fixture
async def pulled(app: App, company: DingTalk, line: Line) -> Pull:
    """Pull; everybody was there before."""

    async def work() -> Pulled:
        company.calls.clear()
        return await pull(app, Source(app, lambda: line.client(company, Waits())))

    assert (await work()).outcome is Outcome.APPLIED
    return work


def departed(app: App) -> list[str]:
    return sorted(no for no, one in app.registry.by_no.items() if one.departed_on)


def asked(company: DingTalk) -> int:
    return company.calls.count("v2/user/get")


async def test_nobody_more_is_asked_about_once_it_takes_a_word_of_staff_anyway(
    app: App, company: DingTalk, pulled: Pull
) -> None:
    company.people = company.people[15:]
    done = await pulled()
    assert (done.outcome, asked(company), departed(app)) == (Outcome.WAITING, ALLOWED + 1, [])
    assert "离职 15" in done.text


async def test_as_many_as_may_leave_at_once_are_all_asked_about(
    app: App, company: DingTalk, pulled: Pull
) -> None:
    company.people = company.people[ALLOWED:]
    assert ((await pulled()).outcome, asked(company)) == (Outcome.APPLIED, ALLOWED)
    assert len(departed(app)) == ALLOWED


async def test_who_is_there_after_all_is_not_counted(app: App, company: DingTalk, pulled: Pull) -> None:
    for one in company.people[:15]:
        one["dept_id_list"] = [9]
    company.people = company.people[:15] + company.people[15 + ALLOWED :]
    await pulled()
    assert (asked(company), len(departed(app))) == (15 + ALLOWED, ALLOWED)


async def test_who_had_left_before_is_not_counted(
    app: App, company: DingTalk, pulled: Pull, clock: StoppedClock
) -> None:
    for at in range(10):
        await staff.depart(app, f"2{at:03}", by="terminal")
    clock.move(days=1)
    company.people = company.people[10:]
    assert (await pulled()).outcome is Outcome.UNCHANGED
    assert asked(company) == 10


async def test_who_is_outside_of_the_apps_scope_is_not_gone_and_named_in_the_status(
    app: App, company: DingTalk, pulled: Pull
) -> None:
    company.hidden = {"p1"}
    company.people = [one for one in company.people if one["userid"] != "p2"]
    done = await pulled()
    assert (done.outcome, departed(app)) == (Outcome.APPLIED, ["2002"])
    assert "1 人不在应用的权限范围里" in done.text
    assert "2001" in done.text
    again = await pulled()
    assert (again.outcome, "2001" in again.text) == (Outcome.UNCHANGED, True)
    # Only an answer that there is nobody of the name lets them go.
    company.people, company.hidden = company.people[:1] + company.people[2:], set()
    await pulled()
    assert departed(app) == ["2001", "2002"]


async def test_whose_job_number_changed_has_not_left(
    app: App, company: DingTalk, pulled: Pull, clock: StoppedClock
) -> None:
    company.people[1]["job_number"] = "9001"
    for _ in range(2):
        clock.move(hours=6)
        done = await pulled()
        assert "工号变更 1" in done.text
        assert (departed(app), "9001" in app.registry.by_no) == ([], True)
    company.people.pop(1)
    await pulled()
    assert departed(app) == ["2001", "9001"]


async def test_whose_job_number_changed_and_who_is_out_of_sight_has_not_left(
    app: App, company: DingTalk, pulled: Pull
) -> None:
    company.people[1]["job_number"] = "9001"
    await pulled()
    company.hidden = {"p1"}
    for _ in range(2):
        done = await pulled()
        assert ("9001" in done.text, departed(app)) == (True, [])


async def test_who_is_outside_of_the_scope_is_named_where_staff_are_asked(
    app: App, company: DingTalk, pulled: Pull
) -> None:
    company.hidden = {"p59"}
    company.people = company.people[7:]
    company.people[0]["name"] = "改名"
    done = await pulled()
    assert done.outcome is Outcome.WAITING
    first = await imports.settle_import(app, done.import_id or 0, approve=True, by=10000)
    assert "7 人离职" in first.text
    await imports.settle_import(app, done.import_id or 0, approve=True, by=10000)
    assert len(departed(app)) == 7


async def test_where_too_many_are_out_of_sight_nobody_leaves_unasked(
    app: App, company: DingTalk, pulled: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "MOST_ASKED", 8)
    company.hidden = set(sorted(one["userid"] for one in company.people)[:10])
    # The last to be asked about.
    company.people = [one for one in company.people if one["userid"] not in ("p8", "p9")]
    done = await pulled()
    assert (done.outcome, asked(company), departed(app)) == (Outcome.UNCHANGED, 8, [])
    assert "12 人" in done.text
