"""What a roster changes: people, departments, handovers, departures."""

from datetime import date

import pytest
from sqlalchemy import select

from db.tables import metadata
from regulation.model import Status
from regulation.policy import DepartmentNames, Policy, RegistryLimits
from services.imports import apply as imports
from services.people import registry
from tests.services.imports.taking_over.rosters import THREE, everything


async def test_takes_a_first_roster_over(app, take, clock):
    outcome = await take(THREE)
    assert dict(outcome.counts)["added"] == 3
    person = app.registry.by_no["A002"]
    assert (person.department, person.status(clock.now().date())) == ("市场部/华东组", Status.PROBATION)
    assert app.registry.qqs_of("A002") == (10002, 10003)
    assert app.registry.as_of == clock.now()
    assert app.registry.by_no["A001"].phone_hash != app.registry.by_no["A002"].phone_hash
    async with app.database.reading() as tx:
        rows = await tx.execute(select(metadata.tables["departments"].c.path))
        assert sorted(rows.scalars()) == ["市场部", "市场部/华东组", "采购部"]


async def test_a_preview_changes_nothing(app, preview):
    before = await everything(app)
    made = await preview(THREE)
    assert made.text.startswith(f"导入 I{made.id}：新增 3，离职 0，调岗 0，错误 0")
    assert await everything(app) == before


async def test_counts_each_person_once(take, preview):
    await take(THREE)
    made = await preview(
        [
            ["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-03-02"],
            ["A002", "李雷", "采购部", "正式", "10002;10003", "13800000002", ""],
            ["A003", "韩梅梅", "采购部", "正式", "", "", ""],
            ["A004", "林涛", "采购部", "正式", "", "", ""],
        ]
    )
    wanted = {"added": 1, "changed": 1, "departed": 1, "transferred": 1, "errors": 0}
    assert {name: made.counts[name] for name in wanted} == wanted
    assert "王芳（A001）2026-03-02" in made.text
    assert "市场部/华东组 → 采购部" in made.text


async def test_a_changed_department_opens_a_transfer(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    person = app.registry.by_no["A001"]
    day = clock.now().date()
    assert person.department == "采购部"
    assert [(m.from_department, m.to_department, m.is_open(day)) for m in person.transfers] == [
        ("市场部", "采购部", True)
    ]


async def test_a_renamed_department_is_no_transfer(database, app, take, preview):
    await take(THREE)
    app.policy = Policy(departments=DepartmentNames(renamed={"市场部": "营销部"}))
    await registry.load(app)
    assert app.registry.by_no["A001"].department == "营销部"
    made = await preview(THREE)
    assert made.counts["transferred"] == 0
    assert made.counts["renamed"] == 2
    await imports.apply_import(app, made.id, by="terminal")
    assert app.registry.by_no["A002"].department == "营销部/华东组"
    assert app.registry.by_no["A002"].transfers == ()


HANDOVER = ("工号", "姓名", "部门", "移交完成日期")


async def test_a_handover_date_completes_the_open_transfer(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "采购部", ""]], HANDOVER)
    clock.move(days=3)
    await take([["A001", "王芳", "采购部", "2026-03-04"]], HANDOVER)
    move = app.registry.by_no["A001"].transfers[0]
    assert (move.handover_on, move.known_on) == (date(2026, 3, 4), clock.now().date())


async def test_an_old_handover_date_does_not_complete_a_new_transfer(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "采购部", "2026-03-02"]], HANDOVER)
    clock.move(days=10)
    await take([["A001", "王芳", "市场部", "2026-03-02"]], HANDOVER)
    assert app.registry.by_no["A001"].transfers[1].handover_on is None


async def test_a_departed_row_without_date_departs_on_the_day_of_the_import_and_stays(app, take, clock):
    await take(THREE)
    gone = [["A001", "王芳", "市场部", "离职", 10001, "", ""]]
    await take(gone)
    first = app.registry.by_no["A001"]
    assert (first.departed_on, first.departure_known_on) == (date(2026, 3, 2), date(2026, 3, 2))
    clock.move(days=5)
    await take(gone)
    assert app.registry.by_no["A001"].departed_on == date(2026, 3, 2)


async def test_a_departure_known_late_is_known_from_the_import_on(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "市场部", "离职", 10001, "", "2026-02-20"]])
    person = app.registry.by_no["A001"]
    assert (person.departed_on, person.departure_known_on) == (date(2026, 2, 20), date(2026, 3, 2))


async def test_a_date_decides_whatever_the_status_says(app, take, clock):
    await take([["A001", "王芳", "市场部", "在职", "", "", "2026-03-10"]])
    assert not app.registry.by_no["A001"].is_departed(date(2026, 3, 9))
    assert app.registry.by_no["A001"].is_departed(date(2026, 3, 10))


@pytest.mark.dialects
async def test_a_later_hiring_date_is_a_rehiring(app, take):
    headers = ("工号", "姓名", "部门", "状态", "入职日期", "离职日期")
    await take([["A001", "王芳", "市场部", "离职", "2020-01-01", "2026-01-31"]], headers)
    outcome = await take([["A001", "王芳", "市场部", "正式", "2026-03-01", "2026-01-31"]], headers)
    assert outcome.counts["rehired"] == 1
    assert app.registry.by_no["A001"].departed_on is None


async def test_a_missing_column_says_nothing(app, take):
    await take(THREE)
    before = app.registry.by_no["A002"]
    outcome = await take([["A002", "李雷", "市场部/华东组"]], ("工号", "姓名", "部门"))
    assert outcome.counts["changed"] == 0
    assert app.registry.by_no["A002"] == before
    assert app.registry.qqs_of("A002") == (10002, 10003)


async def test_reports_who_is_missing_from_the_whole_company(app, preview):
    made = await preview(THREE)
    await imports.apply_import(app, made.id, by="terminal")
    made = await preview(THREE[:2], full=True)
    assert (made.counts["missing"], made.counts["departed"]) == (1, 0)
    assert "韩梅（A003）" in made.text


async def test_missing_departs_only_where_the_policy_says_so(app, preview, take):
    await take(THREE)
    app.policy = Policy(registry=RegistryLimits(missing_means_departed=True))
    made = await preview(THREE[:2], full=True)
    assert made.counts["departed"] == 1
    made = await preview(THREE[:2])
    assert made.counts["departed"] == 0


async def test_warns_of_lost_leading_zeros(take, preview):
    await take([["00123", "张三", "市场部"]], ("工号", "姓名", "部门"))
    made = await preview([[123.0, "张三", "市场部"], [124.0, "李四", "市场部"]], ("工号", "姓名", "部门"))
    assert made.counts["added"] == 1
    assert "00123" in made.faults[0].reason


async def test_a_file_that_lost_all_its_zeros_checks_nobody_and_departs_nobody(
    app, take, preview, refuse, xlsx
):
    headers = ("工号", "姓名", "部门")
    await take([["00123", "张三", "市场部"]], headers)
    app.policy = Policy(registry=RegistryLimits(missing_means_departed=True))
    assert "00123" in await refuse(xlsx([[123.0, "张三", "市场部"]], headers), full=True)
    made = await preview([[123.0, "张三", "市场部"], [124.0, "李四", "市场部"]], headers, full=True)
    assert (made.counts["departed"], made.counts["missing"]) == (0, 0)


@pytest.mark.parametrize("number", ["", "00 124"])
async def test_who_is_in_the_file_without_a_usable_number_is_not_missing(app, take, preview, number):
    headers = ("工号", "姓名", "部门")
    await take([["00123", "张三", "市场部"], ["00124", "李四", "市场部"]], headers)
    app.policy = Policy(registry=RegistryLimits(missing_means_departed=True))
    made = await preview([["00123", "张三", "市场部"], [number, "李四", "市场部"]], headers, full=True)
    assert (made.counts["departed"], made.counts["missing"]) == (0, 1)
    assert "有同名的一行没有能用的工号" in made.text
