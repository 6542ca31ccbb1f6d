"""The gateway in NoneBot's life: start and stop, bots that connect, events that come in."""

from nonebot.adapters.onebot.v11 import Bot, Event
from nonebot.drivers import Driver
from nonebot.exception import IgnoredException
from nonebot.log import logger
from nonebot.message import event_preprocessor

from plugins.gateway import ingress
from plugins.gateway.comings import Comings
from plugins.gateway.transport import transport_of
from services.context import get_app


def wire(driver: Driver) -> Comings:
    """Hang the gateway into NoneBot. `bot.py` has set the App before."""
    comings = Comings(get_app())

    @driver.on_startup
    async def start() -> None:
        comings.start()

    driver.on_shutdown(comings.stop)

    @driver.on_bot_connect
    async def connect(bot: Bot) -> None:
        comings.connect(int(bot.self_id), transport_of(bot))

    @driver.on_bot_disconnect
    async def disconnect(bot: Bot) -> None:
        await comings.disconnect(int(bot.self_id))

    @event_preprocessor
    async def look_at(bot: Bot, event: Event) -> None:
        if not ingress.is_from(event.self_id, bot.self_id):
            logger.warning("an event of an account that isn't connected was dropped")
            raise IgnoredException("foreign self_id")
        await ingress.take_note(comings.app, comings.gateway.connections, event)

    return comings
