"""The violation log: one case's story, filtered lists, pages, and the chain that keeps it honest."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from db.queries.cases import timelines as case_rows
from regulation.duties import Code
from services import trail
from services.app import App
from services.cases import violations
from services.reports.filters import Filters, read_filters
from services.talk import pages
from tests.company import GROUP, OTHER, ROOT, settle_in
from tests.conftest import StoppedClock
from tests.services.stories import add_case, add_penalty, overdue_case

pytestmark = pytest.mark.dialects

ALL = ("条款", "时段", "状态", "群", "部门")


async def _filters(app: App, *bare: str, **named: str) -> Filters | str:
    async with app.database.reading() as tx:
        return await read_filters(app, tx, named, bare, ALL)


async def _list(app: App, *bare: str, **named: str) -> str:
    filters = await _filters(app, *bare, **named)
    assert isinstance(filters, Filters)
    return (await violations.listing(app, filters, asker=ROOT)).text


async def test_tells_the_whole_story_in_at_most_fifteen_lines(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    await add_penalty(app, case)
    async with app.database.transaction() as tx:
        for day in range(30):
            told = {"purpose": "card_reminder", "to": f"群 {GROUP}", "result": ""}
            await case_rows.add_event(tx, case.id, app.now() + timedelta(days=day), "reminded", told)
    story = (await violations.story(app, case.id)).text
    lines = story.splitlines()
    assert len(lines) == 15
    assert lines[0].startswith("V1 C1 群名片（制度 四.1.4）· 逾期")
    for part in (
        "郑平（QQ 20009）",
        "市场部群",
        "「郑平」没有写部门",
        "名册第 5 版",
        "3月1日 10:00",
        "P1 王强 20.00 元 待定",
    ):
        assert part in story
    assert "发现" in story
    assert "另有" in story


async def test_there_is_no_story_of_a_case_that_does_not_exist(app: App):
    assert not (await violations.story(app, 4)).ok


async def test_each_line_begins_with_its_id_newest_first(app: App):
    await settle_in(app)
    await overdue_case(app)
    await overdue_case(app, user_id=51, subject="51", employee_no=None)
    lines = (await _list(app)).splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["V2", "V1"]
    assert "身份未核实" in lines[1]


async def test_filters_by_what_is_named_or_bare_alike(app: App):
    await settle_in(app)
    now = app.now()
    async with app.database.transaction() as tx:
        await add_case(tx, opened_at=now, department="市场部/华东组", subject="1")
        await add_case(tx, opened_at=now, department="采购部", subject="2")
        await add_case(
            tx, opened_at=now, code="L1", reason="departed", subject="3", department="市场部", data={}
        )
        await add_case(tx, opened_at=now, group_id=OTHER, subject="4", department="市场部")
    assert "V1 " in await _list(app, 部门="市场部", 条款="C1", 群=str(GROUP))
    assert "1 件" in await _list(app, 部门="市场部", 条款="C1", 群=str(GROUP))
    assert "：3 件" in await _list(app, "市场部")
    assert "：1 件" in await _list(app, "L1", "本月")
    assert "：1 件" in await _list(app, "离职未退群")
    assert "没有" in await _list(app, "L1", "上月")


async def test_a_state_is_looked_for_at_any_time(app: App, clock: StoppedClock):
    await settle_in(app)
    await overdue_case(app)
    clock.move(days=60)
    assert "V1 " in await _list(app, 状态="逾期")
    assert "V1 " in await _list(app)
    assert "没有" in await _list(app, "已结")


async def test_ten_a_page_and_the_next_page_is_remembered_for_a_while(app: App, clock: StoppedClock):
    await settle_in(app)
    async with app.database.transaction() as tx:
        for n in range(23):
            await add_case(tx, opened_at=app.now(), subject=str(n))
    first = await _list(app)
    assert sum(line.startswith("V") for line in first.splitlines()) == 10
    assert "第 1/3 页" in first
    second = await pages.following(app, ROOT)
    assert second is not None
    assert "V13 " in second
    third = await pages.following(app, ROOT)
    assert third is not None
    assert sum(line.startswith("V") for line in third.splitlines()) == 3
    assert await pages.following(app, ROOT) is None
    await _list(app)
    clock.move(hours=1)
    assert await pages.following(app, ROOT) is None


async def test_an_unknown_word_is_answered_with_what_exists_the_nearest_first(app: App):
    await settle_in(app)
    assert await _filters(app, 部门="市厂部") == "没有“市厂部”这个部门。相近的：" + "、".join(
        ["市场部", "市场部/华东组", "行政部", "采购部"]
    )
    clause = await _filters(app, 条款="C9")
    assert isinstance(clause, str)
    assert clause.index("C1 群名片") < clause.index("L1 离职未退群")
    period = await _filters(app, 时段="上一月")
    assert isinstance(period, str)
    assert "：上月" in period
    group = await _filters(app, 群="700003")
    assert isinstance(group, str)
    assert "700001" in group
    word = await _filters(app, "逾其")
    assert isinstance(word, str)
    assert "\n" not in word
    assert "逾期" in word


async def test_reads_every_kind_of_bare_word(app: App):
    await settle_in(app)
    found = await _filters(app, "c1", "2026-02", "已逾期", str(GROUP), "市场部")
    assert isinstance(found, Filters)
    assert (found.code, found.state, found.group_id, found.departments) == (
        Code.C1,
        "逾期",
        GROUP,
        ("市场部",),
    )


async def test_names_cannot_break_a_list_into_false_lines(app: App):
    qq = await settle_in(app)
    qq.names[GROUP] = "群\nV999 假的"
    async with app.database.transaction() as tx:
        await tx.execute(text("UPDATE groups SET name = :name").bindparams(name=qq.names[GROUP]))
        await add_case(tx, opened_at=app.now())
    assert not any(line.startswith("V999") for line in (await _list(app)).splitlines())


async def test_an_untouched_log_is_whole(app: App):
    await overdue_case(app)
    await overdue_case(app, subject="2", status="closed", closed_at=app.now(), closed_as="cured")
    assert (await trail.verify(app)).misfit is None
