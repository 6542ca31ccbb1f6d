"""Members as read and as they come in: whose word counts."""

from datetime import datetime, timedelta

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
        new = await identities.put_new(tx, {20001: "A2", 20002: "A3"}, "proof", LATER, {20001: "", 20002: ""})
        known = {one.user_id: (one.employee_no, one.method) for one in await identities.load_all(tx)}
    assert new == [20002]
    assert known == {20001: ("A1", "admin"), 20002: ("A3", "proof")}
