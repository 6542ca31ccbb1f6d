"""The baselines: NoneBot bots that do next to nothing. `python -m bench.scene.bare PORT KIND`.

KIND: `message` (one empty `on_message`), `approve` (answers yes to every join request), `remember` (first
commits a row, on the disk: what any bot that keeps its word must wait for).
"""

import asyncio
import sqlite3
import sys

import nonebot
from nonebot import on_message, on_request
from nonebot.adapters.onebot.v11 import Adapter, Bot, GroupRequestEvent

TOKEN = "bench-token-123"


def empty_message() -> None:
    """One handler that does nothing."""
    matcher = on_message()

    @matcher.handle()
    async def nothing() -> None:
        return


def approve_everything() -> None:
    """Say yes to everybody who asks."""
    matcher = on_request()

    @matcher.handle()
    async def yes(bot: Bot, event: GroupRequestEvent) -> None:
        await bot.set_group_add_request(flag=event.flag, sub_type="add", approve=True)


def remember_everything() -> None:
    """Say yes to everybody who asks, once that is on the disk."""
    kept = sqlite3.connect("kept.db", check_same_thread=False, isolation_level=None)
    kept.execute("PRAGMA journal_mode=WAL")
    kept.execute("PRAGMA synchronous=FULL")
    kept.execute("CREATE TABLE kept (flag TEXT, comment TEXT)")
    matcher = on_request()
    one_writer = asyncio.Lock()

    @matcher.handle()
    async def yes(bot: Bot, event: GroupRequestEvent) -> None:
        async with one_writer:
            row = (event.flag, event.comment)
            await asyncio.to_thread(kept.execute, "INSERT INTO kept VALUES (?, ?)", row)
        await bot.set_group_add_request(flag=event.flag, sub_type="add", approve=True)


KINDS = {
    "message": empty_message,
    "approve": approve_everything,
    "remember": remember_everything,
}


def main() -> None:
    """Run one of the bots."""
    port, kind = int(sys.argv[1]), sys.argv[2]
    nonebot.init(
        driver="~fastapi", host="127.0.0.1", port=port, log_level="INFO", onebot_access_token=TOKEN,
        superusers={"10001"},
    )  # fmt: skip
    nonebot.get_driver().register_adapter(Adapter)
    KINDS[kind]()
    nonebot.run(access_log=False)


if __name__ == "__main__":
    main()
