"""What may come in: events of the account that is connected, and nothing a stranger posts.

Also reads off each event what it tells of the account itself: QQ's clock, and whether it is online.
"""

from typing import Any

from config.phrases import gateway as say
from plugins.gateway.accounts import Accounts
from plugins.gateway.connection import Connection
from services import alerts
from services.app import App
from services.ports import UnreachableError


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
    if event.post_type == "notice" and getattr(event, "notice_type", None) == "bot_offline":
        await _went_offline(app, connection, event)
    elif event.post_type == "meta_event":
        online = getattr(getattr(event, "status", None), "online", None)
        if isinstance(online, bool) and online is not connection.online:
            connection.online = online
            app.outbox_news.set()


async def _went_offline(app: App, connection: Connection, event: Any) -> None:
    """QQ logged the account out: hold its acts, and tell admin staff by another or when it is back."""
    if not connection.online:
        return
    connection.online = False
    why = str(getattr(event, "message", "") or getattr(event, "tag", "") or "没有说明")[:100]
    text = say.WENT_OFFLINE.format(account=connection.account, why=why)
    key = f"offline:{connection.account}:{app.now():%Y%m%d%H%M}"
    await alerts.tell(app, text, key=key)
