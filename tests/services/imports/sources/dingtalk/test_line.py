"""The connection to DingTalk: kept, made anew where it broke, and through a proxy where the company has one."""

import asyncio
from collections.abc import AsyncIterator
from http.client import HTTPException
from typing import Any

import pytest

from services.imports.sources.dingtalk.line import Answer, Line

SAID = '{"name": "王"}'.encode()


class Far:
    """A host, or a proxy before one, that answers each connection `most` times and hangs up."""

    def __init__(self) -> None:
        self.heard: list[list[str]] = []
        self.heads: list[str] = []
        self.most, self.address = 99, ""
        self.came = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard: list[str] = []
        self.heard.append(heard)
        if not self.most:
            await reader.readuntil(b"\r\n\r\n")
            self.came.set()
            await reader.read()
        while len(heard) < self.most:
            head = await reader.readuntil(b"\r\n\r\n")
            heard.append(head.decode().partition(" HTTP")[0])
            self.heads.append(head.decode())
            length = b"" if head.startswith(b"CONNECT") else b"Content-Length: %d\r\n" % len(SAID)
            writer.write(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n" + (SAID if length else b""))
        writer.close()


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    far = Far()
    server = await asyncio.start_server(far.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    far.address = f"http://{host}:{port}"
    yield far
    server.close()


async def test_calls_share_a_connection(far: Far) -> None:
    line = Line(far.address + "/gateway")
    for path in ("/a", "/b"):
        assert await asyncio.to_thread(line.ask, path) == Answer(200, {"name": "王"})
    line.close()
    assert far.heard == [["GET /gateway/a", "GET /gateway/b"]]


async def test_a_connection_that_broke_is_made_anew(far: Far) -> None:
    far.most = 1
    line = Line(far.address)
    await asyncio.to_thread(line.ask, "/a")
    with pytest.raises(ConnectionError):
        await asyncio.to_thread(line.ask, "/b")
    await asyncio.to_thread(line.ask, "/b")
    line.close()
    assert far.heard == [["GET /a"], ["GET /b"]]


async def test_a_call_that_waits_for_its_answer_ends_with_the_line(far: Far) -> None:
    far.most = 0
    line = Line(far.address)
    call = asyncio.create_task(asyncio.to_thread(line.ask, "/a"))
    await far.came.wait()
    line.hang_up()
    with pytest.raises((OSError, HTTPException)):
        await call


async def test_a_call_that_ends_at_the_very_moment_is_hung_up_on_without_an_error(far: Far) -> None:
    line = Line(far.address)
    await asyncio.to_thread(line.ask, "/a")
    http: Any = line._http  # pyright: ignore[reportPrivateUsage]
    seen = [http.sock]

    class Ending(type(http)):
        """What its own thread closes once somebody has looked at it."""

        @property
        def sock(self) -> Any:
            return seen.pop() if seen else None

    sock = http.__dict__.pop("sock")
    http.__class__ = Ending
    line.hang_up()
    assert seen == []
    sock.close()


async def test_where_the_environment_names_a_proxy_it_goes_through_it(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", far.address.replace("//", "//bot:p%40ss@"))
    monkeypatch.setenv("no_proxy", "")
    line = Line("http://oapi.dingtalk.test")
    assert (await asyncio.to_thread(line.ask, "/a")).status == 200
    line.close()
    assert far.heard == [["CONNECT oapi.dingtalk.test:80", "GET /a"]]
    # bot:p@ss, and to the proxy alone.
    assert ["Proxy-Authorization: Basic Ym90OnBAc3M=" in head for head in far.heads] == [True, False]


async def test_whom_no_proxy_concerns_is_asked_directly(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    line = Line(far.address)
    assert (await asyncio.to_thread(line.ask, "/a")).status == 200
    line.close()
