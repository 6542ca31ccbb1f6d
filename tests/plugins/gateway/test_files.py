"""A file is fetched from the implementation's machine, QQ's servers or a named folder: from nowhere else."""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from plugins.gateway.connection import Connection
from plugins.gateway.profiles import profile_of
from plugins.gateway.reading import files
from services.ports import ReceivedFile, UnreachableError

DATA = "工号,姓名".encode()
GIVEN = ReceivedFile("a.csv", 5, {"file_id": "1"})


def connected(peer: str = "127.0.0.1", **answers: dict[str, Any]) -> Connection:
    """Return a connection to an implementation that answers just this."""

    async def ask(action: str, params: Mapping[str, Any], patience: float) -> Mapping[str, Any]:
        return {"status": "ok", "retcode": 0, "data": answers.get(action)}

    made = Connection(1, ask, peer=peer)
    made.profile = profile_of("NapCat.Onebot")
    return made


@asynccontextmanager
async def serving(*answers: bytes, pause: float = 0.0) -> AsyncGenerator[str]:
    """Serve these pieces to whoever comes, and yield the address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            for piece in answers:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
        except ConnectionError:
            return  # who asked has gone, as meant
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/f"
    server.close()


def ok(data: bytes = DATA) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data


async def fetched(connection: Connection, *folders: Path, file: ReceivedFile = GIVEN) -> bytes | None:
    """Return the file, or None where it can't be had."""
    try:
        return await files.fetch(connection, file, 1000, folders)
    except UnreachableError:
        return None


@pytest.mark.parametrize(
    ("address", "peer", "allowed"),
    [
        ("http://127.0.0.1:41099/x", "127.0.0.1", True),
        ("http://localhost:41099/x", "127.0.0.1", True),
        ("http://127.0.0.1:41099/x", "10.0.0.9", False),
        ("http://10.0.0.9:3000/x", "10.0.0.9", True),
        ("http://10.0.0.8:3000/x", "10.0.0.9", False),
        ("http://169.254.169.254/latest", "127.0.0.1", False),
        ("https://gzc-download.ftn.qq.com/f?k=1", "10.0.0.9", True),
        ("https://multimedia.nt.qq.com.cn/d", "10.0.0.9", True),
        ("https://qq.com.evil.example/", "10.0.0.9", False),
        ("https://evilqq.com/", "10.0.0.9", False),
        ("https://a.qq.com@evil.example/", "10.0.0.9", False),
        ("https://user@a.qq.com/", "10.0.0.9", False),
        ("file:///etc/passwd", "127.0.0.1", False),
        ("ftp://10.0.0.9/x", "10.0.0.9", False),
        ("http://[::1", "127.0.0.1", False),
        ("http://10.0.0.9:x/", "10.0.0.9", False),
        ("", "", False),
        (None, "10.0.0.9", False),
    ],
)
def test_an_address_is_the_implementations_own_or_qqs(address: Any, peer: str, allowed: bool) -> None:
    assert files.is_its_own(address, peer) is allowed


async def test_the_implementations_own_address_is_read_and_another_machines_is_not() -> None:
    async with serving(ok()) as address:
        assert await fetched(connected(get_file={"url": address})) == DATA
        assert await fetched(connected("10.0.0.9", get_file={"url": address})) is None
        sent = ReceivedFile("a.csv", 5, {"url": address})
        assert await fetched(connected(), file=sent) == DATA
        assert await fetched(connected("10.0.0.9"), file=sent) is None


async def test_no_redirect_is_followed() -> None:
    async with serving(ok()) as elsewhere:
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % elsewhere.encode()
        async with serving(head) as address:
            assert await fetched(connected(get_file={"url": address})) is None


async def test_a_file_that_dribbles_is_given_up_after_one_time_for_all_ways(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.3)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    async with serving(head, *[b"x"] * 1000, pause=0.05) as address, asyncio.timeout(10):
        both = connected(get_file={"url": address}, get_private_file_url={"url": address})
        assert await fetched(both) is None


async def test_a_file_that_says_it_is_small_and_is_not_is_cut_off() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 900] * 5) as address:
        with pytest.raises(UnreachableError, match="没有接收"):
            await files.fetch(connected(get_file={"url": address}), GIVEN, 1000, ())


async def test_a_path_is_read_inside_the_named_folders_only(tmp_path: Path) -> None:
    inside, outside = tmp_path / "QQ", tmp_path / "else"
    inside.mkdir()
    outside.mkdir()
    for folder in (inside, outside):
        (folder / "a.csv").write_bytes(DATA)
    (inside / "link.csv").symlink_to(outside / "a.csv")
    os.mkfifo(inside / "pipe")

    async def at(path: Path | str, peer: str = "127.0.0.1") -> bytes | None:
        return await fetched(connected(peer, get_file={"file": str(path)}), inside)

    assert await at(inside / "a.csv") == DATA
    assert await at(inside / "a.csv", "10.0.0.9") is None, "it is a path on another machine"
    for path in (outside / "a.csv", inside / ".." / "else" / "a.csv", inside / "link.csv", inside / "pipe",
                 inside, "/etc/passwd", "a\0b", "x" * 5000):  # fmt: skip
        assert await at(path) is None, path


async def test_a_path_to_something_too_big_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x" * 2000)
    with pytest.raises(UnreachableError, match="没有接收"):
        await files.fetch(connected(get_file={"file": str(tmp_path / "a.csv")}), GIVEN, 1000, (tmp_path,))
