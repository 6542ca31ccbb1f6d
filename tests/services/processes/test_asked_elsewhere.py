"""Who asks one process about a group that only an account of another process is in."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from db.queries.groups import last_seen as group_rows
from db.tables.work import spot_checks as drawn_checks
from services import processes
from services.groups import group_check, modes
from services.reports import spot_checks
from tests.company import GROUP, OTHER, filed
from tests.conftest import StoppedClock
from tests.services.processes.pair import Pair, PeerQQ, beating


@pytest.fixture
async def asked(pair: Pair, clock: StoppedClock) -> Pair:
    """Both groups are filed, and a while passes."""
    for group_id in (GROUP, OTHER):
        await filed(pair[0], group_id)
    clock.move(minutes=5)
    return pair


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for long where nobody answers."""
    monkeypatch.setattr(processes, "LOOKS", 2)


def wrong_card(pair: Pair) -> None:
    """Have somebody in OTHER carry a card of a kind that is no case yet."""
    qq = pair[1].gateway
    assert isinstance(qq, PeerQQ)
    qq.lists[OTHER][:] = [
        replace(one, card="乱写") if one.user_id == 20002 else one for one in qq.lists[OTHER]
    ]


async def stored_checks(pair: Pair) -> list[tuple[int, str | None]]:
    async with pair[0].database.reading() as tx:
        wanted = select(drawn_checks.c.group_id, drawn_checks.c.outcome).where(
            drawn_checks.c.drawn_by == "10000"
        )
        return [
            (group_id, outcome) for group_id, outcome in await tx.rows(wanted.order_by(drawn_checks.c.id))
        ]


async def test_a_group_check_is_answered_by_the_process_that_serves_the_group(
    asked: Pair, clock: StoppedClock
) -> None:
    first, second = asked
    async with beating(second, "enforcing"):
        before = await group_check.check(second, OTHER)
        wrong_card(asked)
        clock.move(minutes=5)
        found = await group_check.check(first, OTHER)

    assert found.ok
    assert found.text != before.text
    assert found.text == (await group_check.check(second, OTHER)).text


async def test_a_group_check_tells_why_the_other_process_could_not_judge(asked: Pair) -> None:
    first, second = asked
    assert isinstance(second.gateway, PeerQQ)
    second.gateway.down = True
    async with beating(second, "enforcing"):
        found = await group_check.check(first, OTHER)

    assert not found.ok
    assert "没有应答" in found.text


@pytest.mark.usefixtures("impatient")
async def test_a_group_check_says_who_reads_where_no_reading_comes(asked: Pair) -> None:
    first, _ = asked
    found = await group_check.check(first, OTHER)

    assert not found.ok
    assert found.public == found.text
    assert "另一个账号" in found.text
    assert "一分钟后" in found.text
    assert "不能下结论" not in found.text
    async with first.database.reading() as tx:
        row = await group_rows.get_or_blank(tx, OTHER)
        assert await group_rows.due(tx, first.now()) == [OTHER]
    assert row.unknown_because is None


@pytest.mark.usefixtures("impatient")
async def test_a_group_check_promises_no_reading_while_all_is_paused(asked: Pair) -> None:
    first, _ = asked
    await modes.pause(first, by="10000")
    found = await group_check.check(first, OTHER)

    assert "暂停" in found.text
    assert "一分钟后" not in found.text


async def test_a_group_that_is_in_neither_process_is_unknown_at_once(asked: Pair) -> None:
    first, second = asked
    assert isinstance(second.gateway, PeerQQ)
    first.peers = replace(first.peers, others=frozenset())
    found = await group_check.check(first, OTHER)

    assert "不能下结论" in found.text


async def test_a_drawn_check_is_done_by_the_process_that_serves_the_group(asked: Pair) -> None:
    first, second = asked
    wrong_card(asked)
    async with beating(second, "spot checks"):
        one = await spot_checks.draw_one(first, OTHER, by=10000)
        both = await spot_checks.draw_some(first, 2, by=10000)

    assert [(found.outcome, found.findings.by_code.get("C1", 0) > 0) for found in one.results] == [
        ("findings", True)
    ]
    assert {found.group_id for found in both.results} == {GROUP, OTHER}
    by_group = {found.group_id: found for found in both.results}
    assert by_group[OTHER].before == one.results[0].findings.total
    assert "未知" not in both.text
    assert {"unknown", None}.isdisjoint(outcome for _, outcome in await stored_checks(asked))


@pytest.mark.usefixtures("impatient")
async def test_a_drawn_check_that_takes_long_is_left_to_the_other_process(asked: Pair) -> None:
    first, second = asked
    drawn = await spot_checks.draw_one(first, OTHER, by=10000)

    assert [found.outcome for found in drawn.results] == [None]
    assert "另一个账号" in drawn.text
    assert "未知" not in drawn.text
    assert drawn.public is not None
    assert "1 个还在查" in drawn.public
    assert await stored_checks(asked) == [(OTHER, None)]

    done = await spot_checks.run_due(second)
    assert [found.outcome for found in done if found.id == drawn.results[0].id] == ["findings"]
