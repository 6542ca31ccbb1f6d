"""How each group was last read, those that are filed and were never seen among them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from db.engine import Transaction
from db.tables.groups import filings, groups
from regulation.groups.readings import LastReading
from regulation.model import FilingState

_SEEN = select(
    groups.c.group_id, groups.c.name, groups.c.complete_at, groups.c.unknown_because, groups.c.gone_at
)
_FILED = select(filings.c.group_id, filings.c.name).where(filings.c.state == FilingState.APPROVED.value)


async def last_readings(
    tx: Transaction, exempt: int | None, group_ids: Collection[int] | None = None
) -> list[LastReading]:
    """Return the last reading of every group known or filed (of these groups), by id.

    `exempt`: the group that needs no filing, and is answered for like a filed one.
    """
    filed = {group_id: name or "" for group_id, name in await tx.fetch(_FILED, {})}
    found = readings_of(await tx.fetch(_SEEN, {}), filed, exempt)
    return found if group_ids is None else [one for one in found if one.group_id in group_ids]


def readings_of(
    seen: Iterable[Sequence[Any]], filed: Mapping[int, str], exempt: int | None
) -> list[LastReading]:
    """Return the last readings of groups as `seen` (id, name, complete, why not, gone) or as `filed`."""
    found = {group_id: LastReading(group_id, name, ours=True) for group_id, name in filed.items()}
    for group_id, name, complete_at, why, gone_at in seen:
        ours = group_id in filed or group_id == exempt
        name = name or filed.get(group_id, "")
        found[group_id] = LastReading(group_id, name, ours, complete_at, why or "", gone_at)
    return [found[group_id] for group_id in sorted(found)]
