"""DingTalk to the registry, by the pull that every source goes through."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from db.queries.people import dingtalk as ids
from services.app import App
from services.imports.sources.dingtalk import DingTalk as Source
from services.imports.sources.dingtalk import open_source
from services.imports.sources.model import Outcome, Pulled
from services.imports.sources.pulling import pull
from tests.conftest import StoppedClock
from tests.services.imports.sources.dingtalk.conftest import Line, Waits
from tests.services.imports.sources.dingtalk.server import DingTalk, busy, person

Pull = Callable[[], Awaitable[Pulled]]


@pytest.fixture
def company() -> DingTalk:
    return DingTalk(
        departments={2: ("市场部", 1), 3: ("华东", 2), 4: ("研发部", 1)},
        people=[
            person("z", "张三", "1001", 3, title="经理", mobile="13900000012"),
            person("l", "李四", "1002", 4, 2),
            *(person(f"p{at}", f"员工{chr(0x4E00 + at)}", f"2{at:03}", 4) for at in range(20)),
        ],
        leads={(3, "z")},
    )


@pytest.fixture
def pulled(app: App, company: DingTalk, line: Line) -> Pull:
    async def work() -> Pulled:
        return await pull(app, Source(app, lambda: line.client(company, Waits())))

    return work


async def test_everybody_listed_is_in_the_registry_though_nobody_ever_logged_in(
    app: App, pulled: Pull
) -> None:
    assert (await pulled()).outcome is Outcome.APPLIED
    one, two = app.registry.by_no["1001"], app.registry.by_no["1002"]
    assert (one.name, one.department, one.title, one.is_head) == ("张三", "市场部/华东", "经理", True)
    assert one.phone_hash is not None
    assert (two.department, two.also_in, two.is_head, two.phone_hash) == ("研发部", ("市场部",), False, None)
    assert (await pulled()).outcome is Outcome.UNCHANGED


async def test_a_department_with_several_in_its_name_is_one(
    app: App, company: DingTalk, pulled: Pull
) -> None:
    company.people.append(person("w", "王五", "1003", 5, 6))
    company.departments |= {5: ("行政、人事部", 1), 6: ("采购部，仓储部", 1)}
    await pulled()
    one = app.registry.by_no["1003"]
    assert (one.department, one.also_in) == ("行政、人事部", ("采购部，仓储部",))


async def test_a_department_that_the_app_may_not_see_is_not_the_company(
    app: App, company: DingTalk, pulled: Pull
) -> None:
    company.people.append(person("w", "王五", "1003", 9, 4))
    await pulled()
    one = app.registry.by_no["1003"]
    assert (one.department, one.also_in) == ("研发部", ())


async def test_who_left_by_the_record_left_on_its_day(
    app: App, company: DingTalk, pulled: Pull, clock: StoppedClock
) -> None:
    await pulled()
    clock.move(days=1)
    company.people = [one for one in company.people if one["userid"] not in ("p1", "p2")]
    company.left = [{"userId": "p1", "name": "x", "leaveTime": "2026-03-01T16:00:00Z"}]
    assert (await pulled()).outcome is Outcome.APPLIED
    # The other is merely missing: gone since the reading that found it.
    assert [app.registry.by_no[no].departed_on for no in ("2001", "2002")] == [
        date(2026, 3, 2),
        date(2026, 3, 3),
    ]


async def test_who_is_hired_again_is_back_and_an_old_record_says_nothing(
    app: App, company: DingTalk, pulled: Pull, clock: StoppedClock
) -> None:
    await pulled()
    back = company.people.pop()
    company.left = [{"userId": back["userid"], "name": "x", "leaveTime": "2026-03-02T01:00:00Z"}]
    await pulled()
    assert app.registry.by_no[back["job_number"]].departed_on == date(2026, 3, 2)
    clock.move(days=3)
    company.people.append(back)
    await pulled()
    assert app.registry.by_no[back["job_number"]].departed_on is None


async def test_a_department_in_another_order_is_no_transfer(
    app: App, company: DingTalk, pulled: Pull
) -> None:
    await pulled()
    company.people[1]["dept_id_list"] = [2, 4]
    assert (await pulled()).outcome is Outcome.UNCHANGED
    company.people[1]["dept_id_list"] = [2]
    await pulled()
    assert app.registry.by_no["1002"].department == "市场部"


async def test_a_third_fewer_is_withheld_with_names(app: App, company: DingTalk, pulled: Pull) -> None:
    await pulled()
    company.people = company.people[:12]
    done = await pulled()
    assert done.outcome is Outcome.WAITING
    assert not any(one.departed_on for one in app.registry.by_no.values())


@pytest.mark.parametrize(
    "path", ["token", "v2/department/get", "v2/department/listsub", "v2/user/list", "left"]
)
async def test_where_it_fails_nothing_changes(app: App, company: DingTalk, pulled: Pull, path: str) -> None:
    await pulled()
    company.people = company.people[5:]
    company.before = lambda called: busy() if called == path else None
    assert (await pulled()).outcome is Outcome.FAILED
    assert not any(one.departed_on for one in app.registry.by_no.values())


async def test_an_empty_directory_is_a_failure(app: App, company: DingTalk, pulled: Pull) -> None:
    await pulled()
    company.people = []
    assert (await pulled()).outcome is Outcome.FAILED


async def test_without_a_secret_it_says_where_to_write_it(app: App) -> None:
    dingtalk = replace(app.policy.sources.dingtalk, app_key="key")
    app.policy = replace(app.policy, sources=replace(app.policy.sources, dingtalk=dingtalk))
    done = await pull(app, open_source(app, "dingtalk"))
    assert (done.outcome, "DINGTALK_APP_SECRET" in done.text) == (Outcome.FAILED, True)


async def test_ids_are_kept_for_the_records_of_leavers(app: App, company: DingTalk, pulled: Pull) -> None:
    await pulled()
    company.people[0]["job_number"] = "1009"
    await pulled()
    async with app.database.reading() as tx:
        kept: Any = await ids.numbers(tx)
    assert (len(kept), kept["z"], kept["l"]) == (22, "1009", "1002")
