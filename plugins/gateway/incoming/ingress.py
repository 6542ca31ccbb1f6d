"""What an event tells of the account it came to: QQ's clock, whether it is online, its groups and friends."""

from collections.abc import Mapping
from typing import Any

from config.phrases import gateway as say
from db import steady
from plugins.fields import number, odd
from plugins.gateway.accounts import Accounts
from plugins.gateway.connection import Connection
from services.app import App
from services.ports import GroupInfo
from services.watching import alerts

# More friends or groups than QQ allows are no news that anybody should believe.
MOST = 10_000


class _Online(set[int]):
    """The accounts that are noted as logged in."""


def read_clock(accounts: Accounts, data: Mapping[str, Any]) -> None:
    """Read QQ's clock off an event that has just come in."""
    if data["time"]:
        accounts.clocks[int(data["self_id"])].read(float(data["time"]), steady.seconds())


async def take_note(app: App, accounts: Accounts, data: Mapping[str, Any]) -> None:
    """Read off one event whether QQ has the account logged in, and what happened to the account itself."""
    connection = accounts.find(data["self_id"])
    if connection is None:
        return
    if data["post_type"] == "notice":
        await _notice(app, connection, data)
    elif data["post_type"] == "meta_event":
        online = data.get("status", {}).get("online")
        if online is True and connection.account not in app.memory(_Online):
            app.memory(_Online).add(connection.account)
            await alerts.came_online(app, connection.account)
        if online is True and not connection.online:
            connection.online = True
            app.outbox_news.set()
        elif online is False:
            await _went_offline(app, connection, say.HEARTBEAT_OFFLINE)
        elif data.get("meta_event_type") == "heartbeat" and online is None:
            odd(app, "meta_event.heartbeat: doesn't say whether the account is online")


async def _notice(app: App, connection: Connection, data: Mapping[str, Any]) -> None:
    """Note our own comings and goings, and new friends; the rest is other people's business."""
    kind, user_id, group_id = (
        data.get("notice_type"),
        number(data.get("user_id")),
        number(data.get("group_id")),
    )
    if kind == "bot_offline":
        why = data.get("message") or data.get("tag") or say.NO_REASON
        await _went_offline(app, connection, why[:100])
    elif kind == "friend_add":
        if user_id is None:
            odd(app, "notice.friend_add: no user_id")
        elif len(connection.friends) < MOST:
            connection.friends |= {user_id}
    elif user_id == connection.account and group_id is not None:
        if kind == "group_decrease":
            connection.left(group_id)
        elif kind == "group_increase" and len(connection.groups) < MOST:
            connection.groups.setdefault(group_id, GroupInfo(group_id, "", 0))


async def _went_offline(app: App, connection: Connection, why: str) -> None:
    """QQ logged the account out: hold its acts, and tell admin staff by another or when it is back."""
    if not connection.online:
        return
    connection.online = False
    app.memory(_Online).discard(connection.account)
    told = say.WENT_OFFLINE.format(account=connection.account, why=why)
    await alerts.went_offline(app, connection.account, told)
