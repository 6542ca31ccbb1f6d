"""What may come in: events of the account that is connected, and nothing a stranger posts.

Also reads off each event what it tells of the account itself: QQ's clock, and whether it is online.
"""

from typing import Any

from config.phrases import gateway as say
from plugins.gateway.accounts import Accounts
from plugins.gateway.connection import Connection
from plugins.gateway.incoming.overflow import number
from plugins.gateway.profiles.base import text
from services.app import App
from services.ports import GroupInfo, UnreachableError
from services.watching import alerts

# More friends or groups than QQ allows are no news that anybody should believe.
MOST = 10_000


def is_from(self_id: object, account: str) -> bool:
    """Tell whether an event names the account whose connection it came by."""
    return isinstance(self_id, int) and str(self_id) == account


async def take_note(app: App, accounts: Accounts, event: Any) -> None:
    """Read the clock, and whether QQ has the account logged in, off one event (by its attributes)."""
    try:
        connection = accounts.get(event.self_id)
    except UnreachableError:
        return
    told_at = getattr(event, "time", None)
    if isinstance(told_at, int | float) and 0 < told_at < 1 << 40:
        connection.skew.read(float(told_at), app.now().timestamp())
    if event.post_type == "notice":
        await _notice(app, connection, event)
    elif event.post_type == "meta_event":
        online = getattr(getattr(event, "status", None), "online", None)
        if online is True and not connection.online:
            connection.online = True
            app.outbox_news.set()
        elif online is False:
            await _went_offline(app, connection, say.HEARTBEAT_OFFLINE)


async def _notice(app: App, connection: Connection, event: Any) -> None:
    """Note our own comings and goings, and new friends; the rest is other people's business."""
    kind, group_id = getattr(event, "notice_type", None), getattr(event, "group_id", None)
    about_us = getattr(event, "user_id", None) == connection.account
    if kind == "bot_offline":
        why = text(getattr(event, "message", "")) or text(getattr(event, "tag", "")) or say.NO_REASON
        await _went_offline(app, connection, why[:100])
    elif kind == "friend_add" and (friend := number(getattr(event, "user_id", None))) is not None:
        if len(connection.friends) < MOST:
            connection.friends |= {friend}
    elif about_us and (group_id := number(group_id)) is not None:
        if kind == "group_decrease":
            connection.left(group_id)
        elif kind == "group_increase" and len(connection.groups) < MOST:
            connection.groups.setdefault(group_id, GroupInfo(group_id, "", 0))


async def _went_offline(app: App, connection: Connection, why: str) -> None:
    """QQ logged the account out: hold its acts, and tell admin staff by another or when it is back."""
    if not connection.online:
        return
    connection.online = False
    told = say.WENT_OFFLINE.format(account=connection.account, why=why)
    await alerts.tell(app, told, key=f"offline:{connection.account}:{app.now():%Y%m%d%H}")
