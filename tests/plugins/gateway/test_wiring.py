"""The gateway inside the real NoneBot, in a process of its own: connecting, ingress, pings, stopping."""

import asyncio
import hmac
import json
import os
import signal
import socket
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect

import bot
from simulator import Implementation, Member, World
from simulator.loopback import free_port
from tests import started

ROOT = Path(__file__).parents[3]
BOT = 10001
TOKEN = "a-token-nobody-guesses"
SECRET = "a-secret-to-sign-with"
SCRIPT = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import bot
bot.PLUGINS = ('plugins.gateway',)
if len(sys.argv) > 1:
    bot.PING_SECONDS, bot.PONG_SECONDS = map(float, sys.argv[1:])
bot.main()
"""


class Process:
    """One bot process with the gateway alone, on a free port and an empty database."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.words = words
        self.port = free_port()
        self.database = folder / "q.db"
        self.log = folder / "log.txt"
        self._process: started.Started | None = None

    async def start(self) -> None:
        settings = {
            "PORT": str(self.port), "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "DATA_DIR": str(self.folder), "ONEBOT_ACCESS_TOKEN": TOKEN, "LOG_LEVEL": "DEBUG",
            "POLICY_FILE": str(self._policy()), "SUPERUSERS": '["10000"]', "ONEBOT_SECRET": SECRET,
        }  # fmt: skip
        entry = self.folder / "gateway_alone.py"
        entry.write_text(SCRIPT, "utf-8")
        self._process = await started.start(
            entry, *self.words, folder=self.folder, environment={**os.environ, **settings}, output=self.log
        )

    def _policy(self) -> Path:
        path = self.folder / "regulation.toml"
        path.write_text("[pace]\nsend_seconds = 0.05\nkick_seconds = 0.1\nverify_seconds = 1.0\n", "utf-8")
        return path

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    async def kill(self) -> None:
        """Kill -9."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """Stop politely; return the exit code, which tells whether it ended by itself."""
        assert self._process is not None
        self._process.terminate()
        try:
            return await asyncio.wait_for(self._process.wait(), 15)
        finally:
            await self.kill()

    def rows(self, query: str) -> list[Any]:
        with sqlite3.connect(self.database, timeout=15) as connection:
            return connection.execute(query).fetchall()

    def put(self, count: int, first: int = 0) -> None:
        """Write `count` group messages into the outbox, as another process would."""
        columns = (
            "kind, group_id, payload, lane, priority, order_at, not_before, made_at, state, attempts, key"
        )
        values = [
            (
                "send_group",
                700001,
                f'{{"parts": [{{"text": "m{n}"}}]}}',
                "message",
                30,
                *_PAST,
                "waiting",
                0,
                f"m{n}",
            )
            for n in range(first, first + count)
        ]
        with sqlite3.connect(self.database, timeout=15) as connection:
            marks = ", ".join("?" * 11)
            connection.executemany(f"INSERT INTO outbox ({columns}) VALUES ({marks})", values)


_PAST = ("9999-01-01 00:00:00.000000", "2020-01-01 00:00:00.000000", "2020-01-01 00:00:00.000000")


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    made = World()
    made.add_group(700001, "市场部", 20000, [Member(BOT, "bot", role="admin"), *range(20001, 20010)])
    yield made
    await made.close()


@pytest.fixture
async def process(tmp_path: Path) -> AsyncGenerator[Process]:
    made = Process(tmp_path)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def account(world: World, process: Process) -> AsyncGenerator[Implementation]:
    made = Implementation(world, BOT, process.url, TOKEN, reconnect_seconds=0.2)
    await made.start()
    await world.until(lambda: _asked(world, "get_group_list"), what="the bot to start")
    yield made
    await made.stop()


def _asked(world: World, action: str) -> bool:
    return any(call.action == action for call in world.calls)


async def test_does_what_waits_and_ends_cleanly(
    world: World, process: Process, account: Implementation
) -> None:
    process.put(3)
    await world.until(lambda: len(world.shown) == 3, what="three messages")

    await account.stop()
    assert await process.stop() in (0, -signal.SIGTERM)
    assert process.rows("SELECT count(*) FROM outbox WHERE state = 'done'") == [(3,)]


async def test_the_http_ingress_is_closed_and_cannot_lock_the_bot_out(world: World, process: Process) -> None:
    await world.until(lambda: _listening(process))
    event = {"post_type": "message", "self_id": BOT, "user_id": 10000}
    async with httpx2.AsyncClient(trust_env=False) as client:
        for path in ("/onebot/v11/http", "/onebot/v11/http/", "/onebot/v11/"):
            address = f"http://127.0.0.1:{process.port}{path}"
            answer = await client.post(address, json=event, headers={"X-Self-ID": str(BOT)})
            assert answer.status_code == 401

    real = Implementation(world, BOT, process.url, TOKEN)
    await real.start(wait=True)
    await real.stop()


async def test_an_event_by_http_is_refused_even_if_it_is_signed(world: World, process: Process) -> None:
    await world.until(lambda: _listening(process))
    event = json.dumps({"post_type": "message", "self_id": BOT, "user_id": 10000}).encode()
    signature = hmac.new(SECRET.encode(), event, "sha1").hexdigest()
    headers = {"X-Self-ID": str(BOT), "X-Signature": f"sha1={signature}"}
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"http://127.0.0.1:{process.port}/onebot/v11/", content=event, headers=headers
        )
    assert (answer.status_code, answer.text) == (403, "events come by WebSocket only")


async def test_a_wrong_token_is_refused(world: World, process: Process) -> None:
    await world.until(lambda: _listening(process))
    wrong = Implementation(world, BOT, process.url, "wrong", reconnect_seconds=0.1)
    await wrong.start()
    await world.until(lambda: "HTTP 403" in wrong.refusals)
    await wrong.stop()


async def test_an_answer_counts_only_from_the_account_that_was_asked(world: World, process: Process) -> None:
    await world.until(lambda: _listening(process))
    async with _raw(process, BOT) as asked, _raw(process, BOT + 1) as other:
        call = json.loads(await asked.recv())
        assert call["action"] == "get_version_info"
        answer = {"status": "ok", "retcode": 0, "data": {"app_name": "NapCat.Onebot"}, "echo": call["echo"]}
        assert json.loads(await other.recv())["action"] == "get_version_info"
        await other.send(json.dumps(answer))
        assert json.loads(await other.recv())["action"] == "get_friend_list"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asked.recv(), 1.0)
        await asked.send(json.dumps(answer))
        assert json.loads(await asked.recv())["action"] == "get_friend_list"


def _raw(process: Process, account: int) -> connect:
    """Return a connection that says and answers what the test says."""
    headers = {
        "X-Self-ID": str(account), "X-Client-Role": "Universal", "Authorization": f"Bearer {TOKEN}",
    }  # fmt: skip
    return connect(process.url, additional_headers=headers, proxy=None)


async def test_a_half_open_connection_gives_way_once_its_pings_stay_unanswered(
    world: World, tmp_path: Path
) -> None:
    assert bot.PING_SECONDS + bot.PONG_SECONDS <= 15
    process = Process(tmp_path, "1", "2")
    await process.start()
    await world.until(lambda: _listening(process))
    account = Implementation(world, BOT, process.url, TOKEN, reconnect_seconds=0.2)
    await account.start(wait=True)
    account.half_open()
    second = Implementation(world, BOT, process.url, TOKEN, reconnect_seconds=0.5)
    await second.start()

    await world.until(second.connected.is_set, what="the half-open one to be dropped")

    assert "HTTP 403" in second.refusals
    for one in (account, second):
        await one.stop()
    await process.stop()


async def test_killed_at_random_moments_nothing_is_lost_and_nothing_said_twice(
    world: World, process: Process, account: Implementation
) -> None:
    for round_ in range(4):
        process.put(12, first=12 * round_)
        already = len(world.shown)
        await world.until(lambda n=already + 3 + round_: len(world.shown) >= n)
        await process.kill()
        await process.start()

    def open_rows() -> bool:
        return process.rows("SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'unconfirmed')") == [
            (0,)
        ]

    await world.until(open_rows, what="everything to end")
    said = [shown.text for shown in world.shown]
    doubtful = {key for (key,) in process.rows("SELECT key FROM outbox WHERE state = 'unconfirmed'")}
    assert len(said) == len(set(said))
    assert {f"m{n}" for n in range(48)} - set(said) <= doubtful
    assert len(doubtful) <= 4


def _listening(process: Process) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", process.port)) == 0
