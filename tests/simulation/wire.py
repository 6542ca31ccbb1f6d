"""The wire between an implementation and a bot process, in memory: frames, no sockets."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from nonebot.drivers import Request, WebSocket
from nonebot.exception import WebSocketClosed

from simulator import Faults, Implementation, Profile, World

Dial = Callable[["Wire"], "Socket | None"]
Receive = Callable[[str | bytes, Callable[[str], None]], Coroutine[Any, Any, None]]


class Socket(WebSocket):
    """The bot's end. What the implementation sent waits in `incoming`; `step` is called before each frame out."""

    def __init__(self, account: int, deliver: Callable[[str], None], step: Callable[[], None]) -> None:
        super().__init__(request=Request("GET", "ws://bot", headers={"x-self-id": str(account)}))
        self.incoming: deque[str] = deque()
        self.news = asyncio.Event()
        self.is_closed = asyncio.Event()
        self._deliver = deliver
        self._step = step

    def put(self, frame: str) -> None:
        """Take a frame from the implementation."""
        self.incoming.append(frame)
        self.news.set()

    def break_off(self) -> None:
        """The connection is gone, at both ends."""
        self.is_closed.set()
        self.news.set()

    @property
    def closed(self) -> bool:
        return self.is_closed.is_set()

    async def accept(self) -> None: ...

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.break_off()

    async def receive(self) -> str:
        while not self.incoming:
            if self.closed:
                raise WebSocketClosed(1006)
            self.news.clear()
            await self.news.wait()
        return self.incoming.popleft()

    receive_text = receive

    async def receive_bytes(self) -> bytes:
        return (await self.receive()).encode()

    async def send_text(self, data: str) -> None:
        self._step()
        if self.closed:
            raise WebSocketClosed(1006)
        self._deliver(data)

    async def send_bytes(self, data: bytes) -> None:
        await self.send_text(data.decode())


class Wire:
    """The implementation's end: stands where `simulator.onebot.connection.Connection` has a WebSocket."""

    def __init__(self, receive: Receive, on_connect: Callable[[], None], dial: Dial) -> None:
        self._receive = receive
        self._on_connect = on_connect
        self._dial = dial
        self._context = contextvars.copy_context()
        self._answering: dict[asyncio.Task[None], None] = {}
        self.connected = asyncio.Event()
        self.refusals: list[str] = []
        self.connections = 0
        self.unsent = 0
        self.socket: Socket | None = None
        self.traffic: Callable[[], None] = lambda: None

    def connect(self) -> bool:
        """Connect if a bot listens; tell whether that is so."""
        self.socket = self._dial(self)
        if self.socket is None:
            return False
        self.connections += 1
        self.connected.set()
        self._on_connect()
        return True

    def send(self, frame: str | bytes) -> bool:
        """Send to the bot; False if nobody is connected, and it is lost."""
        if self.socket is None or self.socket.closed:
            self.connected.clear()
            return False
        self.traffic()
        self.socket.put(frame.decode() if isinstance(frame, bytes) else frame)
        return True

    def deliver(self, frame: str) -> None:
        """Take a call from the bot, in a task of the world's own: it outlives the bot."""
        self.traffic()
        loop, socket = asyncio.get_running_loop(), self.socket

        def answer(text: str) -> None:
            if self.socket is socket:
                self.send(text)

        task = loop.create_task(self._receive(frame, answer), context=self._context.copy())
        self._answering[task] = None
        task.add_done_callback(lambda done: self._answering.pop(done, None))

    async def drop(self) -> None:
        """Break the connection."""
        self.connected.clear()
        if self.socket is not None:
            self.socket.break_off()
            self.socket = None

    async def stop(self) -> None:
        """Break the connection; nothing more is answered."""
        await self.drop()
        for task in tuple(self._answering):
            task.cancel()


class Account(Implementation):
    """An implementation of the simulator at the end of a `Wire`."""

    def __init__(
        self, world: World, self_id: int, profile: str | Profile, faults: Faults, dial: Dial, latency: float
    ) -> None:
        super().__init__(
            world, self_id, "", profile=profile, faults=faults, heartbeat_seconds=None, latency=latency
        )
        self.wire = Wire(self._receive, self._greet, dial)
        self._connection = self.wire  # type: ignore[assignment]
        self.dropped: Callable[[], None] = lambda: None

    async def drop(self) -> None:
        """Break the connection, as a fault has it; whoever is told of `dropped` connects again."""
        await self.wire.drop()
        self.dropped()

    def beat(self) -> None:
        """Tell the bot that the account is online."""
        from simulator.onebot.message_events import heartbeat

        self.push(heartbeat(self.self_id, self.world.now(), 5, self.online))
