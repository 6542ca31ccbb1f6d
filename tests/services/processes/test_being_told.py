"""What one process changes the others see, told or by looking."""

from services import followup
from services.acts import to_group
from services.outbox import queue
from services.people import staff
from tests.company import BOT, OTHER
from tests.conftest import StoppedClock
from tests.services.processes.pair import SECOND_BOT, Pair, beating, cut, dies, is_gone, until


async def test_a_change_of_the_registry_is_seen_at_once_by_the_others(pair: Pair) -> None:
    first, second = pair
    async with beating(second, "registry"):
        await staff.depart(first, "A009", by="10000")

        await until(lambda: is_gone(second, "A009"))


async def test_a_change_is_seen_by_looking_where_nothing_can_be_told(pair: Pair, clock: StoppedClock) -> None:
    first, second = pair
    await dies(second)
    async with beating(second, "registry"):
        await staff.depart(first, "A009", by="10000")
        clock.move(seconds=2)

        await until(lambda: is_gone(second, "A009"))


async def test_a_broken_connection_costs_no_change_and_listens_again(pair: Pair) -> None:
    first, second = pair
    async with beating(second, "registry"):
        await cut(second)
        await staff.depart(first, "A009", by="10000")
        await until(lambda: is_gone(second, "A009"))

        await staff.depart(first, "A008", by="10000")
        await until(lambda: is_gone(second, "A008"))


async def test_acts_and_work_wake_the_others(pair: Pair) -> None:
    first, second = pair
    second.outbox_news.clear()
    second.work_news.clear()
    async with first.database.transaction() as tx:
        await queue(first, tx, to_group(OTHER, "一"))
        await followup.groups_changed(first, tx, [OTHER])

    await until(lambda: second.outbox_news.is_set() and second.work_news.is_set())


async def test_who_comes_is_known_at_once_and_who_dies_by_looking(pair: Pair, clock: StoppedClock) -> None:
    first, second = pair
    assert (first.peers.others, second.peers.others) == ({SECOND_BOT}, {BOT})
    async with beating(first, "accounts"):
        await dies(second)
        clock.move(seconds=2)

        await until(lambda: first.peers.others == frozenset())
    assert SECOND_BOT in first.own_accounts()
