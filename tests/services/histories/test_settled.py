"""Who is known to be in order is not judged again, and nothing comes out otherwise for it.

Each random history is lived twice: once as the bot does, once with everybody judged at every
reading. What is in the database afterwards must be the same, to the last deadline and fine.
"""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, delete, func, select

from db.engine import Transaction
from db.tables import metadata
from db.tables.groups import settled
from services.outbox import NOTE
from tests.services.histories.history import History, live

# What differs between two databases that say the same: who wrote it, and what was kept of readings.
_OWN = {("outbox", "claimed_by"), ("memberships", "touched"), ("imports", "file_hash")}
_KEPT = {"settled", "ledger"}
_DRAWN = re.compile(":[0-9a-f]{12}(?=:)")
few = settings(deadline=None, max_examples=settings().max_examples // 5)


class Remembered(History):
    """A history after which it is known what the database holds.

    Nobody asks to join: what a proof brings is written beside the rest, and so comes sooner or later.
    """

    @property
    def happenings(self):
        return [one for one in super().happenings if one not in (self.ask, self.work_off)]

    async def live(self) -> None:
        await super().live()
        async with self.app.database.reading() as tx:
            self.kept = (await tx.rows(select(func.count()).select_from(settled)))[0][0]
            self.rows = {table.name: await rows_of(tx, table) for table in metadata.sorted_tables}


class JudgedWhole(Remembered):
    """One in which nothing is kept of a reading."""

    async def look(self) -> None:
        async with self.app.database.transaction() as tx:
            await tx.execute(delete(settled))
        await super().look()


async def rows_of(tx: Transaction, table: Table) -> list[tuple[Any, ...]]:
    columns = [column for column in table.c if (table.name, column.name) not in _OWN]
    return sorted((tuple(map(_same, row)) for row in await tx.rows(select(*columns))), key=repr)


def _same(value: Any) -> Any:
    """Return what a column says, but for when a file was made, and what tells one note from the next."""
    if isinstance(value, str) and value.startswith(NOTE):
        return _DRAWN.sub("", value)
    return {**value, "file_hash": ""} if isinstance(value, dict) else value


@few
@given(seed=st.integers(0, 2**48))
def test_what_comes_out_is_what_judging_everybody_gives(sqlite_template: bytes, seed: int) -> None:
    as_is, whole = live(seed, sqlite_template, Remembered), live(seed, sqlite_template, JudgedWhole)
    assert as_is.kept
    for table in as_is.rows.keys() - _KEPT:
        assert as_is.rows[table] == whole.rows[table], table
