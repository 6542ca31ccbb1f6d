"""Members as read and as they come in: whose word counts."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from db.engine import Database
from db.queries.groups import memberships
from db.queries.people import identities
from db.tables.base import ZONE
from db.tables.groups import memberships as members_table
from regulation.model import Member

GROUP = 700001
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
LATER = NOW + timedelta(seconds=5)
put_whole = partial(memberships.put_members, whole=True, compared=True)


async def inside(database: Database) -> dict[int, bool]:
    """Return who was ever seen in the group, and whether they are in it."""
    async with database.reading() as tx:
        rows = await tx.rows(select(members_table.c.user_id, members_table.c.gone_at))
    return {row.user_id: row.gone_at is None for row in rows}


async def test_who_is_missing_from_a_whole_list_is_gone(database: Database) -> None:
    async with database.transaction() as tx:
        await memberships.put_members(tx, GROUP, [Member(1), Member(2)], NOW, whole=True)
        await memberships.put_members(tx, GROUP, [Member(1)], LATER, whole=True)
    assert await inside(database) == {1: True, 2: False}


async def test_who_came_in_after_a_reading_was_begun_is_not_gone_by_it(database: Database) -> None:
    async with database.transaction() as tx:
        await memberships.put_members(tx, GROUP, [Member(1)], NOW, whole=True)
        await memberships.put_entered(tx, [(GROUP, 2)], LATER)
        await memberships.put_members(tx, GROUP, [Member(1)], NOW, whole=True)
    assert await inside(database) == {1: True, 2: True}


async def test_who_comes_in_again_is_in_again_and_who_is_in_stays_as_known(database: Database) -> None:
    async with database.transaction() as tx:
        await memberships.put_members(tx, GROUP, [Member(1, "甲", "市场部-甲"), Member(2)], NOW, whole=True)
        await memberships.put_members(tx, GROUP, [Member(1, "甲", "市场部-甲")], NOW, whole=True)
        await memberships.put_entered(tx, [(GROUP, 1), (GROUP, 2)], LATER)
        cards = await tx.rows(select(members_table.c.user_id, members_table.c.card))
    assert await inside(database) == {1: True, 2: True}
    assert {row.user_id: row.card for row in cards} == {1: "市场部-甲", 2: ""}


async def test_a_qq_number_bound_meanwhile_stays_as_it_is(database: Database) -> None:
    async with database.transaction() as tx:
        await identities.put(tx, 20001, "A1", "admin", NOW, "10000")
        new = await identities.put_proved(tx, {20001: "A2", 20002: "A3"}, LATER, {20001: "", 20002: ""})
        known = {one.user_id: (one.employee_no, one.method) for one in await identities.load_all(tx)}
    assert new == [20002]
    assert known == {20001: ("A1", "admin"), 20002: ("A3", "proof")}


async def test_what_was_written_since_is_compared_though_the_list_is_as_it_was(database: Database) -> None:
    listed = [Member(1, card="甲"), Member(2, card="乙"), Member(3, card="丙")]
    async with database.transaction() as tx:
        await put_whole(tx, GROUP, listed, NOW)
        await memberships.member_gone(tx, GROUP, 1, NOW)
        await memberships.put_members(tx, GROUP, [Member(2)], NOW, whole=False)
        await memberships.let_in(tx, GROUP, 3, 1)
        await memberships.put_entered(tx, [(GROUP, 4)], NOW)
        let_in = await put_whole(tx, GROUP, listed, LATER, news=())
        rows = await tx.rows(select(members_table.c.user_id, members_table.c.card, members_table.c.touched))
    assert let_in == {3: 1}
    assert await inside(database) == {1: True, 2: True, 3: True, 4: False}
    assert set(map(tuple, rows)) == {(1, "甲", False), (2, "乙", False), (3, "丙", False), (4, "", False)}


async def test_of_a_list_that_is_as_it_was_only_the_news_are_compared(database: Database) -> None:
    before = [Member(1, card="甲"), Member(2, card="乙"), Member(3), Member(5)]
    now = [Member(1, card="别"), Member(2, card="别"), Member(4)]
    async with database.transaction() as tx:
        await put_whole(tx, GROUP, before, NOW)
        await put_whole(tx, GROUP, now, LATER, news=(1, 3, 4))
        cards = dict(map(tuple, await tx.rows(select(members_table.c.user_id, members_table.c.card))))
    assert cards == {1: "别", 2: "乙", 3: "", 4: "", 5: ""}
    assert await inside(database) == {1: True, 2: True, 3: False, 4: True, 5: True}


async def test_who_went_before_is_gone_since_then(database: Database) -> None:
    async with database.transaction() as tx:
        await put_whole(tx, GROUP, [Member(1), Member(2)], NOW)
        await memberships.member_gone(tx, GROUP, 2, NOW)
        await put_whole(tx, GROUP, [Member(1)], LATER, news=(2,))
        wanted = select(members_table.c.gone_at, members_table.c.touched).where(members_table.c.user_id == 2)
        assert list(map(tuple, await tx.rows(wanted))) == [(NOW, False)]
