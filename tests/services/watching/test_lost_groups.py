"""Groups that none of ours is in any more: what was planned there is called off, and old news revives none."""

import pytest

from db.queries.groups import last_seen
from db.tables.work import outbox
from services.acts import ActKind
from services.app import App
from services.cases import audit, brakes, enforcing
from services.people import registry, staff
from services.watching import connected, members
from tests.company import BOT, GROUP, OTHER, PLAIN, FakeQQ, filed, settle_in
from tests.conftest import StoppedClock
from tests.services.cases.living import queued


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A group where 郑平, who left today, is about to be removed."""
    made = await settle_in(app)
    await filed(app)
    await registry.load(app)
    await staff.depart(app, "A009", app.now().date(), by="10000")
    return made


async def to_remove(app: App) -> list[int | None]:
    waiting = await queued(app, outbox.c.state == "waiting", outbox.c.kind == ActKind.REMOVE.value)
    return [row.user_id for row in waiting]


async def counted(app: App) -> int:
    async with app.database.reading() as tx:
        return len(await brakes.counted(app, tx))


async def test_a_removal_that_nobody_can_do_any_more_counts_against_no_brake(app: App, qq: FakeQQ) -> None:
    await enforcing.run(app, [GROUP])
    assert (await to_remove(app), await counted(app)) == ([PLAIN], 1)

    await members.group_gone(app, GROUP, BOT)

    assert (await to_remove(app), await counted(app)) == ([], 0)


async def test_it_is_planned_anew_once_we_are_back(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    await enforcing.run(app, [GROUP])
    await members.group_gone(app, GROUP, BOT)
    clock.move(days=1)

    await connected.compare_groups(app, BOT)
    await enforcing.run_due(app)

    assert await to_remove(app) == [PLAIN]


async def test_what_is_planned_in_other_groups_stays(app: App, qq: FakeQQ) -> None:
    await enforcing.run(app, [GROUP])

    async with app.database.transaction() as tx:
        await last_seen.put(tx, GROUP + 7, first_seen_at=app.now(), account=BOT)
    await members.group_gone(app, GROUP + 7, BOT)

    assert await to_remove(app) == [PLAIN]


async def test_a_removal_counts_for_an_hour_where_its_account_has_gone_and_is_planned_anew_when_it_is_back(
    app: App, qq: FakeQQ, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enforcing.run(app, [GROUP])
    with monkeypatch.context() as away:
        away.setattr(qq, "account_for", lambda group_id: None if group_id == GROUP else BOT)
        await enforcing.run(app, [OTHER])
        assert (await to_remove(app), await counted(app)) == ([PLAIN], 1)

        clock.move(hours=1)
        await enforcing.run(app, [OTHER])
        assert (await to_remove(app), await counted(app)) == ([], 0)

    await connected.on_connect(app, BOT)
    await enforcing.run_due(app)
    assert await to_remove(app) == [PLAIN]


async def test_a_removal_that_has_waited_long_stays_while_its_account_is_away_for_a_moment(
    app: App, qq: FakeQQ, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enforcing.run(app, [GROUP])
    for _ in range(3):
        clock.move(hours=2)
        with monkeypatch.context() as away:
            away.setattr(qq, "account_for", lambda group_id: None if group_id == GROUP else BOT)
            await enforcing.run(app, [OTHER])
            clock.move(minutes=59)
            await enforcing.run(app, [OTHER])
        await brakes.drop_stranded(app)

    assert (await to_remove(app), await counted(app)) == ([PLAIN], 1)


async def is_lost(app: App) -> bool:
    async with app.database.reading() as tx:
        return (await last_seen.get_or_blank(tx, GROUP)).gone_at is not None


async def test_a_reading_begun_before_we_were_taken_out_puts_us_back_nowhere(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    reading = await qq.read_members(GROUP)
    clock.move(seconds=1)
    await members.group_gone(app, GROUP, BOT)

    await audit.take_reading(app, reading)
    assert await is_lost(app)

    clock.move(seconds=1)
    await audit.audit_group(app, GROUP)
    assert not await is_lost(app)


async def test_nothing_is_planned_in_a_group_that_was_lost_meanwhile(
    app: App, qq: FakeQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = audit.audit_group

    async def and_lost(app: App, group_id: int, *, max_age: float) -> audit.AuditOutcome:
        outcome = await read(app, group_id, max_age=max_age)
        await members.group_gone(app, group_id, BOT)
        return outcome

    monkeypatch.setattr(audit, "audit_group", and_lost)
    await enforcing.run(app, [GROUP])

    assert await to_remove(app) == []


async def test_a_list_asked_for_before_we_were_taken_out_puts_us_back_nowhere(
    app: App, qq: FakeQQ, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = await qq.group_list(BOT)

    async def slow(account: int) -> object:
        clock.move(seconds=1)
        await members.group_gone(app, GROUP, BOT)
        return listed

    monkeypatch.setattr(qq, "group_list", slow)
    await connected.compare_groups(app, BOT)
    assert await is_lost(app)


async def test_what_was_told_by_a_clock_since_set_back_keeps_us_out_of_no_group(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    clock.move(days=1)
    await members.group_gone(app, GROUP, BOT)
    clock.move(days=-1)

    await audit.audit_group(app, GROUP)

    assert not await is_lost(app)
