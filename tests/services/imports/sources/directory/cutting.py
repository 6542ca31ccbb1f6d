"""Between a reader and a directory: passes on so many bytes of the answer, and then does ill."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto

PIECE = 16 * 1024
EVERYTHING = 2**62
DRIPPED, DRIP_SECONDS = 60, 0.5


class Ill(Enum):
    """What becomes of the rest of an answer."""

    ENDS = auto()
    BREAKS = auto()
    SPOILT = auto()
    SILENT = auto()
    DRIPS = auto()


@dataclass
class Between:
    """Where it listens, how many bytes of the directory's it has passed on, and whether the reader is gone."""

    url: str
    passed: int = 0
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def between(url: str, most: int = EVERYTHING, ill: Ill = Ill.ENDS) -> AsyncIterator[Between]:
    """Pass on what is said to and by the directory at `url`; TLS is theirs."""
    scheme, _, port = url.rpartition(":")
    ends: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_connection("localhost", int(port))
        ends.extend((writer, asks))
        asking = asyncio.create_task(_pass_on(reader, asks))
        with suppress(ConnectionError):
            while data := await answers.read(PIECE):
                good, rest = data[: most - here.passed], data[most - here.passed :]
                here.passed += len(good)
                writer.write(good)
                if rest and ill is Ill.DRIPS:
                    await _drip(writer, rest[:DRIPPED])
                if rest and not _ILL[ill](writer, rest):
                    break
                await writer.drain()
        if ill is not Ill.SILENT:
            writer.close()
        await asking
        here.hung_up.set()

    server = await asyncio.start_server(serve, "localhost", 0)
    here = Between(f"{scheme}:{server.sockets[0].getsockname()[1]}")
    try:
        yield here
    finally:
        server.close()
        for one in ends:
            one.close()
        await asyncio.gather(*(one.wait_closed() for one in ends), return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, asks: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(PIECE):
            asks.write(data)
    asks.close()


async def _drip(writer: asyncio.StreamWriter, rest: bytes) -> None:
    for byte in rest:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(DRIP_SECONDS)


def _spoil(writer: asyncio.StreamWriter, rest: bytes) -> bool:
    writer.write(bytes(byte ^ 0xFF for byte in rest))
    return True


def _break(writer: asyncio.StreamWriter, rest: bytes) -> bool:
    writer.transport.abort()
    return False


# Returns whether more of the answer is to come.
_ILL: dict[Ill, Callable[[asyncio.StreamWriter, bytes], bool]] = {
    Ill.ENDS: lambda writer, rest: False,
    Ill.BREAKS: _break,
    Ill.SPOILT: _spoil,
    Ill.SILENT: lambda writer, rest: True,
    Ill.DRIPS: lambda writer, rest: False,
}
