"""What lies between the bot and PostgreSQL, and fails when it hurts most: around a COMMIT."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy.engine import URL

# How PostgreSQL says that it has committed.
_DONE = b"COMMIT\x00"


@dataclass(frozen=True)
class Cut:
    """Which commit is cut off: that of the first transaction in which this was said, and that answered.

    `heard`: PostgreSQL commits, and nobody gets to know; otherwise it never hears of it.
    """

    said: bytes
    answered: bytes = b""
    heard: bool = True


@dataclass
class Relay:
    """A way to a server, which is cut once for each of `cuts`; `made`: how often it was."""

    server: URL
    port: int = 0
    cuts: list[Cut] = field(default_factory=list[Cut])
    made: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what one connection and the server say to each other."""
        there, back = await asyncio.open_connection(self.server.host, self.server.port)
        words, answers, mine = bytearray(), bytearray(), list[Cut]()

        def look() -> None:
            found = [one for one in self.cuts if one.said in words and one.answered in answers]
            mine.extend(found)
            for one in found:
                self.cuts.remove(one)

        async def pass_on() -> None:
            while said := await reader.read(2**16):
                if b"BEGIN" in said:
                    words.clear()
                    answers.clear()
                words.extend(said)
                look()
                if b"COMMIT" in said and any(not one.heard for one in mine):
                    return
                back.write(said)

        async def pass_back() -> None:
            while said := await there.read(2**16):
                if _DONE in said and any(one.heard for one in mine):
                    return
                answers.extend(said)
                look()
                writer.write(said)

        ways = [asyncio.create_task(pass_on()), asyncio.create_task(pass_back())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            self.made += len(mine)
        finally:
            for way in ways:
                way.cancel()
            for end in (back, writer):
                end.close()
                with suppress(ConnectionError):
                    await end.wait_closed()


@asynccontextmanager
async def relay(server: URL) -> AsyncGenerator[Relay]:
    """Open a way to a server."""
    made = Relay(server)
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()
