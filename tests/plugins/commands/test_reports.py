"""Reports and violations as commands: what the asker reads, and what a group may hear."""

import io

import pytest
from openpyxl import load_workbook

from config.phrases.commands import NEUTRAL
from plugins.commands.dispatch import Line, Throttle, answer
from plugins.commands.model import Reply
from services.app import App
from tests.company import BOT, GROUP, OTHER, PLAIN, ROOT, STAFF, TRAINEE, filed, settle_in
from tests.services.stories import add_penalty, overdue_case


async def _ask(app: App, text: str, user_id: int = ROOT, group_id: int | None = None) -> Reply:
    said = text if group_id is None else f"/{text}"
    found = await answer(app, Line(BOT, user_id, group_id, said), Throttle())
    assert found is not None
    return found[1]


@pytest.fixture
async def company(app: App) -> App:
    await settle_in(app)
    await filed(app)
    await filed(app, OTHER, owner_id=PLAIN, name="采购部群")
    await add_penalty(app, await overdue_case(app))
    return app


@pytest.mark.dialects
async def test_summary_answers_text_and_picture(company: App):
    reply = await _ask(company, "违规汇总")
    assert reply.text.startswith("违规汇总 2026-03-01 至 2026-03-31\n新增 0，改正 0，逾期 1，仍未结 1")
    assert reply.image is not None
    february = await _ask(company, "违规汇总 上月 部门=采购部 条款=C1")
    assert "新增 1" in february.text
    assert "部门 采购部 · 条款 C1 群名片" in february.text


@pytest.mark.parametrize(
    "text",
    [
        "违规",
        "违规 V1",
        "违规汇总",
        "罚单",
        "抽查",
        "我的",
        "已缴 P1",
        "申诉 V1 已改好",
        "导出 名册",
        "违规 V999",
    ],
)
async def test_a_group_hears_nothing_personal(company: App, text: str):
    asker = PLAIN if text.startswith(("我的", "申诉")) else ROOT
    reply = await _ask(company, text, asker, GROUP)
    heard = reply.text if reply.public is None else reply.public
    for personal in ("郑平", "王强", "A009", str(PLAIN), "20.00", "V1 ", "V1（"):
        assert personal not in heard


@pytest.mark.dialects
async def test_violations_are_listed_filtered_and_told(company: App):
    assert "V1 C1 群名片" in (await _ask(company, "违规 部门=采购部 条款=C1 状态=逾期")).text
    assert "V1 C1 群名片" in (await _ask(company, "违规 C1 逾期 采购部")).text
    assert "V1 C1 群名片" in (await _ask(company, "违规 群名片 部门=采购部")).text
    assert (await _ask(company, "违规 V1")).text.startswith("V1 C1 群名片（制度 四.1.4）")
    assert "没有" in (await _ask(company, "违规 L1 本月")).text
    assert (await _ask(company, "违规 条款=C9")).text.startswith("没有“C9”这一条")
    for word in ("上季度", "2026-13", "2026-02-30"):
        assert (await _ask(company, f"违规汇总 {word}")).text.startswith(f"看不懂“{word}”：月份请写")
    assert (await _ask(company, "下一页")).text == "没有下一页了。"


async def test_ids_that_do_not_exist_and_ids_of_others_get_one_line(company: App):
    assert (await _ask(company, "违规 V999")).text == NEUTRAL
    assert (await _ask(company, "免除 V999 不罚")).text == NEUTRAL
    assert (await _ask(company, "已缴 P999")).text == NEUTRAL
    assert (await _ask(company, "申诉 V1 冤枉", TRAINEE)).text == NEUTRAL
    assert (await _ask(company, "申诉 V999 冤枉", TRAINEE)).text == NEUTRAL
    assert (await _ask(company, "违规 V1", TRAINEE)).text == NEUTRAL


@pytest.mark.dialects
async def test_fines_are_listed_confirmed_paid(company: App):
    listed = (await _ask(company, "罚单")).text.splitlines()
    assert listed[1].startswith("P1 待定 20.00 元 王强")
    assert "P1 已确认" in (await _ask(company, "同意 P1", STAFF)).text
    assert "P1 已登记缴款" in (await _ask(company, "已缴 P1")).text
    assert "P1 已缴" in (await _ask(company, "罚单 本月")).text
    assert "没有" in (await _ask(company, "罚单 上月")).text


@pytest.mark.dialects
async def test_an_appeal_goes_through_the_inbox(company: App):
    assert "S1" in (await _ask(company, "申诉 V1 已改好", PLAIN)).text
    assert "S1" in (await _ask(company, "待办", STAFF)).text
    assert "申诉成立" in (await _ask(company, "同意 S1", STAFF)).text
    assert "已撤销" in (await _ask(company, "违规 V1")).text


@pytest.mark.dialects
async def test_exports_a_file(company: App):
    reply = await _ask(company, "导出 罚单")
    assert reply.file is not None
    assert reply.file_name == "罚单-20260302-1000.xlsx"
    assert load_workbook(io.BytesIO(reply.file)).sheetnames == ["罚单", "说明"]
    assert (await _ask(company, "导出 罚款")).text.startswith("没有“罚款”这种表。有：罚单")
    assert (await _ask(company, "导出 违规 前年")).text.startswith("看不懂“前年”：月份请写")


@pytest.mark.dialects
async def test_draws_spot_checks_now(company: App):
    reply = await _ask(company, "抽查 2")
    assert reply.text.splitlines()[0] == "抽查 2 个群："
    assert "市场部群" in (await _ask(company, f"抽查 群={GROUP}")).text
    assert (await _ask(company, "抽查 群=700009")).text.startswith("没有“700009”这个群")
