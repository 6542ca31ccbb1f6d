"""One group that can't be judged or planned, by a mistake of ours: it is said to be unknown, the others go on."""

from typing import Any

import pytest

from db.queries.groups import last_seen
from db.tables.work import outbox
from services.acts import ActKind
from services.app import App
from services.cases import enforcing
from services.groups.unknown import unknown_groups
from services.people import registry, staff
from services.ports import Reading
from services.watching import connected
from tests.company import BOT, GROUP, OTHER, PLAIN, FakeQQ, filed, members, settle_in
from tests.conftest import StoppedClock
from tests.services.cases.living import queued


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """Two groups, each with 郑平, who left today."""
    made = await settle_in(app)
    for group_id in (GROUP, OTHER):
        await filed(app, group_id)
        made.lists[group_id] = members(plain=[PLAIN])
    await registry.load(app)
    await staff.depart(app, "A009", app.now().date(), by="10000")
    return made


def unreadable(qq: FakeQQ, monkeypatch: pytest.MonkeyPatch) -> None:
    read = qq.read_members

    async def broken(group_id: int, *, max_age: float = 5.0) -> Reading:
        if group_id == GROUP:
            raise KeyError("a mistake of ours")
        return await read(group_id, max_age=max_age)

    monkeypatch.setattr(qq, "read_members", broken)


async def removed_from(app: App) -> list[int | None]:
    waiting = await queued(app, outbox.c.state == "waiting", outbox.c.kind == ActKind.REMOVE.value)
    return [row.group_id for row in waiting]


async def test_the_others_are_acted_on_and_it_is_unknown(
    app: App, qq: FakeQQ, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    unreadable(qq, monkeypatch)

    await enforcing.run(app, [GROUP, OTHER])

    assert await removed_from(app) == [OTHER]
    async with app.database.reading() as tx:
        assert await unknown_groups(app, tx) == {GROUP: "检查时程序出错，原因见日志"}
    assert f"group {GROUP} was not judged" in caplog.text


async def test_it_is_looked_at_again_within_a_minute(
    app: App, qq: FakeQQ, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        unreadable(qq, patch)
        await enforcing.run(app, [GROUP, OTHER])
    clock.move(minutes=1)

    await enforcing.run_due(app)

    assert sorted(await removed_from(app), key=str) == [GROUP, OTHER]


async def test_all_others_are_read_on_connecting_and_at_night(
    app: App, qq: FakeQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable(qq, monkeypatch)

    await connected.on_connect(app, BOT)

    async with app.database.reading() as tx:
        assert OTHER in await last_seen.due(tx, app.now())


@pytest.mark.parametrize("step", ["_prepare", "_carry_out"])
async def test_the_others_are_acted_on_where_one_fails_later(
    app: App, qq: FakeQQ, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    done = getattr(enforcing, step)

    async def broken(app: App, part: Any, *rest: Any) -> Any:
        if part.group_id == GROUP:
            raise KeyError("a mistake of ours")
        return await done(app, part, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(enforcing, step, broken)
        await enforcing.run(app, [GROUP, OTHER])
    assert await removed_from(app) == [OTHER]

    clock.time += enforcing.LEASE
    await enforcing.run_due(app)
    assert sorted(await removed_from(app), key=str) == [GROUP, OTHER]
