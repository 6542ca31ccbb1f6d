"""Waivers: with reason and end, ended by themselves, told the day before."""

from typing import Any

import pytest

from db.queries.cases import waivers as rows
from regulation.duties import Code
from services.app import App
from services.cases.settling import waivers
from services.console import trail
from tests import company as co


async def running(app: App, group_id: int) -> set[tuple[int, str]]:
    async with app.database.reading() as tx:
        return set((await rows.running(tx, [group_id], app.now())).get(group_id, ()))


async def waive(app: App, days: int = 2, group_id: int | None = None, code: Code = Code.C1) -> str:
    return (await waivers.waive(app, co.PLAIN, code, days, "出差", by=co.STAFF, group_id=group_id)).text


@pytest.mark.dialects
async def test_holds_in_every_group_or_in_the_one_named(app: App, qq: co.FakeQQ) -> None:
    await waive(app)
    await waive(app, group_id=co.OTHER, code=Code.M2)
    assert await running(app, co.GROUP) == {(co.PLAIN, "C1")}
    assert await running(app, co.OTHER) == {(co.PLAIN, "C1"), (co.PLAIN, "M2")}


async def test_ends_at_the_end_of_its_last_day(app: App, qq: co.FakeQQ, clock: Any) -> None:
    assert "2026-03-04" in await waive(app, 2)
    clock.move(days=2, hours=13, minutes=59)
    assert await running(app, co.GROUP)
    clock.move(minutes=1)
    assert not await running(app, co.GROUP)


@pytest.mark.dialects
async def test_tells_the_day_before_once_and_then_ends(app: App, qq: co.FakeQQ, clock: Any) -> None:
    await waive(app, 2)
    await waivers.end_waivers(app)
    assert await co.sent(app) == []
    clock.move(days=2)
    for _ in range(3):
        assert await waivers.end_waivers(app) == 0
    assert [to for _, to, _ in await co.sent(app)] == [co.ROOT, co.STAFF, co.PLAIN]
    clock.move(hours=14)
    assert await waivers.end_waivers(app) == 1
    assert await waivers.end_waivers(app) == 0


async def test_a_second_one_takes_the_place_of_the_first(app: App, qq: co.FakeQQ, clock: Any) -> None:
    await waive(app, 2)
    await waive(app, 30)
    async with app.database.reading() as tx:
        [listed] = await rows.listed(tx, app.now())
    assert waivers.until_day(listed.until) == "2026-04-01"


@pytest.mark.parametrize(("days", "code"), [(367, Code.C1), (3, Code.F1), (3, Code.S1)])
async def test_refuses_what_is_too_long_or_no_duty_of_a_person(
    app: App, qq: co.FakeQQ, days: int, code: Code
) -> None:
    await waive(app, days, code=code)
    assert not await running(app, co.GROUP)


async def test_refuses_a_group_that_is_not_known(app: App, qq: co.FakeQQ) -> None:
    assert "没有找到" in await waive(app, group_id=799999)


async def test_the_trail_says_in_words_what_has_ended(app: App, qq: co.FakeQQ, clock: Any) -> None:
    await waive(app, 2, group_id=co.OTHER)
    clock.move(days=3)
    assert await waivers.end_waivers(app) == 1
    page = await trail.page(app, period=None, source="job", text="", below=None)
    assert [(one.action, one.subject, one.detail) for one in page.lines] == [
        ("豁免到期", f"郑平（QQ {co.PLAIN}）", f"条款 C1 群名片；群 采购部群（{co.OTHER}）")
    ]
