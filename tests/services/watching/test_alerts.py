"""What admin staff hear of the QQ side: each outage and each undelivered message once, none never."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from db.tables.work import outbox
from services.acts import to_person
from services.app import App
from services.outbox import queue
from services.people import roles
from services.watching import alerts
from tests.company import BOT, PLAIN, ROOT, sent, settle_in
from tests.conftest import StoppedClock
from tests.services.watching.waits import somebody_waits


@pytest.fixture(autouse=True)
async def company(app: App) -> None:
    await settle_in(app)


async def told(app: App) -> list[str]:
    return [text for _, user_id, text in await sent(app) if user_id == ROOT]


async def undeliverable(app: App, text: str, purpose: str = "") -> None:
    async with app.database.transaction() as tx:
        await queue(app, tx, to_person(PLAIN, text, purpose=purpose))
        failed = update(outbox).where(outbox.c.user_id == PLAIN).values(state="dead", result="不是好友")
        await tx.execute(failed)


async def say(app: App) -> None:
    """Have staff be told what waits for them."""
    async with app.database.transaction() as tx:
        await tx.execute(update(outbox).where(outbox.c.user_id != PLAIN).values(state="done"))


def slowly(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Have the next who tells staff set the first event and wait for the second before they commit."""
    begun, goes_on, tell = asyncio.Event(), asyncio.Event(), roles.tell_admin_staff_rarely

    async def tell_slowly(*given: Any, **named: Any) -> bool:
        monkeypatch.undo()
        made = await tell(*given, **named)
        begun.set()
        await goes_on.wait()
        return made

    monkeypatch.setattr(roles, "tell_admin_staff_rarely", tell_slowly)
    return begun, goes_on


async def test_an_account_that_is_logged_out_twice_within_an_hour_is_told_of_twice(
    app: App, clock: StoppedClock
) -> None:
    await alerts.went_offline(app, BOT, "下线了")
    await alerts.went_offline(app, BOT, "下线了")
    await say(app)
    await alerts.came_online(app, BOT)
    clock.move(minutes=10)
    await alerts.went_offline(app, BOT, "又下线了")

    assert await told(app) == ["下线了", "又下线了"]


async def test_who_did_not_hear_in_time_that_an_account_was_logged_out_hears_that_it_is_back(
    app: App, clock: StoppedClock
) -> None:
    since = app.now()
    await alerts.went_offline(app, BOT, "下线了")
    clock.move(minutes=10)
    await alerts.came_online(app, BOT)
    await alerts.came_online(app, BOT)
    assert await told(app) == [f"账号 {BOT} 在今天 {since:%H:%M} 被 QQ 下线过，现在已经登录。"]

    clock.move(minutes=10)
    await alerts.went_offline(app, BOT, "又下线了")
    assert await told(app) == ["又下线了"]


async def test_what_is_told_before_the_full_hour_is_not_told_again_after_it(
    app: App, clock: StoppedClock
) -> None:
    clock.move(minutes=58 - app.now().minute)
    for _ in range(7):
        await undeliverable(app, "一")
        await alerts.tell_undelivered(app)
        await alerts.tell(app, "恢复发送", key=f"breaker:{BOT}")
        await say(app)
        clock.move(minutes=10)

    assert [text[:4] for text in await told(app)] == ["有 1 ", "恢复发送", "有 6 ", "恢复发送"]


async def test_what_fails_later_in_the_hour_is_told_with_the_next(app: App, clock: StoppedClock) -> None:
    await undeliverable(app, "一")
    await alerts.tell_undelivered(app)
    clock.move(minutes=5)
    await undeliverable(app, "二")
    await undeliverable(app, "三")
    await alerts.tell_undelivered(app)
    assert [text.split("没")[0] for text in await told(app)] == ["有 1 条消息"]

    await say(app)
    clock.move(hours=1)
    await alerts.tell_undelivered(app)
    await alerts.tell_undelivered(app)
    assert [text.split("没")[0] for text in await told(app)] == ["有 1 条消息", "有 2 条消息"]


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_what_fails_while_another_process_tells_of_others_is_told_with_the_next(
    app: App, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = slowly(monkeypatch)
    await undeliverable(app, "一")
    async with asyncio.timeout(300), asyncio.TaskGroup() as tasks:
        tasks.create_task(alerts.tell_undelivered(app))
        await begun.wait()
        await undeliverable(app, "二")
        tasks.create_task(alerts.tell_undelivered(app))
        await somebody_waits(app)
        goes_on.set()
    assert [text.split("没")[0] for text in await told(app)] == ["有 1 条消息"]

    await say(app)
    clock.move(hours=1)
    await alerts.tell_undelivered(app)
    assert [text.split("没")[0] for text in await told(app)] == ["有 1 条消息"] * 2


@pytest.mark.parametrize("told_before", [0, 1])
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_what_two_processes_tell_at_once_is_told_once(
    app: App, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, told_before: int
) -> None:
    for _ in range(told_before):
        await alerts.tell(app, "恢复发送", key="breaker")
        await say(app)
        clock.move(hours=1)
    begun, goes_on = slowly(monkeypatch)
    async with asyncio.timeout(300), asyncio.TaskGroup() as tasks:
        tasks.create_task(alerts.tell(app, "恢复发送", key="breaker"))
        await begun.wait()
        clock.move(seconds=1)
        tasks.create_task(alerts.tell(app, "恢复发送", key="breaker"))
        await somebody_waits(app)
        goes_on.set()

    assert await told(app) == ["恢复发送"] * (told_before + 1)


async def test_what_staff_could_not_be_told_is_told_to_nobody_again(app: App, clock: StoppedClock) -> None:
    await undeliverable(app, "一", purpose="staff")
    await alerts.tell_undelivered(app)
    clock.move(hours=2)
    await alerts.tell_undelivered(app)

    assert await told(app) == []


async def test_what_fails_after_the_clock_was_set_back_is_told_too(app: App, clock: StoppedClock) -> None:
    await undeliverable(app, "一")
    await alerts.tell_undelivered(app)
    await say(app)
    clock.move(hours=1)
    await undeliverable(app, "二")
    await alerts.tell_undelivered(app)
    await say(app)
    clock.move(hours=-1)
    await undeliverable(app, "三")
    await alerts.tell_undelivered(app)

    assert len(await told(app)) == 3
