"""Talk in a group: all that it calls for is a look at the sender's card, in passing.

NoneBot never has it (docs/decisions/0025): a model of the event and task groups cost many times the look.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from time import perf_counter
from typing import Any

from nonebot.log import logger

from plugins.fields import NOBODY
from services.app import App
from services.groups import activity, cards_seen
from services.watching import members

# A card that isn't looked at now will be when its owner next speaks, or at night.
MOST_LOOKS = 100


class _Looking(dict[int, asyncio.Task[None]]):
    """The groups that are being looked at, each with the task that does."""


def is_talk(data: Mapping[str, Any], account: str) -> bool:
    """Tell whether a message is one in a group that surely holds no command: no `/`, no @ of the bot."""
    # What the account itself said has a type of message, too, and perhaps no words.
    if data["post_type"] != "message" or data.get("message_type") != "group":
        return False
    message = data["message"]
    if isinstance(message, str):
        return message.lstrip()[:1] not in ("/", "／") and f"qq={account}" not in message
    if not message:
        return True
    first = message[0]
    if first["type"] == "text" and first["data"]["text"].lstrip()[:1] in ("/", "／"):
        return False
    return not any(one["type"] == "at" and str(one["data"].get("qq")) == account for one in message)


def look(app: App, data: Mapping[str, Any]) -> None:
    """Note that a group is in use, and have it looked at if the card of whoever speaks is news."""
    if data.get("message_type") != "group":
        return
    began = perf_counter()
    if _is_nobody(data):
        app.tally.drop("nobody")
        return
    group_id, user_id = data["group_id"], data["user_id"]
    activity.note_activity(app, group_id, app.now())
    card = data.get("sender", {}).get("card")
    if card is not None and not cards_seen.known_right(app, group_id, user_id, card):
        _look_soon(app, group_id, user_id, card)
    app.tally.look_seconds.observe(perf_counter() - began)


def _is_nobody(data: Mapping[str, Any]) -> bool:
    """Tell whether a message is an anonymous one, the system's, or our own."""
    if data["user_id"] in NOBODY or data["user_id"] == data["self_id"]:
        return True
    return data.get("anonymous") is not None or data.get("sub_type") in ("anonymous", "notice")


def _look_soon(app: App, group_id: int, user_id: int, card: str) -> None:
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
