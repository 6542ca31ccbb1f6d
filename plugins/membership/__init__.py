"""Requests and notices of QQ → services, taken by their fields as the gateway hands them over.

NoneBot would build a model of each, and run some thirty tasks to find the one handler there is.
"""

from nonebot.plugin import PluginMetadata

from plugins.edge import Takers, guarded, running_driver
from plugins.membership.notices import take_notice
from plugins.membership.requests import take_request
from services.app import App
from services.context import get_app

__plugin_meta__ = PluginMetadata("membership", "Who joins, leaves, renames", "")


def take_over(app: App) -> None:
    """Have requests and notices handed to us."""
    app.memory(Takers).update(request=guarded(take_request), notice=guarded(take_notice))


async def start() -> None:
    """Take over from the first event on."""
    take_over(get_app())


if (_running := running_driver()) is not None:
    _running.on_startup(start)
