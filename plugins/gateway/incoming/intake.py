"""Where frames come in, where they wait or are shed, and what is noted of each before NoneBot has it.

The adapter starts a task for each event and reads on at once, so that a flood piles up in memory and
a join request waits behind all of it. Here each kind of event has a line of its own (`lines`), and the
socket is read without a stop, whatever the handlers do: pings are answered, and a socket that closes is
noticed. NoneBot's own hook for noting something of every event, the preprocessor, would cost four tasks
an event.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from nonebot.adapters.onebot.v11 import Adapter, Bot, MessageEvent
from nonebot.drivers import Request, Response, WebSocket
from nonebot.exception import WebSocketClosed
from nonebot.log import logger

from plugins import fields
from plugins.edge import Takers
from plugins.gateway.connecting import Comings
from plugins.gateway.incoming import event_counts, frames, ingress, talk
from plugins.gateway.incoming.lines import Event, Lines, kind_of
from plugins.gateway.incoming.shape import name_of

# Messages looked at in one go, a millisecond's worth, so that the socket is emptied as fast as it fills.
TURN = 16
# How long a connection may take to show that it lives, when its account connects once more.
PROOF_SECONDS = 5.0
CLOSE_SECONDS = 2.0
_ECHO = "qungui-"


def adapter_for(comings: Comings) -> type[Adapter]:
    """Return the adapter class to register with NoneBot: OneBot V11's own, its frames taken in here.

    Events posted by HTTP are refused, also signed ones: nothing could be asked of who posts them.
    """

    class Held(Adapter):
        async def _handle_http(self, request: Request) -> Response:
            return self._check_signature(request) or Response(403, content="events come by WebSocket only")

        async def _handle_ws(self, websocket: WebSocket) -> None:
            account = websocket.request.headers.get("x-self-id")
            if account is not None and fields.number(account) is None:
                logger.warning("a connection whose X-Self-ID is no QQ number was refused")
                await websocket.close(1008, "X-Self-ID is no QQ number")
                return
            known = self._check_access_token(websocket.request) is None
            if known and isinstance(old := self.connections.get(account or ""), Intake):
                # This one is refused; the next, some seconds later, is not if the old one is dead.
                old.show_life()
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
        self._odd = partial(fields.odd, comings.app)
        self._since_turn = 0
        self._connected_at = asyncio.get_running_loop().time()
        self._given_up = asyncio.timeout(None)
        self._proving: asyncio.Task[None] | None = None
        self._calls = 0
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}

    @property
    def peer(self) -> str:
        """Return the address of the machine at the other end, "" if that is unknown."""
        inner = getattr(self._socket, "websocket", None)
        return inner.client.host if inner is not None and inner.client is not None else ""

    async def receive(self) -> str | bytes:
        """Take in frames until the socket closes: it ends with the socket's exception, never with a frame."""
        bot = self._adapter.bots[self.request.headers["x-self-id"]]
        assert isinstance(bot, Bot)
        shed = self._comings.shedding.shed
        lines = Lines(partial(self._handle, bot), shed, self._adapter.tasks, self._app.tally)
        try:
            async with self._given_up:
                while True:
                    self._take_safely(bot.self_id, lines, await self._socket.receive())
                    await self._turn()
        except TimeoutError:
            raise WebSocketClosed(1006, "given up") from None

    def _take_safely(self, account: str, lines: Lines, frame: str | bytes) -> None:
        """A frame that trips us must not cost the connection."""
        try:
            self._take(account, lines, frame)
        except Exception as error:  # the edge: a mistake of ours
            self._app.tally.drop("unreadable")
            logger.opt(exception=error).error(f"taking in a frame failed: {type(error).__name__}")

    def _take(self, account: str, lines: Lines, frame: str | bytes) -> None:
        data = frames.read(frame, self._odd)
        if data is None:
            self._app.tally.drop("unreadable")
        elif "post_type" not in data:
            self._answer(data)
        elif str(data["self_id"]) != account:
            self._app.tally.drop("foreign_account")
            self._odd("events of an account that isn't connected here are dropped")
        elif talk.is_talk(data, account):
            self._note(data)
        elif (kind := kind_of(data)) is None:
            self._app.tally.drop("no_concern")
            self._odd(f"{name_of(data)}: nobody handles it")
        else:
            self._note(data)
            lines.put(kind, data)

    def _note(self, data: Event) -> None:
        """Note what every event tells without a wait."""
        event_counts.came(self._app.tally, data)
        ingress.read_clock(self._comings.gateway.connections, data)
        talk.look(self._app, data)

    async def _turn(self) -> None:
        """Let others run: a flood arrives without a pause, and tasks that have begun must get their turn."""
        self._since_turn += 1
        if self._since_turn >= TURN:
            self._since_turn = 0
            await asyncio.sleep(0)

    async def _handle(self, bot: Bot, data: Event) -> None:
        """Note what an event tells of its account; hand it on if that account is ours to act for."""
        account = data["self_id"]
        if not await self._comings.is_served(account, self._connected_at):
            return
        await ingress.take_note(self._app, self._comings.gateway.connections, data)
        if (take := self._app.memory(Takers).get(data["post_type"])) is not None:
            await take(self._app, account, fields.Fields(data))
            return
        event = self._adapter.json_to_event(data)
        if event is None or (data["post_type"] == "message" and not isinstance(event, MessageEvent)):
            self._app.tally.drop("unreadable")
            self._odd(f"{name_of(data)}: no event for the adapter")
            return
        await bot.handle_event(event)

    def show_life(self) -> None:
        """Have this connection answer a call soon, or be given up: its account has come by another."""
        if self._proving is None or self._proving.done():
            self._proving = asyncio.create_task(self._prove())

    async def _prove(self) -> None:
        try:
            await self.ask("get_version_info", {}, PROOF_SECONDS)
        except Exception as error:  # whatever a dying socket raises
            logger.warning(
                f"a connection that doesn't answer ({type(error).__name__}) gives way to a new one"
            )
            # It may have closed by itself meanwhile.
            with suppress(RuntimeError):
                self._given_up.reschedule(asyncio.get_running_loop().time())

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
        """Close, but don't wait for ever for a peer that takes nothing more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code, reason)

    async def receive_text(self) -> str:
        return await self._socket.receive_text()

    async def receive_bytes(self) -> bytes:
        return await self._socket.receive_bytes()

    async def send_text(self, data: str) -> None:
        await self._socket.send_text(data)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)
