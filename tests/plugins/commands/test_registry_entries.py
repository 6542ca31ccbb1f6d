"""绑定, 离职, 转岗 and the like, from the line somebody writes to the answer."""

from datetime import date, datetime

import pytest

from db.tables.base import ZONE
from plugins.commands import dispatch
from services.app import App
from services.imports import apply as imports
from tests import company as co

ROSTER = "工号,姓名,部门,手机\nN1,新来,市场部,13800001234"


async def say(app: App, user_id: int, text: str, group_id: int | None = None) -> str:
    found = await dispatch.answer(app, dispatch.Line(co.BOT, user_id, group_id, text), dispatch.Throttle())
    assert found is not None
    return found[1].text


@pytest.fixture
async def newcomer(app: App, qq: co.FakeQQ) -> App:
    """新来 (N1) is in the registry, with a phone and without a QQ."""
    made = await imports.preview_file(app, ROSTER.encode(), "a.csv", by="10000", source="chat")
    assert isinstance(made, imports.Preview)
    assert "已生效" in await say(app, co.ROOT, f"同意 I{made.id}")
    return app


async def test_anybody_proves_who_they_are_in_private(newcomer):
    assert "已核实" in await say(newcomer, 555001, "绑定 新来 N1 1234")
    assert newcomer.registry.identities[555001].employee_no == "N1"


async def test_staff_bind_a_qq_with_the_same_word_and_prove_with_it_too(newcomer):
    assert "已绑定" in await say(newcomer, co.STAFF, "绑定 555001 N1")
    assert "已经核实过" in await say(newcomer, co.STAFF, "绑定 新来 N1 1234")
    assert "已解绑" in await say(newcomer, co.STAFF, "解绑 555001")
    assert 555001 not in newcomer.registry.identities


async def test_others_cannot_bind_a_qq_to_somebody(newcomer):
    await say(newcomer, co.PLAIN, "绑定 555001 N1")
    assert 555001 not in newcomer.registry.identities


async def test_a_departure_ends_every_right_that_moment(newcomer):
    assert "离职" in await say(newcomer, co.ROOT, "离职 A004")
    assert "办理" in await say(newcomer, co.STAFF, "员工 A001")


@pytest.mark.parametrize(
    "line", ["离职 A003 2026-03-05", "离职 工号=A003 日期=2026年3月5日", "离职 李雷 03-05"]
)
async def test_reads_number_or_name_and_date(newcomer, line):
    assert "2026-03-05" in await say(newcomer, co.STAFF, line)
    assert newcomer.registry.by_no["A003"].departed_on.isoformat() == "2026-03-05"


async def test_a_departure_said_in_december_for_january_is_to_come(newcomer):
    newcomer.clock.time = datetime(2026, 12, 31, 10, 0, tzinfo=ZONE)
    assert "2027-01-02" in await say(newcomer, co.STAFF, "离职 李雷 1月2日")
    assert newcomer.registry.active_employee_of(co.ADMIN, date(2027, 1, 1)) is not None


async def test_a_head_completes_the_handover_of_their_own_people_alone(newcomer):
    assert "→ 采购部" in await say(newcomer, co.STAFF, "转岗 A003 采购部")
    neutral = await say(newcomer, co.BUYER_HEAD, "移交完成 ZZZ")
    assert await say(newcomer, co.BUYER_HEAD, "移交完成 A002") == neutral
    assert "移交完成" in await say(newcomer, co.BUYER_HEAD, "移交完成 A003")


@pytest.mark.dialects
async def test_shows_an_employee_and_says_nothing_of_it_in_a_group(newcomer):
    assert "李雷（A003）" in await say(newcomer, co.STAFF, "员工 李雷")
    line = dispatch.Line(co.BOT, co.STAFF, co.GROUP, "员工 李雷", addressed=True)
    found = await dispatch.answer(newcomer, line, dispatch.Throttle())
    assert found is not None
    assert found[1].public == ""


async def test_grants_and_revokes(newcomer):
    assert "已授权" in await say(newcomer, co.ROOT, "授权 A005")
    assert "李雷" in await say(newcomer, co.CLERK, "员工 A003")
    assert "已撤权" in await say(newcomer, co.ROOT, "撤权 A005")
    assert "办理" in await say(newcomer, co.CLERK, "员工 A003")


async def test_undoes_an_import(newcomer):
    assert "编号" in await say(newcomer, co.STAFF, "撤销导入 J1")
    assert "已撤销" in await say(newcomer, co.STAFF, "撤销导入 I1")
    assert "N1" not in newcomer.registry.by_no


async def test_a_roster_that_changes_nothing_is_called_so(newcomer: App) -> None:
    made = await imports.preview_file(newcomer, ROSTER.encode(), "a.csv", by="10000", source="chat")
    assert isinstance(made, imports.Preview)
    first, *_, last = made.text.splitlines()
    assert first == f"导入 I{made.id}：和名册一样，没有变化"
    assert last == f"没有要改的。回复“同意 I{made.id}”记为今天核对过，“驳回 I{made.id}”放弃。"
    answer = await say(newcomer, co.ROOT, f"同意 I{made.id}")
    assert answer == f"导入 I{made.id} 已记为今天核对过：和名册一样，没有变化。"
    undone = await say(newcomer, co.ROOT, f"撤销导入 I{made.id}")
    assert undone == f"导入 I{made.id} 已撤销：没有要改回的。"


async def test_whom_a_roster_leaves_out_is_reported_and_called_no_departure(newcomer: App) -> None:
    made = await imports.preview_file(
        newcomer, ROSTER.encode(), "a.csv", by="10000", source="chat", full=True
    )
    assert isinstance(made, imports.Preview)
    left_out = made.counts["missing"]
    assert left_out > 5
    said = f"和名册一样，没有变化，未列出 {left_out}"
    assert made.text.splitlines()[0] == f"导入 I{made.id}：{said}"
    assert said in await say(newcomer, co.ROOT, f"同意 I{made.id}")
    undone = await say(newcomer, co.ROOT, f"撤销导入 I{made.id}")
    assert undone == f"导入 I{made.id} 已撤销：没有要改回的。"
