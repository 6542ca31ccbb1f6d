"""What the QQ side tells admin staff about itself: sending resumed, an account offline, undelivered."""

from collections.abc import Sequence
from functools import partial

from config.phrases import gateway as say
from db.postgres.locks import Lock
from db.queries.work import outbox as rows
from db.queries.work import switches, unsaid
from db.queries.work.outbox import Undelivered
from services.acts import ALERT, FOR_STAFF, MESSAGES
from services.app import App
from services.naming import said
from services.people import roles

_UNDELIVERED = "undelivered"


async def tell(app: App, text: str, *, key: str) -> None:
    """Tell admin staff, once an hour at most per `key`, through whatever account can."""
    async with app.database.transaction() as tx:
        await roles.tell_admin_staff_rarely(app, tx, text, public=text, note=key, purpose=ALERT)


async def went_offline(app: App, account: int, text: str) -> None:
    """Tell admin staff that QQ logged an account out: once, however often it is seen before `came_online`.

    Not again, either, while the message about the last time is still being sent.
    """
    async with app.database.transaction() as tx:
        if await switches.get(tx, _offline(account)) is not None:
            return
        now = app.now()
        await switches.put(tx, _offline(account), True, by="bot", at=now)
        await unsaid.call_off(tx, f"{_online(account)}:", now)
        if await unsaid.is_any(tx, f"{_offline(account)}:"):
            return
        key = f"{_offline(account)}:{now.isoformat()}"
        await roles.tell_admin_staff(app, tx, text, public=text, key=key, purpose=ALERT)


async def came_online(app: App, account: int) -> None:
    """Note that an account is logged in again, so that its next log-out is news.

    Those who couldn't be told of the last one, because only this account reaches them, hear that it was
    logged out and is back.
    """
    async with app.database.transaction() as tx:
        since = await switches.told(tx, _offline(account))
        if since is None:
            return
        await switches.drop(tx, _offline(account))
        now = app.now()
        unheard = await unsaid.call_off(tx, f"{_offline(account)}:", now)
        text = say.BACK_ONLINE.format(account=account, since=said(since.set_at, now))
        key = f"{_online(account)}:{now.isoformat()}"
        await roles.tell_admin_staff(app, tx, text, public=text, key=key, purpose=ALERT, only=unheard)


def _offline(account: int) -> str:
    return f"offline:{account}"


def _online(account: int) -> str:
    return f"online:{account}"


async def tell_undelivered(app: App) -> None:
    """Tell admin staff of messages that could not be delivered: each once, in one message an hour.

    Messages to admin staff that failed are only marked: telling them the same way would not help. What
    fails after an hour's message was written is told with the next.
    """
    untold = partial(rows.dead_and_untold, kinds=[kind.value for kind in MESSAGES])
    if not await app.database.run(untold, writes=False):
        return
    now = app.now()
    async with app.database.transaction() as tx:
        # Another process may be telling just now of some of them.
        await tx.lock(Lock.UNDELIVERED)
        dead = await untold(tx)
        others = [row for row in dead if row.payload.get("purpose") not in FOR_STAFF]
        done = [row for row in dead if row.payload.get("purpose") in FOR_STAFF]
        if others and await roles.tell_admin_staff_rarely(app, tx, _digest(others), note=_UNDELIVERED):
            done += others
        await rows.told(tx, [row.id for row in done], now)


def _digest(dead: Sequence[Undelivered]) -> str:
    kinds = "、".join(dict.fromkeys(say.KINDS[row.kind] for row in dead))
    why = next((row.result for row in reversed(dead) if row.result), say.NO_REASON)
    return say.NOT_DELIVERED.format(n=len(dead), kinds=kinds, why=why)
