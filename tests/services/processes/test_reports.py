"""What a process reports of groups that others read."""

from services import processes
from services.app import App
from services.cases import audit
from services.reports import scheduled
from tests.company import GROUP, OTHER, filed, sent
from tests.conftest import StoppedClock
from tests.services.processes.pair import Pair


async def reported(app: App) -> list[str]:
    assert app.settings.admin_group is not None
    return [text for group_id, _, text in await sent(app) if group_id == app.settings.admin_group]


async def away(pair: Pair, clock: StoppedClock) -> None:
    """Both processes were down for two days, and both groups are filed."""
    for app in pair:
        app.settings = app.settings.model_copy(update={"admin_group": 800000})
    for group_id in (GROUP, OTHER):
        await filed(pair[0], group_id)
    clock.move(days=2, minutes=5)


async def test_a_report_made_good_waits_for_the_groups_of_another_process(
    pair: Pair, clock: StoppedClock
) -> None:
    first, second = pair
    await away(pair, clock)
    await audit.audit_group(first, GROUP)
    assert await scheduled.run_when_read(first) == 0
    clock.move(seconds=20)
    assert await scheduled.run_when_read(first) == 0
    await audit.audit_group(second, OTHER)
    assert await scheduled.run_when_read(first) > 0

    assert not [text for text in await reported(first) if "未能读全" in text]


async def test_it_waits_for_another_process_that_comes_later(pair: Pair, clock: StoppedClock) -> None:
    first, second = pair
    await away(pair, clock)
    clock.move(hours=-2)
    await audit.audit_group(first, GROUP)
    others, first.peers = first.peers, processes.Peers()
    for _ in range(56):
        assert await scheduled.run_when_read(first) == 0
        clock.move(seconds=58)
    first.peers = others
    for seconds in (0, 55):
        clock.move(seconds=seconds)
        assert await scheduled.run_when_read(first) == 0
    await audit.audit_group(second, OTHER)
    assert await scheduled.run_when_read(first) > 0

    assert not [text for text in await reported(first) if "未能读全" in text]


async def test_it_waits_for_nobody_for_ever(pair: Pair, clock: StoppedClock) -> None:
    first, _ = pair
    await away(pair, clock)
    others = first.peers
    sent_at: list[int] = []
    for seconds in range(0, 300, 5):
        # The other process's account comes and goes.
        first.peers = others if seconds % 100 < 10 else processes.Peers()
        sent_at += [seconds] if await scheduled.run_when_read(first) else []
        clock.move(seconds=5)

    assert sent_at
    assert max(sent_at[:1]) <= 120
    assert [text for text in await reported(first) if "未能读全" in text]
