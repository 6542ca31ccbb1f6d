"""A reverse WebSocket to the bot: connects, reconnects, and can misbehave on request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

Send = Callable[[str], None]
Receive = Callable[[str | bytes, Send], Coroutine[Any, Any, None]]


class Connection:
    """Keeps one WebSocket to the bot alive.

    ``receive(frame, send)`` is run as a task of its own for each frame, so that slow answers don't
    hold up others; its ``send`` answers on the connection the frame came by. ``on_connect`` is
    called right after each connection is made.
    """

    def __init__(
        self,
        url: str,
        headers: dict[str, str],
        receive: Receive,
        on_connect: Callable[[], None],
        reconnect_seconds: float,
    ) -> None:
        self._url = url
        self._headers = headers
        self._receive = receive
        self._on_connect = on_connect
        self.reconnect_seconds = reconnect_seconds
        self.connected = asyncio.Event()
        self.disconnected = asyncio.Event()
        self.disconnected.set()
        self.refusals: list[str] = []
        self.connections = 0
        self._socket: ClientConnection | None = None
        self._outgoing: asyncio.Queue[str | bytes] | None = None
        self._frozen = False
        self._runner: asyncio.Task[None] | None = None
        self._answering: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin connecting."""
        self._runner = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Close the connection and stop reconnecting."""
        if self._runner is not None:
            ending = [self._runner, *self._answering]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
            self._runner = None

    def send(self, frame: str | bytes) -> bool:
        """Queue a frame; False if nobody is connected, and it is lost."""
        if self._outgoing is None:
            return False
        self._outgoing.put_nowait(frame)
        return True

    @property
    def unsent(self) -> int:
        """How many frames wait to be written."""
        return 0 if self._outgoing is None else self._outgoing.qsize()

    async def drop(self) -> None:
        """Break the connection without saying goodbye; reconnecting follows."""
        if self._socket is not None:
            self._socket.transport.abort()
            await self.disconnected.wait()

    def half_open(self) -> None:
        """Neither read nor write any more, without closing: not even pings are answered."""
        if self._socket is not None:
            self._frozen = True
            self._socket.transport.pause_reading()  # type: ignore[attr-defined]

    async def _run(self) -> None:
        while True:
            try:
                socket = await connect(
                    self._url,
                    additional_headers=self._headers,
                    max_size=None,
                    ping_interval=None,
                    compression=None,
                    proxy=None,
                    close_timeout=1,
                )
            except InvalidStatus as error:
                self.refusals.append(f"HTTP {error.response.status_code}")
            except (OSError, InvalidHandshake, ConnectionClosed) as error:
                self.refusals.append(f"{type(error).__name__}: {error}")
            else:
                await self._serve(socket)
            await asyncio.sleep(self.reconnect_seconds)

    async def _serve(self, socket: ClientConnection) -> None:
        outgoing: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._socket, self._outgoing, self._frozen = socket, outgoing, False
        self.connections += 1
        self._on_connect()
        self.disconnected.clear()
        self.connected.set()
        work = [
            asyncio.ensure_future(self._read(socket, outgoing)),
            asyncio.ensure_future(self._write(socket, outgoing)),
        ]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._socket = self._outgoing = None
            self.connected.clear()
            self.disconnected.set()
            for task in work:
                task.cancel()
            if self._frozen:
                socket.transport.abort()
            await socket.close()
            outcomes = await asyncio.gather(*work, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, ConnectionClosed):
                raise outcome

    async def _read(self, socket: ClientConnection, outgoing: asyncio.Queue[str | bytes]) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in socket:
                if self._frozen:
                    break
                task = asyncio.ensure_future(self._receive(frame, outgoing.put_nowait))
                self._answering.add(task)
                task.add_done_callback(self._answered)
        await socket.wait_closed()

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._answering.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "the simulator failed to answer a call", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)

    async def _write(self, socket: ClientConnection, outgoing: asyncio.Queue[str | bytes]) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                frame = await outgoing.get()
                if self._frozen:
                    break
                await socket.send(frame)
        await socket.wait_closed()
