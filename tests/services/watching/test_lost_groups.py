"""Groups that none of ours is in any more: what was planned there is called off, and old news revives none."""

import pytest
from sqlalchemy import update

from db.queries.groups import last_seen
from db.tables.work import outbox
from services.acts import ActKind, ActOutcome, Lane
from services.app import App
from services.cases import audit, brakes, enforcing
from services.people import registry, staff
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from services.watching import connected, members
from tests.company import BOT, GROUP, OTHER, PLAIN, ROOT, STAFF, FakeQQ, filed, sent, settle_in
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


LATER_LOST = GROUP + 7


async def loses(app: App, *group_ids: int) -> None:
    """Have QQ say, one after the other, that the account is in groups no more, which are filed."""
    for group_id in group_ids:
        async with app.database.transaction() as tx:
            await last_seen.put(tx, group_id, name=f"群{group_id}", first_seen_at=app.now(), account=BOT)
        await filed(app, group_id)
        await members.group_gone(app, group_id, BOT)


async def told(app: App, user_id: int | None) -> list[str]:
    """Return the lines about lost groups that somebody (None: ADMIN_GROUP) was or will be told."""
    return [text for _, to, text in await sent(app) if to == user_id and "没有我了" in text]


@pytest.fixture
def with_admin_group(app: App) -> None:
    app.settings = app.settings.model_copy(update={"admin_group": 700099})


@pytest.mark.dialects
@pytest.mark.usefixtures("with_admin_group")
async def test_groups_lost_while_the_line_waits_are_told_in_that_one_line(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    """At night nobody is spoken to; the account may be away by day as well."""
    clock.move(hours=12)
    for group_id in (OTHER, LATER_LOST, LATER_LOST + 1):
        await loses(app, group_id)
        clock.move(hours=2)

    for user_id in (ROOT, STAFF):
        [line] = await told(app, user_id)
        assert line.startswith("3 个群里已经没有我了")
        assert all(f"「群{one}」（{one}）" in line for one in (OTHER, LATER_LOST, LATER_LOST + 1))
    assert len(await told(app, None)) == 1


async def test_a_line_about_one_group_says_what_can_be_done_about_it(app: App, qq: FakeQQ) -> None:
    await loses(app, LATER_LOST)

    [line] = await told(app, STAFF)
    assert f"解散 群={LATER_LOST}" in line


async def test_what_is_lost_once_the_line_is_being_said_is_told_in_another(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await loses(app, OTHER)
    async with app.database.transaction() as tx:
        await tx.execute(update(outbox).where(outbox.c.user_id == STAFF).values(state="claimed"))
    await loses(app, LATER_LOST)

    assert [str(LATER_LOST) in line for line in await told(app, STAFF)] == [False, True]
    assert [line.startswith("2 个群") for line in await told(app, ROOT)] == [True]


async def test_of_very_many_lost_groups_some_are_named_and_all_are_counted(app: App, qq: FakeQQ) -> None:
    await loses(app, *range(800101, 800113))

    [line] = await told(app, STAFF)
    assert line.startswith("12 个群里")
    assert line.count("「群") == 10
    assert "等" in line


@pytest.mark.usefixtures("with_admin_group")
async def test_nobody_is_told_that_groups_are_lost_where_we_are_back_in_all_by_then(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    clock.move(hours=12)
    await loses(app, OTHER, LATER_LOST)
    async with app.database.transaction() as tx:
        await last_seen.put(tx, OTHER, gone_at=None)
    assert await said_now(app, clock) == [STAFF, ROOT, None]

    clock.move(hours=12)
    await loses(app, LATER_LOST + 1)
    async with app.database.transaction() as tx:
        await last_seen.put(tx, LATER_LOST + 1, gone_at=None)
    assert await said_now(app, clock) == []


async def test_only_those_still_lost_when_it_is_said_are_named(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    clock.move(hours=12)
    await loses(app, OTHER, LATER_LOST)
    async with app.database.transaction() as tx:
        await last_seen.put(tx, OTHER, gone_at=None)
    clock.move(hours=12)
    [row, *_] = await bookkeeping.claim(app, Lane.MESSAGE, Route(BOT, [GROUP], [GROUP]))
    [said] = await bookkeeping.begin(app, [row], BOT)

    [part] = said.payload["parts"]
    assert part["text"].startswith(f"群「群{LATER_LOST}」（{LATER_LOST}）里已经没有我了")
    [stored] = [text for _, to, text in await sent(app) if to == said.user_id and "没有我了" in text]
    assert stored == part["text"]


async def said_now(app: App, clock: StoppedClock) -> list[int | None]:
    """Have what waits said in the morning; return to whom (None: a group)."""
    clock.move(hours=12)
    route, said = Route(BOT, [GROUP, 700099], [GROUP, 700099]), []
    while claimed := await bookkeeping.claim(app, Lane.MESSAGE, route):
        for row in await bookkeeping.begin(app, claimed, BOT):
            said.append(row.user_id)
            await bookkeeping.end(app, row, ActOutcome("done"))
    return sorted(said, key=lambda one: -(one or 0))
