"""What one process says of what another one sees."""

from dataclasses import replace
from datetime import timedelta

from db.tables.work import outbox as outbox_rows
from services import outbox
from services.acts import Act, ActKind, Priority
from services.app import App
from services.running import status
from services.watching import clock as clocks
from services.watching import clock_news
from tests.company import BOT, OTHER, ROOT, sent
from tests.conftest import StoppedClock
from tests.services.processes.pair import SECOND_BOT, Pair, PeerQQ


def sees(app: App, seconds: float) -> None:
    """Have QQ's event times be so far ahead of the clock of a process's machine."""
    assert isinstance(app.gateway, PeerQQ)
    app.gateway.skew = seconds


async def test_the_clock_of_one_machine_is_wrong_and_that_is_said_once(
    pair: Pair, clock: StoppedClock
) -> None:
    first, second = pair
    sees(first, 3600.0)
    sees(second, 1.0)
    for _ in range(4):
        for app in pair:
            await clock_news.note_skew(app)
        clock.move(minutes=1)
    assert len([text for _, to, text in await sent(first) if to == ROOT and "本机时间" in text]) == 1
    async with first.database.reading() as tx:
        seen = await clocks.noted_skew(tx)
    assert seen is not None
    assert seen.is_wrong
    async with first.database.transaction() as tx:
        await tx.execute(outbox_rows.update().values(state="done"))
    sees(first, 1.0)
    for app in pair:
        await clock_news.note_skew(app)

    assert len([text for _, to, text in await sent(first) if to == ROOT and "本机时间" in text]) == 2


async def test_a_clock_that_is_wrong_is_said_once_though_the_other_process_comes_and_goes(
    pair: Pair, clock: StoppedClock
) -> None:
    first, _ = pair
    peers, alone = first.peers, replace(first.peers, others=frozenset[int]())
    for others, seconds, said in (
        (alone, 3600.0, 1),
        (peers, 3600.0, 1),
        (alone, 3600.0, 1),
        (peers, 1.0, 2),
        (alone, 1.0, 2),
        (peers, 1.0, 2),
    ):
        first.peers = others
        sees(first, seconds)
        await clock_news.note_skew(first)
        clock.move(minutes=1)
        told = [text for _, to, text in await sent(first) if to == ROOT and "本机时间" in text]
        assert len(told) == said


async def test_what_another_process_is_to_remove_is_not_late_for_this_one(pair: Pair) -> None:
    first, _ = pair
    due = first.now() + timedelta(minutes=1)
    async with first.database.transaction() as tx:
        for user_id in range(21000, 21040):
            act = Act(ActKind.REMOVE, Priority.REMOVE, {}, group_id=OTHER, user_id=user_id, deadline=due)
            await outbox.queue(first, tx, act)

    assert [("来不及" in (await status.report(app)).text) for app in pair] == [False, True]


async def test_a_process_without_an_account_beside_one_that_has_all_is_no_trouble(pair: Pair) -> None:
    first, _ = pair
    assert isinstance(first.gateway, PeerQQ)
    first.gateway.accounts = tuple[int, ...]  # pyright: ignore[reportAttributeAccessIssue]
    first.peers = replace(first.peers, others=frozenset({BOT, SECOND_BOT}))
    [accounts] = [one for one in await status.sections(first) if any("账号" in line for line in one.lines)]
    assert not accounts.trouble
    assert not any("没有账号" in line for line in accounts.lines)
    first.peers = replace(first.peers, others=frozenset())
    [accounts] = [one for one in await status.sections(first) if any("账号" in line for line in one.lines)]

    assert accounts.trouble
