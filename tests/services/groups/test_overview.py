"""`群列表` and `状态`."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from db.queries.groups import last_seen as group_rows
from db.tables.work import outbox
from regulation.duties import Code
from regulation.model import FilingState
from regulation.policy import Mode
from services.acts import Act, ActKind, Priority
from services.app import App
from services.cases.settling import waivers
from services.groups import modes, overview
from services.outbox import queue
from services.running import status
from tests import company as co


async def test_lists_filed_first_each_with_mode_members_cases_and_audit(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    await modes.set_group_mode(app, co.GROUP, Mode.REMIND, by="1")
    answer = await overview.listing(app)
    head, first, second = answer.text.splitlines()
    assert "已备案 1" in head
    assert "未备案 1" in head
    assert first.startswith(
        f"{co.GROUP} 市场部群｜已备案 备案2025-0001｜提醒｜4 人｜未结 0｜检查 3月2日 10:00"
    )
    assert second.startswith(f"{co.OTHER} ")
    assert "观察" in second
    assert str(co.GROUP) not in (answer.public or "")


async def test_the_milder_of_the_groups_mode_and_the_general_one_is_shown(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    await modes.set_general_mode(app, Mode.OBSERVE, by="1")
    text = (await overview.listing(app)).text
    assert "观察" in text.splitlines()[1]


@pytest.mark.dialects
async def test_says_unknown_where_the_last_reading_failed(app: App, qq: co.FakeQQ) -> None:
    async with app.database.transaction() as tx:
        await group_rows.put(tx, co.GROUP, unknown_because="没有应答")
    text = (await overview.listing(app)).text
    assert "读不到：没有应答" in text


async def test_pages_a_long_list(app: App, qq: co.FakeQQ) -> None:
    async with app.database.transaction() as tx:
        for n in range(40):
            await group_rows.put(tx, 710000 + n, name=f"群{n}")
    pages = [(await overview.listing(app, page)).text.splitlines()[1:] for page in (1, 2, 3, 9)]
    assert [len(page) for page in pages] == [15, 15, 12, 12]


async def test_the_state_counts_every_group_also_those_whose_filing_waits(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app, state=FilingState.WITH_HEAD.value)
    assert "群：已备案 0，审批中 1，未备案 1，读不到 0" in (await status.report(app)).text.splitlines()


@pytest.mark.dialects
async def test_the_state_names_mode_pause_waivers_and_accounts(app: App, qq: co.FakeQQ) -> None:
    await waivers.waive(app, co.PLAIN, Code.C1, 30, "长期出差", by=co.STAFF)
    await modes.pause(app, by=str(co.STAFF))
    text = (await status.report(app)).text
    for words in ("总模式：执行", "赵敏 于 今天 10:00 暂停", str(co.BOT), "长期出差", "到 2026-04-01"):
        assert words in text


async def test_the_state_warns_of_a_year_without_calendar(app: App, qq: co.FakeQQ, clock: Any) -> None:
    assert "节假日" not in (await status.report(app)).text
    clock.move(days=300)
    assert "2027" in (await status.report(app)).text


async def test_names_what_an_account_cannot_send_at_the_moment(app: App, qq: co.FakeQQ) -> None:
    assert "发不出" not in (await status.report(app)).text
    qq.unsendable = ("picture", "file")
    assert f"账号 {co.BOT} 暂时发不出图片、文件" in ((await status.report(app)).text).splitlines()


async def test_says_what_of_a_days_removals_each_account_has_used(app: App, qq: co.FakeQQ) -> None:
    hours = {50001: 1, 50002: 23, 50003: 25}
    acts = [Act(ActKind.REMOVE, Priority.REMOVE, {}, group_id=co.GROUP, user_id=one) for one in hours]
    async with app.database.transaction() as tx:
        await queue(app, tx, *acts)
        for one, ago in hours.items():
            done = {
                "state": "done",
                "acted_by": co.BOT,
                "attempts": 2,
                "acted_at": app.now() - timedelta(hours=ago),
            }
            await tx.execute(update(outbox).where(outbox.c.user_id == one).values(**done))
    lines = (await status.report(app)).text.splitlines()
    assert f"账号 {co.BOT} 最近 24 小时移出 4 次，每日上限 80 次" in lines


async def test_an_account_that_qq_logged_out_is_not_called_online(
    app: App, qq: co.FakeQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qq, "is_online", lambda account: False)
    accounts = next(one for one in await status.sections(app) if one.title == "账号与连接")
    assert f"账号 {co.BOT} 连着，但没有登录 QQ" in accounts.lines
    assert not any("在线账号" in line for line in accounts.lines)
    assert accounts.trouble
