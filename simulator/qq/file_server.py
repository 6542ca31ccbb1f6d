"""A minimal HTTP server for files people sent, in place of QQ's file servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote, unquote

from simulator.qq.model import StoredFile


class FileServer:
    """Serves ``GET /<file id>`` on a free port of 127.0.0.1."""

    def __init__(self, find: Callable[[str], StoredFile | None]) -> None:
        self._find = find
        self._server: asyncio.Server | None = None
        self.address = ""

    async def start(self) -> None:
        """Start listening and set ``address``."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = unquote(head.split(b" ", 2)[1].decode("ascii"))
            file = self._find(path.removeprefix("/f"))
            status, body = ("200 OK", file.data) if file else ("404 Not Found", b"")
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n"
                "Content-Type: application/octet-stream\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client went away; nobody is left to answer
        finally:
            writer.close()


def url_of(address: str, file: StoredFile) -> str:
    """Where a file can be fetched from."""
    return f"{address}/f{quote(file.file_id)}"
