"""Two processes act in one group at once."""

import asyncio
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from db.queries.cases import timelines as case_rows
from db.tables.cases import removal_batches
from db.tables.work import outbox
from regulation.model import Employee, Member, Role
from services import processes, trail
from services.app import App
from services.cases import audit, brakes, enforcing
from services.people import registry
from terminal import doctor
from tests import company
from tests.company import BOT, GROUP, OTHER
from tests.conftest import StoppedClock
from tests.services.processes.pair import Pair, PeerQQ, both_in, dies, read_again

LEAVERS = tuple(
    (Employee(f"L{n}", f"离{n}", "市场部", departed_on=date(2026, 3, 1)), 21000 + n) for n in range(4)
)


async def with_leavers(first: App, second: App) -> None:
    """Two of the departed are still in GROUP, two in OTHER; both groups are filed for all."""
    everyone = {"everyone": True, "departments": [], "employee_nos": []}
    for group_id, owner in ((GROUP, company.OWNER), (OTHER, company.PLAIN)):
        await company.filed(first, group_id, scope=everyone, owner_id=owner)
    async with first.database.transaction() as tx:
        for person, user_id in LEAVERS:
            await company.store(tx, person, user_id)
        await registry.bump(tx)
    assert isinstance(first.gateway, PeerQQ)
    for n, (_, user_id) in enumerate(LEAVERS):
        first.gateway.lists[GROUP if n < 2 else OTHER].append(Member(user_id))
    # Seen while nobody knew that they had left.
    await read_again(first, second)
    for app in (first, second):
        await registry.refresh(app)


async def removals(app: App) -> int:
    async with app.database.reading() as tx:
        wanted = select(func.count()).where(outbox.c.kind == "remove")
        return (await tx.execute(wanted)).scalar_one()


def limited(*apps: App, total: int) -> None:
    for app in apps:
        app.policy = replace(app.policy, safety=replace(app.policy.safety, max_removals_total=total))


async def test_two_processes_in_one_group_at_once_remove_nobody_twice(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.ADMIN)
    await with_leavers(first, second)

    await asyncio.gather(*(enforcing.run(app, [GROUP]) for app in (first, second, first, second)))

    assert await removals(first) == 2


async def test_the_brake_counts_what_all_processes_would_remove(pair: Pair) -> None:
    first, second = pair
    await with_leavers(first, second)
    limited(first, second, total=3)

    await enforcing.run(first, [GROUP])
    await enforcing.run(second, [OTHER])

    assert await removals(first) == 0
    async with first.database.reading() as tx:
        batches = await tx.rows(select(removal_batches.c.state, removal_batches.c.removals))
    assert [(state, len(listed)) for state, listed in batches] == [("replaced", 2), ("waiting", 4)]


async def test_nothing_is_counted_twice_by_the_brake(pair: Pair) -> None:
    first, second = pair
    await with_leavers(first, second)
    limited(first, second, total=4)

    await asyncio.gather(enforcing.run(first, [GROUP]), enforcing.run(second, [OTHER]))

    assert await removals(first) == 4


async def test_what_waits_for_another_process_is_stranded_an_hour_after_that_has_gone(
    pair: Pair, clock: StoppedClock
) -> None:
    first, second = pair
    await with_leavers(first, second)
    await enforcing.run(second, [OTHER])
    for _ in range(2):
        clock.move(hours=2)
        await enforcing.run(first, [GROUP])
    assert await _removals_in(first, OTHER) == ["waiting", "waiting"]

    await dies(second)
    for minutes, state in ((0, "waiting"), (59, "waiting"), (1, "dropped")):
        clock.move(minutes=minutes)
        await processes.refresh(first)
        await brakes.drop_stranded(first)
        assert await _removals_in(first, OTHER) == [state, state]


async def _removals_in(app: App, group_id: int) -> list[str]:
    async with app.database.reading() as tx:
        wanted = select(outbox.c.state).where(outbox.c.kind == "remove", outbox.c.group_id == group_id)
        return list((await tx.execute(wanted)).scalars())


async def test_the_timeline_of_a_case_stays_whole_when_two_write_at_once(pair: Pair) -> None:
    first, second = pair
    await with_leavers(first, second)
    await audit.audit_group(first, GROUP)
    async with first.database.reading() as tx:
        case = (await case_rows.open_of_group(tx, GROUP))[0]

    async def write(app: App, n: int) -> None:
        async with app.database.transaction() as tx:
            await case_rows.add_event(tx, case.id, app.now(), "seen", {"n": n})
            await asyncio.sleep(0.01)

    await asyncio.gather(*(write(app, n) for n in range(4) for app in (first, second)))

    async with first.database.reading() as tx:
        assert len(await case_rows.timeline(tx, case.id)) >= 9
    assert (await trail.verify(first)).misfit is None


async def test_doctor_names_the_processes_and_their_accounts(pair: Pair) -> None:
    (sign,) = await doctor._processes(pair[0])

    assert sign.ok
    assert "2 个机器人进程" in sign.what
    assert f"host:1（{BOT}）" in sign.what
