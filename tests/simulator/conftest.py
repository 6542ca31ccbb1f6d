"""A tiny bot: a WebSocket server on 127.0.0.1 that takes events and calls actions."""

from __future__ import annotations

import asyncio
import http
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from simulator import Implementation, Member, Profile, World

GROUP, BARE_GROUP, INVITING_GROUP = 700001, 700002, 800001
BOT, OWNER, ADMIN, MEMBER, FRIEND, APPLICANT = 10001, 20000, 20002, 20001, 20003, 30001


class TinyBot:
    """What a bot sees of its implementations: ``events``; and ``call`` to call one."""

    def __init__(self, token: str = "") -> None:
        self.token = token
        self.events: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.sockets: dict[int, ServerConnection] = {}
        self.refuse_with: http.HTTPStatus | None = None
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._echoes: Iterator[int] = itertools.count(1)
        self._server: Server | None = None
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        assert self._server is not None
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}/onebot/v11/ws"

    async def start(self) -> None:
        self._server = await serve(
            self._converse, "127.0.0.1", 0, process_request=self._admit, ping_interval=None, max_size=None
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _admit(self, connection: ServerConnection, request: HttpRequest) -> Response | None:
        if self.refuse_with is not None:
            return connection.respond(self.refuse_with, "refused")
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return connection.respond(http.HTTPStatus.FORBIDDEN, "forbidden")
        return None

    async def _converse(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.headers.append(dict(socket.request.headers.raw_items()))
        self.sockets[int(socket.request.headers["X-Self-ID"])] = socket
        async for frame in socket:
            data = json.loads(frame)
            if "post_type" in data:
                self.events.append(data)
            elif (future := self._answers.pop(data["echo"], None)) and not future.done():
                future.set_result(data)
            self._news.set()

    async def call(
        self, action: str, *, by: int = BOT, seconds: float = 3.0, **params: Any
    ) -> dict[str, Any]:
        """The whole answer; TimeoutError if none comes."""
        echo = str(next(self._echoes))
        self._answers[echo] = asyncio.get_running_loop().create_future()
        await self.sockets[by].send(json.dumps({"action": action, "params": params, "echo": echo}))
        return await asyncio.wait_for(self._answers[echo], seconds)

    async def data(self, action: str, **params: Any) -> Any:
        """The data of an answer that must be ok."""
        answer = await self.call(action, **params)
        assert (answer["status"], answer["retcode"]) == ("ok", 0), answer
        return answer["data"]

    def of(self, **fields: Any) -> list[dict[str, Any]]:
        """The events that have these fields."""
        return [e for e in self.events if all(e.get(key) == value for key, value in fields.items())]

    async def event(self, count: int = 1, /, **fields: Any) -> dict[str, Any]:
        """The ``count``-th event that has these fields; waits up to 3 seconds."""
        async with asyncio.timeout(90):
            while len(found := self.of(**fields)) < count:
                self._news.clear()
                await self._news.wait()
        return found[count - 1]


@pytest.fixture
async def bot() -> AsyncIterator[TinyBot]:
    tiny = TinyBot()
    await tiny.start()
    yield tiny
    await tiny.stop()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as created:
        created.add_group(
            GROUP,
            "测试群一",
            Member(OWNER, "群主", "总-群主"),
            [
                Member(BOT, "bot", role="admin"),
                Member(MEMBER, "张三"),
                Member(ADMIN, "李四", "技术-李四", role="admin"),
                Member(FRIEND, "王五"),
            ],
        )
        created.add_group(BARE_GROUP, "无权限群", OWNER, [Member(BOT, "bot"), MEMBER])
        created.add_group(INVITING_GROUP, "邀请群", MEMBER)
        created.befriend(BOT, FRIEND)
        yield created


Connect = Callable[..., Awaitable[Implementation]]


@pytest.fixture
async def connect(world: World, bot: TinyBot) -> AsyncIterator[Connect]:
    """``await connect("napcat")``: an implementation connected to the tiny bot."""
    async with AsyncExitStack() as stack:

        async def connected(profile: str | Profile = "napcat", **settings: Any) -> Implementation:
            settings = {"heartbeat_seconds": None, "reconnect_seconds": 0.02, "self_id": BOT} | settings
            account = Implementation(world, url=bot.url, profile=profile, **settings)
            stack.push_async_callback(account.stop)
            seen = len(bot.of(meta_event_type="lifecycle", self_id=account.self_id))
            await account.start(wait=True)
            await bot.event(seen + 1, meta_event_type="lifecycle", self_id=account.self_id)
            return account

        yield connected
