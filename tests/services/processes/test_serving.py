"""Which account of which process serves a group."""

import asyncio
import logging

import pytest
from sqlalchemy import select

from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from db.tables.requests import join_requests
from regulation.model import Role
from services import processes
from services.cases import audit
from services.joining import rounds
from services.joining.heard import Heard
from services.watching import members
from tests import company
from tests.company import BOT, GROUP
from tests.services.processes.pair import SECOND_BOT, Pair, both_in, dies, read_again


@pytest.mark.parametrize(
    ("roles", "chosen"),
    [
        ({1: "member", 2: "member"}, 1),
        ({1: "member", 2: "admin"}, 2),
        ({2: "admin", 1: "admin"}, 1),
        ({3: "owner", 2: "admin"}, 2),
    ],
)
def test_an_admin_serves_and_of_several_the_lowest_number(roles: dict[int, str], chosen: int) -> None:
    assert processes.choose(roles) == chosen


@pytest.mark.parametrize(
    ("role", "second_role", "served_by"),
    [
        (Role.ADMIN, Role.ADMIN, BOT),
        (Role.MEMBER, Role.ADMIN, SECOND_BOT),
        (Role.MEMBER, Role.MEMBER, BOT),
    ],
)
async def test_a_shared_group_is_served_by_one_and_both_know_which(
    pair: Pair, role: Role, second_role: Role, served_by: int
) -> None:
    first, second = pair
    both_in(first, role, second_role)
    await read_again(first, second)

    assert {app.qq.account_for(GROUP) for app in pair} == {served_by}
    assert [processes.is_ours(app, GROUP) for app in pair] == [served_by == BOT, served_by == SECOND_BOT]


async def test_the_other_account_takes_over_a_shared_group_when_a_process_dies(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.ADMIN)
    await read_again(first, second)
    await dies(first)
    await processes.refresh(second)

    assert processes.is_ours(second, GROUP)


async def test_a_group_that_one_account_left_is_served_by_the_other(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.ADMIN)
    await read_again(first, second)

    await members.group_gone(first, GROUP, BOT)
    await processes.refresh(second)

    async with first.database.reading() as tx:
        row = await group_rows.get(tx, GROUP)
    assert row is not None
    assert row.gone_at is None
    assert processes.is_ours(second, GROUP)
    await members.group_gone(second, GROUP, SECOND_BOT)
    async with first.database.reading() as tx:
        row = await group_rows.get(tx, GROUP)
    assert row is not None
    assert row.gone_at is not None


async def test_our_accounts_are_never_judged_wherever_they_are_connected(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.MEMBER)
    await company.filed(first)
    await read_again(first, second)
    await dies(second)
    await processes.refresh(first)
    await audit.audit_group(first, GROUP)

    async with first.database.reading() as tx:
        found = await case_rows.open_of_group(tx, GROUP)
    assert not {case.user_id for case in found} & {BOT, SECOND_BOT}


async def test_a_request_heard_by_two_accounts_is_taken_in_by_the_one_that_serves(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.ADMIN)
    await read_again(first, second)
    await asyncio.gather(
        rounds.hear(first, Heard(BOT, GROUP, 30001, "你好", "flag-1")),
        rounds.hear(second, Heard(SECOND_BOT, GROUP, 30001, "你好", "flag-2")),
    )

    async with first.database.reading() as tx:
        assert (await tx.rows(select(join_requests.c.account))) == [(BOT,)]


async def test_a_second_process_is_refused_an_account_with_a_plain_line(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = pair

    with caplog.at_level(logging.WARNING, logger="qungui"):
        assert not await processes.claim(second, BOT)

    assert "另一个进程（host:1:first）" in caplog.text
    assert str(BOT) not in caplog.text
    await processes.release(first, BOT)
    assert await processes.claim(second, BOT)
