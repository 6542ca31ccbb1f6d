"""How a call travels: over the WebSocket of the bot's account, with the whole answer brought back.

The adapter's own `call_api` keeps only `data`, and takes answers for good that say otherwise in
their status or retcode (Lagrange); so `Intake` sends the frame and awaits its answer.
"""

from collections.abc import Mapping
from typing import Any

from nonebot.adapters.onebot.v11 import Adapter, Bot

from plugins.gateway.connection import NotSentError, Transport
from plugins.gateway.incoming.intake import Intake


def transport_of(bot: Bot) -> Transport:
    """Return what carries calls for this bot over its WebSocket."""

    async def ask(action: str, params: Mapping[str, Any], patience: float) -> Mapping[str, Any]:
        socket = _socket(bot)
        if socket is None:
            raise NotSentError("没有 WebSocket 连接")
        return await socket.ask(action, params, patience)

    return ask


def peer_of(bot: Bot) -> str:
    """Return the address of the machine that this bot's WebSocket comes from, "" if that is unknown."""
    socket = _socket(bot)
    return "" if socket is None else socket.peer


async def hang_up(bot: Bot) -> None:
    """Close a bot's WebSocket; its implementation connects again by itself, here or elsewhere."""
    socket = _socket(bot)
    if socket is not None:
        await socket.close(1008, "held by another process")


def _socket(bot: Bot) -> Intake | None:
    adapter = bot.adapter
    assert isinstance(adapter, Adapter)
    socket = adapter.connections.get(bot.self_id)
    return socket if isinstance(socket, Intake) else None
