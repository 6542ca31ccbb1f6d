#!/usr/bin/env bash
# asyncio.timeout around a statement on SQLAlchemy's async SQLite ends no sooner than the statement: giving up rolls back,
# which stands in the queue of the one thread that still runs it. aiosqlite alone comes back on time, and leaves the
# statement running.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet "sqlalchemy[asyncio]==2.1.9" aiosqlite==0.22.1
venv/bin/python - <<'PY'
import asyncio
import threading
from importlib.metadata import version

import aiosqlite
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine

steps = []


class Slow:
    """A statement of a second, or until it is let go; the deadline is over as soon as it has begun."""

    def __init__(self):
        self.loop, self.deadline, self.go_on = asyncio.get_running_loop(), asyncio.timeout(None), threading.Event()

    def __call__(self):
        self.loop.call_soon_threadsafe(lambda: self.deadline.reschedule(self.loop.time()))
        self.go_on.wait(1)
        steps.append("statement ended")
        return 1


async def by_sqlalchemy(slow):
    engine = create_async_engine("sqlite+aiosqlite://")

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection, _):
        connection.run_async(lambda plain: plain.create_function("slow", 0, slow))

    try:
        async with slow.deadline, engine.connect() as connection:
            await connection.execute(text("SELECT slow()"))
    except TimeoutError:
        steps.append("deadline heard")
    slow.go_on.set()
    await engine.dispose()


async def by_aiosqlite(slow):
    async with aiosqlite.connect(":memory:") as connection:
        await connection.create_function("slow", 0, slow)
        try:
            async with slow.deadline:
                await connection.execute("SELECT slow()")
        except TimeoutError:
            steps.append("deadline heard")
        slow.go_on.set()


async def run(work):
    steps.clear()
    await work(Slow())
    return list(steps)


seen = {work.__name__: asyncio.run(run(work)) for work in (by_sqlalchemy, by_aiosqlite)}
print("SQLAlchemy", version("sqlalchemy"), "aiosqlite", version("aiosqlite"), seen)
assert seen["by_sqlalchemy"] == ["statement ended", "deadline heard"]
assert seen["by_aiosqlite"] == ["deadline heard", "statement ended"]
PY
