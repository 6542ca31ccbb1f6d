"""A clock that is wrong or jumps: told to people, and nothing that was due stays behind."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.queries.cases import timelines
from db.queries.groups import last_seen
from db.queries.work import figures, switches
from db.tables.cases import cases
from regulation.cases import due_after_notice
from regulation.deadlines import due_at
from regulation.model import Case
from services import acts, outbox
from services.acts import Lane
from services.app import App
from services.cases import audit
from services.people import roles
from services.running import status
from services.running.heartbeat import Every, Heart
from services.sender import bookkeeping, takeover
from services.sender.bookkeeping import Route
from services.watching import clock as clocks
from services.watching import clock_news
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.stories import overdue_case, told

ROUTE = Route(co.BOT, [co.GROUP, co.OTHER], [co.GROUP, co.OTHER])
JUMPS = [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-2)]


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    return await co.settle_in(app)


@pytest.mark.parametrize(
    ("seconds", "told"), [(3600.0, True), (-3600.0, True), (121.0, True), (119.0, False), (None, False)]
)
async def test_the_state_says_when_qqs_event_times_disagree(
    app: App, qq: co.FakeQQ, seconds: float | None, told: bool
) -> None:
    qq.skew = seconds
    assert ("时钟与 QQ 相差" in (await status.report(app)).text) is told


async def test_the_newest_skew_is_stored_for_other_processes_when_it_is_news(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    await clock_news.note_skew(app)
    async with app.database.reading() as tx:
        assert await clocks.noted_skew(tx) is None
    first = app.now()
    for seconds, moves, at in (
        (3600.0, 0, first),
        (3602.0, 60, first),
        (-3.0, 0, first + timedelta(seconds=60)),
    ):
        clock.move(seconds=moves)
        qq.skew = seconds
        await clock_news.note_skew(app)
        async with app.database.reading() as tx:
            seen = await clocks.noted_skew(tx)
        assert seen is not None
        assert seen.at == at
    assert not seen.is_wrong
    clock.move(minutes=11)
    await clock_news.note_skew(app)
    async with app.database.reading() as tx:
        told = await switches.told(tx, "clock_skew")
    assert told is not None
    assert told.set_at == app.now()


async def queue(app: App, *acts: acts.Act) -> None:
    async with app.database.transaction() as tx:
        await outbox.queue(app, tx, *acts)


async def claimed(app: App) -> list[str | None]:
    taken = await bookkeeping.claim(app, Lane.MESSAGE, ROUTE, limit=10)
    return [row.key for row in taken]


@pytest.mark.parametrize("jump", JUMPS)
async def test_what_was_due_before_a_jump_is_sent_after_it(
    app: App, qq: co.FakeQQ, clock: StoppedClock, jump: timedelta
) -> None:
    await queue(app, acts.to_group(co.GROUP, "now", key="now"))
    clock.time += jump
    assert await bookkeeping.due_lanes(app) == {Lane.MESSAGE}
    assert await claimed(app) == ["now"]


async def test_what_is_planned_for_later_is_not_sent_because_the_clock_went_back(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    later = acts.Act(
        acts.ActKind.SEND_GROUP, acts.Priority.REPORT, {"parts": []}, co.GROUP,
        not_before=app.now() + timedelta(minutes=30), key="later",
    )  # fmt: skip
    await queue(app, later)
    clock.move(hours=-1)
    assert await claimed(app) == []
    clock.move(hours=1, minutes=30)
    assert await claimed(app) == ["later"]


@pytest.mark.dialects
async def test_what_was_put_back_before_the_clock_went_back_is_tried_again(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    await queue(app, acts.to_group(co.GROUP, "again", key="again"))
    clock.move(minutes=5)
    (row,) = await bookkeeping.claim(app, Lane.MESSAGE, ROUTE)
    await bookkeeping.put_back(app, row, seconds=30)
    assert await claimed(app) == []
    clock.move(hours=-1)
    assert await claimed(app) == ["again"]


@pytest.mark.dialects
@pytest.mark.parametrize("jump", JUMPS)
async def test_a_lease_of_a_dead_worker_elsewhere_ends_in_spite_of_a_jump(
    app: App, qq: co.FakeQQ, clock: StoppedClock, jump: timedelta
) -> None:
    await queue(app, acts.to_group(co.GROUP, "left", key="left"))
    mine, app.worker = app.worker, "elsewhere:1:dead"
    assert await claimed(app) == ["left"]
    app.worker = mine
    clock.time += jump
    await takeover.take_over(app)
    assert await claimed(app) == ["left"]


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_job_runs_again_at_once_after_a_jump_and_then_at_its_pace(
    clock: StoppedClock, jump: timedelta
) -> None:
    async def nothing(app: App) -> None: ...

    every = Every("job", nothing, 60, last=clock.now())
    clock.time += jump
    assert every.is_due(clock.now())
    every.last = clock.now()
    clock.move(seconds=59)
    assert not every.is_due(clock.now())


def test_a_jump_is_told_from_time_that_passes(clock: StoppedClock) -> None:
    watch = clocks.Watch()
    assert watch.jumped(clock.now(), 0.0) == 0.0
    clock.move(hours=3)
    assert watch.jumped(clock.now(), 3 * 3600.0) == 0.0
    clock.move(hours=-1, seconds=1)
    assert watch.jumped(clock.now(), 3 * 3600.0 + 1) == pytest.approx(-3600.0)
    clock.move(seconds=1)
    assert watch.jumped(clock.now(), 3 * 3600.0 + 2) == 0.0


@pytest.mark.dialects
async def test_after_a_jump_groups_that_were_to_be_looked_at_are_looked_at_now(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    await overdue_case(app)
    async with app.database.transaction() as tx:
        await last_seen.put(tx, co.GROUP, look_at=None)
        await last_seen.put(tx, co.OTHER, look_at=app.now() + timedelta(seconds=0.5))
        await last_seen.put(tx, 700003, look_at=None)
    heart = Heart(app)
    heart.watch.jumped(app.now())
    clock.move(hours=-1)
    heart.jobs = []
    heart.beat()
    await heart.running["clock jumped"]
    async with app.database.reading() as tx:
        assert sorted(await last_seen.due(tx, app.now())) == [co.GROUP, co.OTHER]


async def test_an_office_read_in_what_is_now_the_future_is_asked_for_again(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[co.GROUP] = co.members(admins=())
    assert await roles.is_officer_now(app, co.ADMIN, co.GROUP)
    clock.move(hours=-1)
    assert not await roles.is_officer_now(app, co.ADMIN, co.GROUP)


async def test_the_oldest_that_waits_is_told_after_a_jump_too(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    await queue(app, acts.to_group(co.GROUP, "now"))
    clock.move(hours=-1)
    async with app.database.reading() as tx:
        assert (await figures.gather(tx, app.now())).oldest_waiting is not None
    assert "待发：1 件，都是刚排上的" in (await status.report(app)).text


async def test_nobody_is_blamed_by_a_wrong_clock(app: App, qq: co.FakeQQ, clock: StoppedClock) -> None:
    await co.filed(app)
    qq.lists[co.GROUP] = co.members(plain=[co.STRANGER])
    await audit.audit_group(app, co.GROUP)
    found = await stored(app, "M1")
    async with app.database.transaction() as tx:
        for case in found:
            await told(tx, case, co.OWNER)
            await timelines.change(tx, case.id, first_reminded_at=case.opened_at)
    clock.move(days=4)
    qq.skew = -345600.0
    await audit.audit_group(app, co.GROUP)
    assert await overdue(app) == set()
    qq.skew = 0.0
    await audit.audit_group(app, co.GROUP)
    assert "M1" in await overdue(app)


async def overdue(app: App) -> set[str]:
    async with app.database.reading() as tx:
        wanted = select(cases.c.code).where(cases.c.overdue_at.is_not(None))
        return set((await tx.execute(wanted)).scalars())


@pytest.mark.parametrize("days", [-4, 4])
async def test_a_notice_delivered_by_a_wrong_clock_starts_its_span_when_the_clock_is_right(
    days: int, app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    right = clock.now()
    await audit.audit_group(app, co.GROUP)
    clock.move(days=days)
    qq.skew = -86400.0 * days
    await _deliver(app, acts.to_person(co.OWNER, "请备案", purpose="file", case_ids=await opened(app, "F1")))
    await audit.audit_group(app, co.GROUP)
    assert [case.due_at for case in await stored(app, "F1")] == [None]
    clock.time, qq.skew = right, 0.0
    await audit.audit_group(app, co.GROUP)
    (case,) = await stored(app, "F1")
    assert case.first_reminded_at == right
    assert case.due_at == due_after_notice(case, right, app.policy)


@pytest.mark.parametrize("days", [-4, 4])
async def test_a_case_opened_by_a_wrong_clock_starts_its_span_when_the_clock_is_right(
    days: int, app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    right = clock.now()
    await co.filed(app)
    qq.lists[co.GROUP] = co.members(plain=[co.STRANGER])
    clock.move(days=days)
    qq.skew = -86400.0 * days
    await audit.audit_group(app, co.GROUP)
    assert [case.due_at for case in await stored(app, "M1")] == [None]
    clock.time, qq.skew = right, 0.0
    await audit.audit_group(app, co.GROUP)
    (case,) = await stored(app, "M1")
    assert case.due_at == due_at(right, app.policy.deadlines.member_days, app.policy)


async def _deliver(app: App, act: acts.Act) -> None:
    await queue(app, act)
    for row in await bookkeeping.claim(app, Lane.MESSAGE, ROUTE):
        await bookkeeping.end(app, row, acts.ActOutcome("done"))


async def stored(app: App, code: str) -> list[Case]:
    async with app.database.reading() as tx:
        return [case for case in await timelines.open_of_group(tx, co.GROUP) if case.code.value == code]


async def opened(app: App, code: str) -> list[int]:
    return [case.id for case in await stored(app, code)]
