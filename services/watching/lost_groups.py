"""What admin staff hear of groups that none of ours is in any more: one line, however many while it waits.

They may be lost all together, and at night the line waits for the morning.
"""

from config.phrases import groups as say
from db.engine import Transaction
from db.queries.work import switches, unsaid
from services import acts, outbox
from services.app import App
from services.people import roles

_NAMED = 10
_KEY = "lost groups:"
# What a waiting line says, as [number, name] of each group.
_LOST = "lost"


async def tell(app: App, tx: Transaction, group_id: int, name: str) -> None:
    """Say to admin staff that a group is lost, in the line that waits if there is one."""
    for user_id in await roles.admin_staff(app, tx):
        await _tell_one(app, tx, user_id, group_id, name)
    await _say_in_group(app, tx)


async def _tell_one(app: App, tx: Transaction, user_id: int, group_id: int, name: str) -> None:
    key = f"{_KEY}{user_id}:"
    waits = await unsaid.waiting(tx, key)
    before = [] if waits is None else [one for one in waits.payload[_LOST] if one[0] != group_id]
    lost = [*before, [group_id, name]]
    once = f"{key}{group_id}:{app.now().isoformat()}"
    act = acts.to_person(user_id, _line(lost), key=once, purpose="staff")
    act.payload[_LOST] = lost
    if waits is None:
        await outbox.queue(app, tx, act)
    else:
        await unsaid.reword(tx, waits.id, act.payload)


def _line(lost: list[list[int | str]]) -> str:
    if len(lost) == 1:
        [(group_id, name)] = lost
        return say.LOST.format(group=name, group_id=group_id)
    named = "、".join(say.LOST_ONE.format(group=name, group_id=no) for no, name in lost[:_NAMED])
    more = say.LOST_MORE if len(lost) > _NAMED else ""
    return say.LOST_SEVERAL.format(count=len(lost), groups=named + more)


async def _say_in_group(app: App, tx: Transaction) -> None:
    """Say in ADMIN_GROUP that there are some, once an hour at most, and not while it waits to be said."""
    now, group_id = app.now(), app.settings.admin_group
    if group_id is None or await unsaid.waiting(tx, f"{_KEY}group:") is not None:
        return
    if await switches.put_hourly(tx, "told:lost", now):
        key = f"{_KEY}group:{now.isoformat()}"
        act = acts.to_group(group_id, say.LOST_PUBLIC, key=key, purpose="staff")
        await outbox.queue(app, tx, act)
