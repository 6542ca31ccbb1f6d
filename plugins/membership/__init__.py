"""Requests and notices of QQ → services. One `on_request` and one `on_notice` in the whole bot.

NoneBot runs four tasks for each parameter of a handler; the event alone says all that is needed.
"""

from nonebot import on_notice, on_request
from nonebot.adapters.onebot.v11 import Event
from nonebot.plugin import PluginMetadata

from plugins.edge import guarded
from plugins.membership.fields import Fields, read_fields
from plugins.membership.notices import take_notice
from plugins.membership.requests import take_request
from services.context import get_app

__plugin_meta__ = PluginMetadata("membership", "Who joins, leaves, renames", "")

requests = on_request(block=False)
notices = on_notice(block=False)


@requests.handle()
@guarded
async def on_any_request(event: Event) -> None:
    """Match on fields, never on event classes: odd events degrade to a base class silently."""
    await take_request(get_app(), account_of(event), fields_of(event))


@notices.handle()
@guarded
async def on_any_notice(event: Event) -> None:
    """Likewise for notices."""
    await take_notice(get_app(), account_of(event), fields_of(event))


def account_of(event: Event) -> int:
    """Return the QQ number of the account it came to; the gateway dropped those of no connected one."""
    return int(event.self_id)


def fields_of(event: Event) -> Fields:
    """Return an event's fields, whatever class it got."""
    return read_fields(event.model_dump())
