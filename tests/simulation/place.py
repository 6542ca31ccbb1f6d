"""Where a history happens: a loop, a folder, QQ, a bot, and everything else that draws or tells time put in order."""

import asyncio
import contextlib
import random
import secrets
import tempfile
import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from sqlalchemy import create_engine

from db import connections, steady
from db.scheduling.calm import Calm
from db.scheduling.workers import Workers
from db.tables import metadata
from tests import compiled
from tests.reader import read_here, reading
from tests.simulation.loop import VirtualLoop
from tests.simulation.rest import Rest

_template: list[bytes] = []

DUE = (
    "select min(at), count(*) from (select not_before at from outbox where state = 'waiting'"
    " union all select look_at from groups where look_at is not null and gone_at is null)"
)


def new_database(path: Path) -> None:
    """Make an empty database with every table."""
    if not _template:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "template.db"
            engine = create_engine(f"sqlite:///{made}")
            metadata.create_all(engine)
            engine.dispose()
            _template.append(made.read_bytes())
    path.write_bytes(_template[0])


def due_in(due: str | None, now: datetime) -> float:
    """Return in how many seconds it is `due`, a day at most."""
    if due is None:
        return 86400.0
    return min(86400.0, (datetime.fromisoformat(due).replace(tzinfo=UTC) - now).total_seconds())


@contextlib.contextmanager
def ordered(loop: VirtualLoop, rest: Rest, seed: int) -> Generator[None]:
    """Let every clock and every draw of this process follow the loop and the seed."""
    # A process that starts would make every statement anew, and in a year many start.
    compiled.share()
    drawn = random.Random(f"secrets {seed}")
    state = random.getstate()
    random.seed(f"all else {seed}")
    with contextlib.ExitStack() as stack:
        for what, name, stand_in in (
            (time, "monotonic", loop.time),
            (steady, "seconds", loop.time),
            (secrets, "token_hex", lambda n=32: drawn.randbytes(n).hex()),
            (secrets, "token_bytes", lambda n=32: drawn.randbytes(n)),
            (connections, "SYNCHRONOUS", "OFF"),
            # No thread: the loop does it on the spot, and says so a drawn moment later.
            (Workers, "do", lambda _, work: loop.run_in_executor(None, work)),
            # On the spot nobody can be waited for.
            (Calm, "came", lambda _, seconds: False),
        ):
            stack.enter_context(mock.patch.object(what, name, stand_in))
        for name in ("outgoing.sender", "outgoing.lane", "connecting"):
            stack.enter_context(mock.patch(f"plugins.gateway.{name}.within", rest.within))
        stack.enter_context(reading(read_here))
        stack.enter_context(mock.patch("services.reports.picture.draw", return_value=b"\x89PNG picture"))
        try:
            yield
        finally:
            random.setstate(state)


@contextlib.contextmanager
def running(seed: int) -> Generator[VirtualLoop]:
    """A loop to run a history in."""
    loop = VirtualLoop(seed)
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()
