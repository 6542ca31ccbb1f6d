"""How each group was last read, those that are filed and were never seen among them."""

from collections.abc import Collection

from sqlalchemy import select

from db.engine import Transaction
from db.tables.groups import filings, groups
from regulation.model import FilingState
from regulation.readings import LastReading


async def last_readings(
    tx: Transaction, exempt: int | None, group_ids: Collection[int] | None = None
) -> list[LastReading]:
    """Return the last reading of every group known or filed (of these groups), by id.

    `exempt`: the group that needs no filing, and is answered for like a filed one.
    """
    approved = select(filings.c.group_id, filings.c.name).where(filings.c.state == FilingState.APPROVED.value)
    filed = {row.group_id: row.name or "" for row in await tx.execute(approved)}
    columns = (
        groups.c.group_id, groups.c.name, groups.c.complete_at, groups.c.unknown_because, groups.c.gone_at,
    )  # fmt: skip
    found = {group_id: LastReading(group_id, name, ours=True) for group_id, name in filed.items()}
    for row in await tx.execute(select(*columns)):
        found[row.group_id] = LastReading(
            row.group_id,
            row.name or filed.get(row.group_id, ""),
            row.group_id in filed or row.group_id == exempt,
            row.complete_at,
            row.unknown_because or "",
            row.gone_at,
        )
    return [found[g] for g in sorted(found) if group_ids is None or g in group_ids]
