"""How each group was last read, those that are filed and were never seen among them."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select

from db.engine import Transaction
from db.queries.groups import last_seen
from db.queries.groups.last_seen import GroupGlance
from db.tables.groups import filings
from regulation.model import FilingState
from regulation.readings import LastReading

_FILED = select(filings.c.group_id, filings.c.name).where(filings.c.state == FilingState.APPROVED.value)


async def last_readings(
    tx: Transaction, exempt: int | None, group_ids: Collection[int] | None = None
) -> list[LastReading]:
    """Return the last reading of every group known or filed (of these groups), by id.

    `exempt`: the group that needs no filing, and is answered for like a filed one.
    """
    known = await last_seen.glances(tx)
    filed = {group_id: name or "" for group_id, name in await tx.fetch(_FILED, {})}
    found = readings_of(known.values(), filed, exempt)
    return found if group_ids is None else [one for one in found if one.group_id in group_ids]


def readings_of(
    known: Iterable[GroupGlance], filed: Mapping[int, str], exempt: int | None
) -> list[LastReading]:
    """Return the last readings of groups as seen, and of those that are only `filed`, by id."""
    found = {group_id: LastReading(group_id, name, ours=True) for group_id, name in filed.items()}
    for row in known:
        found[row.group_id] = LastReading(
            row.group_id,
            row.name or filed.get(row.group_id, ""),
            row.group_id in filed or row.group_id == exempt,
            row.complete_at,
            row.unknown_because or "",
            row.gone_at,
        )
    return [found[group_id] for group_id in sorted(found)]
