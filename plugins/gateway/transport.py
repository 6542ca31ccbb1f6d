"""How a call travels over NoneBot's adapter, with the whole answer brought back.

The adapter's own `call_api` keeps only `data`, and takes answers for good that say otherwise in
their status or retcode (Lagrange); so the frame is sent and awaited here, by the adapter's means.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from nonebot.adapters.onebot.v11 import Adapter, Bot

from plugins.gateway.connection import NotSentError, Transport


def transport_of(bot: Bot) -> Transport:
    """Return what carries calls for this bot over its WebSocket."""
    adapter = bot.adapter
    assert isinstance(adapter, Adapter)

    async def ask(action: str, params: Mapping[str, Any], patience: float) -> Mapping[str, Any]:
        socket = adapter.connections.get(bot.self_id)
        if socket is None:
            raise NotSentError("没有 WebSocket 连接")
        store = adapter._result_store
        echo = store.get_seq()
        frame = json.dumps({"action": action, "params": params, "echo": str(echo)})
        answering = asyncio.ensure_future(store.fetch(echo, patience))
        try:
            # The answer must find somebody waiting, however quick it is.
            await asyncio.sleep(0)
            await socket.send(frame)
            return await answering
        finally:
            answering.cancel()

    return ask


async def hang_up(bot: Bot) -> None:
    """Close a bot's WebSocket; its implementation connects again by itself, here or elsewhere."""
    adapter = bot.adapter
    assert isinstance(adapter, Adapter)
    socket = adapter.connections.get(bot.self_id)
    if socket is not None:
        await socket.close(1008, "held by another process")
