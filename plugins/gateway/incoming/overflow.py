"""Of which kind an event is, and what becomes of talk when there is no room: a look at the sender's card."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from nonebot.log import logger

from plugins.fields import number
from plugins.gateway.incoming.lines import Kind
from services.app import App
from services.groups import activity, cards_seen
from services.watching import members

# A card that isn't looked at now will be when its owner next speaks, or at night.
MOST_LOOKS = 100


class _Looking(dict[int, asyncio.Task[None]]):
    """The groups that are being looked at, each with the task that does."""


def kind_of(data: Mapping[str, Any], account: str) -> Kind | None:
    """Return in which line an event waits; None where nobody handles it."""
    if data["post_type"] == "message":
        if is_ordinary(data, account):
            return Kind.TALK
        return Kind.FILE if data.get("message_type") == "private" and _has_file(data) else Kind.COMMAND
    if data["post_type"] == "notice" and data.get("notice_type") == "offline_file":
        return Kind.FILE
    return {"request": Kind.REQUEST, "notice": Kind.NOTICE, "meta_event": Kind.META}.get(data["post_type"])


def _has_file(data: Mapping[str, Any]) -> bool:
    message = data["message"]
    if isinstance(message, str):
        return "[CQ:file," in message
    return any(one["type"] == "file" for one in message)


def is_ordinary(data: Mapping[str, Any], account: str) -> bool:
    """Tell whether a message is talk in a group that surely holds no command: no `/`, no @ of the bot."""
    if data.get("message_type") != "group":
        return False
    message = data.get("message")
    if isinstance(message, str):
        return message.lstrip()[:1] not in ("/", "／") and f"qq={account}" not in message
    if not isinstance(message, list) or not message:
        return True
    first = message[0]
    if first["type"] == "text" and first["data"]["text"].lstrip()[:1] in ("/", "／"):
        return False
    return not any(one["type"] == "at" and str(one["data"].get("qq")) == account for one in message)


def glance(app: App, data: Mapping[str, Any]) -> None:
    """Note that a group is in use, and have it looked at if the sender's card is news."""
    group_id, user_id = number(data.get("group_id")), number(data.get("user_id"))
    if group_id is None or user_id is None or data.get("message_type") != "group":
        return
    if data.get("anonymous") is not None or data.get("sub_type") in ("anonymous", "notice"):
        return
    activity.note_activity(app, group_id, app.now())
    sender = data.get("sender")
    card = sender.get("card") if isinstance(sender, Mapping) else None
    if not isinstance(card, str) or cards_seen.known_right(app, group_id, user_id, card):
        return
    looking = app.memory(_Looking)
    if len(looking) >= MOST_LOOKS or group_id in looking:
        return
    if cards_seen.needs_reading(app, group_id, user_id, card):
        looking[group_id] = asyncio.get_running_loop().create_task(members.look_soon(app, group_id))
        looking[group_id].add_done_callback(partial(_looked, looking, group_id))


def _looked(looking: _Looking, group_id: int, task: asyncio.Task[None]) -> None:
    looking.pop(group_id, None)
    if not task.cancelled() and (error := task.exception()) is not None:
        # The nightly reading finds it all the same.
        logger.opt(exception=error).warning(f"a card seen in passing wasn't noted: {type(error).__name__}")


async def looked(app: App) -> None:
    """Wait until every look that was asked for is on record."""
    await asyncio.gather(*app.memory(_Looking).values())
