"""The gateway in NoneBot's life: start and stop, bots that connect and go."""

import asyncio
from functools import partial

from nonebot.adapters.onebot.v11 import Bot
from nonebot.drivers import Driver
from nonebot.log import logger

from plugins.gateway.connecting import Comings
from plugins.gateway.incoming.intake import adapter_for
from plugins.gateway.outgoing.transport import hang_up, peer_of, transport_of
from services.context import get_app

CLAIM_AGAIN_SECONDS = 2.0


def wire(driver: Driver) -> Comings:
    """Hang the gateway into NoneBot, with the adapter it takes its events from. `bot.py` has set the App."""
    comings = Comings(get_app())
    driver.register_adapter(adapter_for(comings))

    @driver.on_startup
    async def start() -> None:
        comings.start()

    driver.on_shutdown(comings.stop)

    @driver.on_bot_connect
    async def connect(bot: Bot) -> None:
        account = int(bot.self_id)
        ours = await claimed(bot, account)
        if driver.bots.get(bot.self_id) is bot:
            if ours:
                comings.connect(account, transport_of(bot), partial(hang_up, bot), peer=peer_of(bot))
            else:
                await hang_up(bot)
        elif ours and bot.self_id not in driver.bots:
            await comings.disconnect(account)

    async def claimed(bot: Bot, account: int) -> bool:
        """Take the account, however long the database won't have it; an account left unclaimed stays deaf."""
        while True:
            try:
                return await comings.claim(account)
            except Exception as error:  # the database's edge: busy, away, full
                logger.opt(exception=error).warning(f"claiming an account failed: {type(error).__name__}")
                if driver.bots.get(bot.self_id) is not bot:
                    return False
                await asyncio.sleep(CLAIM_AGAIN_SECONDS)

    @driver.on_bot_disconnect
    async def disconnect(bot: Bot) -> None:
        await comings.disconnect(int(bot.self_id))

    return comings
