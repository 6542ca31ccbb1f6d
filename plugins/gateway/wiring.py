"""The gateway in NoneBot's life: start and stop, bots that connect, events that come in."""

from functools import partial

from nonebot.adapters.onebot.v11 import Bot, Event
from nonebot.drivers import Driver
from nonebot.exception import IgnoredException
from nonebot.log import logger
from nonebot.message import event_preprocessor

from plugins.gateway import counting, ingress
from plugins.gateway.comings import Comings
from plugins.gateway.intake import adapter_for
from plugins.gateway.transport import hang_up, transport_of
from services.context import get_app


def wire(driver: Driver) -> Comings:
    """Hang the gateway into NoneBot, with the adapter it takes its events from. `bot.py` has set the App."""
    comings = Comings(get_app())
    driver.register_adapter(adapter_for(comings.app))

    @driver.on_startup
    async def start() -> None:
        comings.start()

    driver.on_shutdown(comings.stop)

    @driver.on_bot_connect
    async def connect(bot: Bot) -> None:
        account = int(bot.self_id)
        ours = await comings.claim(account)
        if driver.bots.get(bot.self_id) is bot:
            if ours:
                comings.connect(account, transport_of(bot), partial(hang_up, bot))
            else:
                await hang_up(bot)
        elif ours and bot.self_id not in driver.bots:
            await comings.disconnect(account)

    @driver.on_bot_disconnect
    async def disconnect(bot: Bot) -> None:
        await comings.disconnect(int(bot.self_id))

    @event_preprocessor
    async def look_at(bot: Bot, event: Event) -> None:
        counting.came(comings.app.tally, event)
        if not ingress.is_from(event.self_id, bot.self_id):
            comings.app.tally.drop("foreign_account")
            logger.warning("an event of an account that isn't connected was dropped")
            raise IgnoredException("foreign self_id")
        if not await comings.is_served(event.self_id):
            raise IgnoredException("another process acts for this account")
        await ingress.take_note(comings.app, comings.gateway.connections, event)

    return comings
