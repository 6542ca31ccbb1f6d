"""What becomes of an ordinary message when there is no room for it: a look at the sender's card."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from nonebot.log import logger

from services.app import App
from services.groups import activity, cards_seen
from services.watching import members

_LARGEST = 2**53
_looking: dict[int, asyncio.Task[None]] = {}


def number(value: object) -> int | None:
    """Return a QQ or group number, 0 < n < 2**53, also from text; else None."""
    if isinstance(value, str):
        readable = value.isascii() and value.isdecimal() and len(value) < 17
        value = int(value) if readable else None
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LARGEST
    return value if good and isinstance(value, int) else None


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
    if not isinstance(card, str) or cards_seen.known_right(group_id, user_id, card):
        return
    if cards_seen.needs_reading(app, group_id, user_id, card) and group_id not in _looking:
        task = asyncio.get_running_loop().create_task(members.look_soon(app, group_id))
        _looking[group_id] = task
        task.add_done_callback(partial(_looked, group_id))


def _looked(group_id: int, task: asyncio.Task[None]) -> None:
    _looking.pop(group_id, None)
    if not task.cancelled() and (error := task.exception()) is not None:
        # The nightly reading finds it all the same.
        logger.opt(exception=error).warning(f"a card seen in passing wasn't noted: {type(error).__name__}")


async def looked() -> None:
    """Wait until every look that was asked for is on record."""
    await asyncio.gather(*_looking.values())
