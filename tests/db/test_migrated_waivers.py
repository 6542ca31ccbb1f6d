"""Waivers that were given before it was written down to whom."""

from datetime import timedelta

import sqlalchemy as sa

from db.migrate import upgrade
from db.tables.groups import waivers
from db.tables.identities import identities
from tests.company import AS_OF
from tests.db.old_versions import standing_at

_OLD = sa.table("waivers", *(sa.column(c.name, c.type) for c in waivers.c if c.name != "employee_no"))


async def test_they_are_theirs_who_have_the_qq_now_also_if_it_was_bound_later(empty_url: str) -> None:
    database = await standing_at("0029", empty_url)
    day = timedelta(days=1)
    async with database.transaction() as tx:
        for user_id, no, at in ((1, "A1", AS_OF - day), (2, "A2", AS_OF + day)):
            row = {"user_id": user_id, "employee_no": no, "method": "roster", "verified_at": at}
            await tx.execute(sa.insert(identities).values(**row))
        for user_id in (1, 2, 3):
            row = {"id": user_id, "user_id": user_id, "code": "C1", "until": AS_OF + 9 * day, "reason": ""}
            await tx.execute(sa.insert(_OLD).values(**row, made_by=9, made_at=AS_OF))
    await upgrade(database)
    async with database.reading() as tx:
        found = await tx.rows(sa.select(waivers.c.employee_no).order_by(waivers.c.id))
    await database.close()
    assert [number for (number,) in found] == ["A1", "A2", None]
