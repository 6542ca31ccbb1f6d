"""What admin staff hear of groups that none of ours is in any more: one line, however many while it waits.

They may be lost all together, and at night the line waits for the morning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from config.phrases import groups as say
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.work import outbox as rows
from db.queries.work import unsaid
from db.queries.work.outbox import OutboxRow
from db.queries.work.unsaid import Unsaid
from services import acts, outbox
from services.app import App
from services.people import roles

# Its number and its name, as JSON keeps them.
_Group = list[int | str]
_NAMED = 10
_KEY = "lost groups:"
# The groups that a waiting line tells of.
_LOST = "lost"


async def tell(app: App, tx: Transaction, group_id: int, name: str) -> None:
    """Say to admin staff that a group is lost, in the line that waits if there is one."""
    for user_id in await roles.admin_staff(app, tx):
        await _tell_one(app, tx, user_id, [group_id, name])
    await _say_in_group(app, tx, [group_id, name])


async def are_back(tx: Transaction, payload: Mapping[str, Any]) -> bool:
    """Tell whether we are in all the groups again that a message calls lost; False of any other message."""
    return bool(payload.get(_LOST)) and not await _still(tx, payload[_LOST])


async def as_it_is(tx: Transaction, row: OutboxRow, worker: str) -> OutboxRow:
    """Reword a message that `worker` is about to send, so that it names only groups that are still lost."""
    told = row.payload.get(_LOST, ())
    lost = await _still(tx, told) if told and row.user_id is not None else told
    if lost == told:
        return row
    payload = {**row.payload, "parts": [{"text": _line(lost)}], _LOST: lost}
    await rows.change(tx, row.id, worker, payload=payload)
    return replace(row, payload=payload)


async def _still(tx: Transaction, lost: Sequence[_Group]) -> list[_Group]:
    seen = await group_rows.get_many(tx, [int(group_id) for group_id, _ in lost])
    return [one for one in lost if int(one[0]) not in seen or seen[int(one[0])].gone_at is not None]


async def _tell_one(app: App, tx: Transaction, user_id: int, group: _Group) -> None:
    key = f"{_KEY}{user_id}:"
    waits = await unsaid.waiting(tx, key)
    lost = _with(waits, group)
    once = f"{key}{group[0]}:{app.now().isoformat()}"
    act = acts.to_person(user_id, _line(lost), key=once, purpose="staff")
    act.payload[_LOST] = lost
    if waits is None:
        await outbox.queue(app, tx, act)
    else:
        await unsaid.reword(tx, waits.id, act.payload)


def _with(waits: Unsaid | None, group: _Group) -> list[_Group]:
    before = [] if waits is None else [one for one in waits.payload[_LOST] if one[0] != group[0]]
    return [*before, group]


def _line(lost: list[_Group]) -> str:
    if len(lost) == 1:
        [(group_id, name)] = lost
        return say.LOST.format(group=name, group_id=group_id)
    named = "、".join(say.LOST_ONE.format(group=name, group_id=no) for no, name in lost[:_NAMED])
    more = say.LOST_MORE if len(lost) > _NAMED else ""
    return say.LOST_SEVERAL.format(count=len(lost), groups=named + more)


async def _say_in_group(app: App, tx: Transaction, group: _Group) -> None:
    """Say in ADMIN_GROUP that groups were lost, once an hour at most, and not while such a message waits."""
    if app.settings.admin_group is None:
        return
    if (waits := await unsaid.waiting(tx, f"{outbox.NOTE}{_LOST}:")) is not None:
        await unsaid.reword(tx, waits.id, {**waits.payload, _LOST: _with(waits, group)})
        return
    act = acts.to_group(app.settings.admin_group, say.LOST_PUBLIC, purpose="staff")
    act.payload[_LOST] = [group]
    await outbox.queue_rarely(app, tx, _LOST, roles.HOUR, act)
