"""Groups and withheld removals of a database that had columns nobody used."""

import sqlalchemy as sa

from db.ledger import Ledger
from db.migrate import upgrade
from db.queries.cases import batches
from db.queries.groups import last_seen
from db.tables.base import Moment
from db.tables.cases import removal_batches
from db.tables.ledger import ledger
from tests.company import AS_OF
from tests.db.old_versions import standing_at

_BATCHES = sa.table(
    "removal_batches", *(c._copy() for c in removal_batches.c), sa.column("shown_at", Moment())
)
_BATCH = {
    "id": 1, "made_at": AS_OF, "expires_at": AS_OF, "why": "many", "removals": [], "state": "lapsed",
    "settled_by": "bot", "settled_at": AS_OF, "shown_at": AS_OF,
}  # fmt: skip
_GROUP = {"group_id": 700001, "name": "市场部群", "member_count": 3}


async def test_they_are_as_they_were_and_sealed_anew(empty_url: str) -> None:
    database = await standing_at("0030", empty_url)
    database.ledger = Ledger(b"k" * 32)
    seal = database.ledger.seal("removal_batches", _BATCH)
    line = {"seq": 1, "source": "removal_batches", "row_id": "1", "seal": seal}
    line["hash"] = database.ledger.link(b"", 1, "removal_batches", "1", seal)

    def write(connection: sa.Connection) -> None:
        groups = sa.table("groups", *map(sa.column, _GROUP), sa.column("admin_ids", sa.JSON()))
        connection.execute(sa.insert(groups).values(**_GROUP, admin_ids=[]))
        connection.execute(sa.insert(_BATCHES).values(**_BATCH))
        connection.execute(sa.insert(ledger).values(**line))

    await database.plainly(write)
    await upgrade(database)
    async with database.reading() as tx:
        found = await database.ledger.verify(tx)
        batch, group = await batches.get(tx, 1), await last_seen.get(tx, 700001)
    await database.close()
    assert batch is not None
    assert batch.state == "lapsed"
    assert group is not None
    assert (group.name, group.member_count) == ("市场部群", 3)
    assert (found.lines, found.misfit) == (2, None)
