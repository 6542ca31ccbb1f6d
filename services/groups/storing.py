"""What a reading leaves behind: the group, its officers and members, and whom the next need not judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from config.phrases.groups import UNKNOWN
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships, office_history
from db.queries.groups import settled as settled_rows
from db.queries.groups.last_seen import GroupRow
from db.queries.joining import requests as request_rows
from regulation.checks import Inspection
from regulation.deadlines import day_of
from regulation.groups import offices
from regulation.groups.settled import Sieved, sieve
from regulation.groups.settled import settle as settle_list
from regulation.model import GroupSnapshot, Member, Role
from regulation.registry import Registry
from services import processes
from services.app import App
from services.groups import settled
from services.ports import Reading


@dataclass(frozen=True, slots=True)
class Looked:
    """A whole list, compared with the last one; `sieved` is None where it can't be compared."""

    snapshot: GroupSnapshot
    sieved: Sieved | None = None


async def store_group(app: App, tx: Transaction, reading: Reading) -> GroupRow | None:
    """Write what was seen of the group itself; offices only where the list is whole.

    Returns its row, as far as groups are judged by it, where it had one.
    """
    values: dict[str, Any] = {"name": reading.name[:300], "read_at": reading.read_at}
    if app.peers.elsewhere.get(reading.group_id) is None:
        values |= {"account": reading.account, "bot_role": reading.bot_role.value}
    row = await group_rows.get(tx, reading.group_id)
    if row is None or row.first_seen_at is None:
        values["first_seen_at"] = app.now()
    if row is None or not row.lost_since(reading.read_at, app.now()):
        values |= {"gone_at": None, "dismissed_at": None}
    if reading.complete:
        officers = offices.holders(reading.members)
        owner = next((m.user_id for m in officers if m.role is Role.OWNER), None)
        admins = sorted(m.user_id for m in officers if m.role is Role.ADMIN)
        values |= {"owner_id": owner, "admin_ids": admins, "member_count": len(reading.members)}
        values |= {"complete_at": reading.read_at, "unknown_because": None}
        await _store_offices(tx, reading, row.complete_at if row is not None else None)
    else:
        values["unknown_because"] = reading.why_incomplete[:200] or UNKNOWN["incomplete"]
    await group_rows.put(tx, reading.group_id, **values)
    if processes.serves_otherwise(app, reading):
        await processes.look_again(app, tx)
    return row and replace(
        row, name=values["name"], first_seen_at=values.get("first_seen_at", row.first_seen_at)
    )


async def store_members(app: App, tx: Transaction, known: Registry, snapshot: GroupSnapshot) -> Looked:
    """Write who is in, with as little as can be where the list is nearly as it was.

    The snapshot returned says who let in those that are to be judged, where that is known.
    """
    group_id, sieved, news = snapshot.group.group_id, None, None
    if not snapshot.short:
        kept = await settled_rows.get(tx, group_id)
        people = settled.people(app, known, day_of(snapshot.read_at))
        sieved = sieve(snapshot, people, settled.common(app, known), settled.names(app, known), kept)
        if sieved.kept is not None:
            news = {*(member.user_id for member in sieved.judge), *sieved.gone}
    whole = not snapshot.short
    let_in = await memberships.put_members(
        tx, group_id, snapshot.members, snapshot.read_at, whole=whole, news=news, compared=whole
    )
    await request_rows.close_inside(tx, group_id, snapshot.read_at, app.now())
    if let_in:
        snapshot = replace(snapshot, members=_let_in(snapshot.members, let_in))
        sieved = None if sieved is None else replace(sieved, judge=_let_in(sieved.judge, let_in))
    return Looked(snapshot, sieved)


def _let_in(members: Sequence[Member], by: Mapping[int, int]) -> tuple[Member, ...]:
    return tuple(replace(m, let_in_by=by[m.user_id]) if m.user_id in by else m for m in members)


async def _store_offices(tx: Transaction, reading: Reading, last_read: datetime | None) -> None:
    held = await office_history.of_group(tx, reading.group_id, held=True)
    ended, begun = offices.changes(held, reading.members, reading.read_at, short=reading.short > 0)
    await office_history.end(tx, reading.group_id, ended, last_read or reading.read_at)
    await office_history.begin(tx, reading.group_id, begun)


async def settle(
    app: App,
    tx: Transaction,
    known: Registry,
    judged: GroupSnapshot,
    sieved: Sieved | None,
    inspection: Inspection,
) -> None:
    """Keep for the next reading whom it need not judge."""
    kept = None
    if sieved is not None:
        found_in = inspection.found_in
        if inspection.unknown is not None:
            found_in = frozenset(member.user_id for member in judged.members)
        kept = settle_list(sieved, judged, known, app.policy, settled.names(app, known), found_in)
        if kept == sieved.kept:
            return
    await settled_rows.put(tx, judged.group.group_id, kept)
