"""Requests and notices of QQ → services. One `on_request` and one `on_notice` in the whole bot.

NoneBot runs four tasks for each parameter of a handler; so these have none, and ask for the event.
"""

from typing import cast

from nonebot import on_notice, on_request
from nonebot.adapters.onebot.v11 import Event
from nonebot.matcher import current_event
from nonebot.plugin import PluginMetadata

from plugins.edge import guarded
from plugins.fields import Fields
from plugins.membership.notices import take_notice
from plugins.membership.requests import take_request
from services.context import get_app

__plugin_meta__ = PluginMetadata("membership", "Who joins, leaves, renames", "")

requests = on_request(block=False)
notices = on_notice(block=False)


@requests.handle()
@guarded
async def on_any_request() -> None:
    """Match on fields, never on event classes: odd events degrade to a base class silently."""
    await take_request(get_app(), *_heard())


@notices.handle()
@guarded
async def on_any_notice() -> None:
    """Likewise for notices."""
    await take_notice(get_app(), *_heard())


def _heard() -> tuple[int, Fields]:
    """Return the account an event came to, one that is connected, and its fields, whatever its class."""
    event = cast("Event", current_event.get())
    return int(event.self_id), Fields(event.model_dump())
