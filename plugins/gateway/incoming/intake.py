"""Where frames come in, where they are held back, and what is noted of each before NoneBot has it.

The adapter starts a task for each event and reads on at once, so that a flood piles up in memory and
a join request waits behind all of it. Here it reads on only as long as there is room: when many
events are under way, ordinary messages go no further than the look at the sender's card; requests
and notices always pass, if need be at the speed at which they are done. NoneBot's own hook for
noting something of every event, the preprocessor, would cost four tasks an event.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from nonebot.adapters.onebot.v11 import Adapter, Bot, Event, MessageEvent
from nonebot.drivers import Request, Response, WebSocket
from nonebot.log import logger

from plugins.gateway.cancellation import within
from plugins.gateway.connecting import Comings
from plugins.gateway.incoming import event_counts, frames, ingress, overflow

# Events under way at once: from BUSY on ordinary messages are passed by, from FULL on all messages;
# beyond MOST the socket is read only as fast as events end. More would wait for a connection to the
# database longer than its pool lets anybody wait, and fail.
BUSY, FULL, MOST = 6, 60, 120
PATIENCE = 1.0
# Messages looked at in one go, a millisecond's worth, so that the socket is emptied as fast as it fills.
TURN = 16
_ECHO = "qungui-"
_MESSAGES = frozenset({"message", "message_sent"})


def adapter_for(comings: Comings) -> type[Adapter]:
    """Return the adapter class to register with NoneBot: OneBot V11's own, its frames taken in here.

    Events posted by HTTP are refused, also signed ones: nothing could be asked of who posts them.
    """

    class Held(Adapter):
        async def _handle_http(self, request: Request) -> Response:
            return self._check_signature(request) or Response(403, content="events come by WebSocket only")

        async def _handle_ws(self, websocket: WebSocket) -> None:
            account = websocket.request.headers.get("x-self-id")
            if account is not None and overflow.number(account) is None:
                logger.warning("a connection whose X-Self-ID is no QQ number was refused")
                await websocket.close(1008, "X-Self-ID is no QQ number")
                return
            await super()._handle_ws(Intake(websocket, self, comings))

    return Held


class Intake(WebSocket):
    """A WebSocket whose `receive` takes in every frame by itself, and only ends when the socket does."""

    def __init__(self, socket: WebSocket, adapter: Adapter, comings: Comings) -> None:
        super().__init__(request=socket.request)
        self._socket = socket
        self._adapter = adapter
        self._comings = comings
        self._app = comings.app
        self._ended = asyncio.Event()
        self._since_turn = 0
        self._said_foreign = False
        self._calls = 0
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def receive(self) -> str | bytes:
        """Take in frames until the socket closes: it ends with the socket's exception, never with a frame."""
        bot = self._adapter.bots[self.request.headers["x-self-id"]]
        assert isinstance(bot, Bot)
        while True:
            data = frames.read(await self._socket.receive())
            if data is None:
                self._app.tally.drop("unreadable")
            elif "post_type" in data:
                await self._take(bot, data)
            else:
                self._answer(data)

    async def _take(self, bot: Bot, data: dict[str, Any]) -> None:
        if not ingress.is_from(data["self_id"], bot.self_id):
            self._drop_foreign()
            return
        under_way = len(self._adapter.tasks)
        if under_way >= BUSY:
            self._since_turn += 1
            if self._since_turn >= TURN:
                # A flood arrives without a pause: what is under way must get its turn.
                self._since_turn = 0
                await asyncio.sleep(0)
            if data["post_type"] in _MESSAGES and self._passes_by(bot, data, under_way):
                return
            if under_way >= MOST:
                await self._room()
        event = self._adapter.json_to_event(data)
        # A message that isn't one only makes NoneBot complain, at length.
        if event is None or (data["post_type"] in _MESSAGES and not isinstance(event, MessageEvent)):
            self._app.tally.drop("unreadable")
            return
        task = asyncio.create_task(self._handle(bot, event))
        self._adapter.tasks.add(task)
        self._app.tally.under_way = len(self._adapter.tasks)
        task.add_done_callback(self._done)

    async def _handle(self, bot: Bot, event: Event) -> None:
        """Note what an event tells of its account; hand it to NoneBot if that account is ours to act for."""
        event_counts.came(self._app.tally, event)
        account = int(bot.self_id)
        if await self._comings.is_served(account):
            await ingress.take_note(self._app, self._comings.gateway.connections, event)
            await bot.handle_event(event)

    def _drop_foreign(self) -> None:
        """Drop an event that names another account than the one this connection is of; said once."""
        self._app.tally.drop("foreign_account")
        if not self._said_foreign:
            self._said_foreign = True
            logger.warning("events of an account that isn't connected here are dropped")

    def _passes_by(self, bot: Bot, data: dict[str, Any], under_way: int) -> bool:
        """Tell whether a message is let go by; then its card is still looked at."""
        if under_way < FULL and not overflow.is_ordinary(data, bot.self_id):
            return False
        overflow.glance(self._app, data)
        self._app.tally.drop("flood")
        return True

    async def _room(self) -> None:
        """Wait until an event has ended, but not for ever: it may itself wait for an answer behind this."""
        self._ended.clear()
        await within(self._ended, PATIENCE)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._adapter.tasks.discard(task)
        self._app.tally.under_way = len(self._adapter.tasks)
        self._ended.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.opt(exception=error).error(f"handling an event failed: {type(error).__name__}")

    async def ask(self, action: str, params: Mapping[str, Any], patience: float) -> Mapping[str, Any]:
        """Make a call and return its whole answer, which counts only if it comes by this very socket.

        Raises TimeoutError after `patience` seconds, and whatever a closing socket raises.
        """
        self._calls += 1
        echo = f"{_ECHO}{self._calls}"
        answer = self._asked[echo] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(patience):
                await self.send(json.dumps({"action": action, "params": params, "echo": echo}))
                return await answer
        finally:
            del self._asked[echo]

    def _answer(self, data: dict[str, Any]) -> None:
        """Hand an answer to who asked, if only NoneBot itself; a second one to the same call is nobody's."""
        echo = data.get("echo")
        asked = self._asked.get(echo) if isinstance(echo, str) else None
        if asked is not None and not asked.done():
            asked.set_result(data)
            return
        try:
            self._adapter.json_to_event(data)
        except (asyncio.InvalidStateError, ValueError):
            self._app.tally.drop("unreadable")

    @property
    def closed(self) -> bool:
        return self._socket.closed

    async def accept(self) -> None:
        await self._socket.accept()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._socket.close(code, reason)

    async def receive_text(self) -> str:
        return await self._socket.receive_text()

    async def receive_bytes(self) -> bytes:
        return await self._socket.receive_bytes()

    async def send_text(self, data: str) -> None:
        await self._socket.send_text(data)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)
