"""A bot side without NoneBot: a real WebSocket that the simulator connects to, and our gateway behind it."""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from plugins.gateway.connecting import Comings
from plugins.gateway.incoming import frames, ingress
from regulation.policy import Hours, Pace
from services.app import App, SystemClock
from services.sender import last_look, outcomes
from services.watching import connected
from simulator import Implementation, Member, World

BOT = 10001


class BotSide:
    """Takes reverse WebSocket connections and hands them to `Comings`, as NoneBot would."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.comings = Comings(app)
        self.gateway = self.comings.gateway
        self.events: list[dict[str, Any]] = []
        self._server: Server | None = None
        self._echo = itertools.count(1)

    async def start(self) -> None:
        self._server = await serve(self._serve, "127.0.0.1", 0, max_size=None)
        self.comings.start()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/onebot/v11/ws"

    async def stop(self) -> None:
        await self.comings.stop()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        account = int(socket.request.headers["X-Self-ID"])
        waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

        async def ask(action: str, params: Mapping[str, Any], patience: float) -> Mapping[str, Any]:
            echo = str(next(self._echo))
            waiting[echo] = asyncio.get_running_loop().create_future()
            try:
                await socket.send(json.dumps({"action": action, "params": params, "echo": echo}))
                return await asyncio.wait_for(waiting[echo], patience)
            finally:
                del waiting[echo]

        self.comings.connect(account, ask, peer=socket.remote_address[0])
        async for text in socket:
            frame = frames.read(text)
            assert frame is not None
            if "post_type" in frame:
                self.events.append(frame)
                ingress.read_clock(self.gateway.connections, frame)
                await ingress.take_note(self.app, self.gateway.connections, frame)
            elif (future := waiting.get(frame.get("echo", ""))) is not None:
                future.set_result(frame)
        await self.comings.disconnect(account)


@pytest.fixture
def database_url(sqlite_template: bytes, tmp_path: Path) -> str:
    """SQLite alone: what the sender asks of a database is tested on both in tests/db."""
    path = tmp_path / "test.db"
    path.write_bytes(sqlite_template)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def app(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """An App on the real clock, quick but in the same proportions; services ask and record nothing."""
    pace = Pace(send_seconds=0.2, kick_seconds=0.3, card_seconds=0.2, kicks_per_day=80, verify_seconds=0.3)
    app.policy = replace(app.policy, pace=pace, hours=Hours(time.min, time.max))
    app.clock = SystemClock()

    async def nothing(*_: Any) -> None:
        return None

    for module, name in (
        (outcomes, "why_not"), (outcomes, "record"), (last_look, "read"),
        (connected, "on_connect"), (connected, "on_disconnect"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, nothing)
    monkeypatch.setattr("plugins.gateway.reading.member_lists.FRESH_AFTER", 0.3)
    monkeypatch.setattr("plugins.gateway.reading.member_lists.SETTLE_SECONDS", 0.2)
    monkeypatch.setattr("plugins.gateway.outgoing.lane.IDLE_SECONDS", 0.4)
    return app


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    """Two groups: the bot is admin in 700001 (members 20001–20009), plain member in 700002."""
    made = World()
    people = [Member(20000 + n, f"人{n}", f"市场部-人{n}") for n in range(1, 10)]
    made.add_group(700001, "市场部", 20000, [Member(BOT, "bot", role="admin"), *people])
    made.add_group(700002, "采购部", 20000, [Member(BOT, "bot"), 20001])
    yield made
    await made.close()


@pytest.fixture
async def bot(app: App) -> AsyncGenerator[BotSide]:
    """The bot's side, listening."""
    side = BotSide(app)
    await side.start()
    yield side
    await side.stop()


class Connect:
    """Connects simulated accounts, quick ones, and waits until they are at work."""

    def __init__(self, world: World, bot: BotSide) -> None:
        self.world = world
        self.bot = bot
        self.accounts: list[Implementation] = []

    async def __call__(self, profile: str = "napcat", self_id: int = BOT, **switches: Any) -> Implementation:
        account = Implementation(
            self.world, self_id, self.bot.url, profile=profile, reconnect_seconds=0.1, heartbeat_seconds=None
        )
        quick = {"refresh_seconds": 0.2, "refresh_pause": 0.15} | switches
        account.with_switches(**quick)
        self.accounts.append(account)
        await account.start(wait=True)
        gateway = self.bot.gateway
        await self.world.until(
            lambda: self_id in gateway.accounts() and gateway.connections.get(self_id).groups
        )
        return account


@pytest.fixture
async def connect(world: World, bot: BotSide) -> AsyncGenerator[Connect]:
    """Connect an account: `await connect("llbot")`."""
    made = Connect(world, bot)
    yield made
    for account in made.accounts:
        await account.stop()


def event_flag(bot: BotSide, user_id: int) -> str:
    """Return the flag under which this person's first request was heard."""
    raised = [e for e in bot.events if e["post_type"] == "request" and e["user_id"] == user_id]
    return raised[0]["flag"]
