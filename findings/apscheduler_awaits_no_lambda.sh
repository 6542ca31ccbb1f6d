#!/usr/bin/env bash
# AsyncIOScheduler awaits what is declared by "async def" only. A lambda, an object with an async __call__ and a wrapped
# coroutine function are called in a thread; the coroutine that they give back is dropped unawaited, and the job counts
# as executed (EVENT_JOB_EXECUTED). A functools.partial is awaited.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet apscheduler==3.11.3
venv/bin/python -W ignore - <<'PY'
import asyncio
import functools
from importlib.metadata import version

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

ran, told = [], {}


async def audit(name):
    ran.append(name)


class Audit:
    async def __call__(self):
        await audit("object")


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


async def main():
    jobs = {
        "plain": functools.partial(audit, "plain"),
        "lambda": lambda: audit("lambda"),
        "object": Audit(),
        "wrapped": functools.partial(logged(audit), "wrapped"),
    }
    done = asyncio.Event()

    def note(event):
        told[event.job_id] = {EVENT_JOB_EXECUTED: "executed", EVENT_JOB_ERROR: "error"}[event.code]
        if len(told) == len(jobs):
            loop.call_soon_threadsafe(done.set)

    loop, scheduler = asyncio.get_running_loop(), AsyncIOScheduler(timezone="Asia/Shanghai")
    scheduler.add_listener(note, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    for name, job in jobs.items():
        scheduler.add_job(job, id=name)
    scheduler.start()
    await asyncio.wait_for(done.wait(), 30)
    scheduler.shutdown()
    print("APScheduler", version("apscheduler"), "told:", told, "| ran:", ran)
    assert set(told.values()) == {"executed"} and ran == ["plain"]


asyncio.run(main())
PY
