"""Of each group's last whole reading, whom the next one need not judge; see `regulation.groups.settled`."""

from functools import cache

from sqlalchemy import Executable, bindparam, delete

from db.engine import Transaction
from db.tables.groups import settled
from db.values import Reader, written
from db.writing.made_once import insert_for
from regulation.groups.settled import Settled

_ROWS = Reader(Settled, settled)
_OF_GROUP = _ROWS.select.where(settled.c.group_id == bindparam("of"))
_DROP = delete(settled).where(settled.c.group_id == bindparam("of"))


async def get(tx: Transaction, group_id: int) -> Settled | None:
    """Return what was kept of a group's last whole reading, if anything."""
    found = await _ROWS.all(tx, _OF_GROUP, {"of": group_id})
    return found[0] if found else None


async def put(tx: Transaction, group_id: int, kept: Settled | None) -> None:
    """Keep this of a group's last whole reading; None: nothing, so that the next one judges everybody."""
    if kept is None:
        await tx.execute(_DROP, {"of": group_id})
    else:
        await tx.change(_put(tx.dialect), {"group_id": group_id, **written(kept)})


@cache
def _put(dialect: str) -> Executable:
    statement = insert_for(dialect)(settled)
    others = {column.name: statement.excluded[column.name] for column in _ROWS.columns}
    return statement.on_conflict_do_update(index_elements=["group_id"], set_=others)
