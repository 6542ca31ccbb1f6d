#!/usr/bin/env bash
# AsyncIOScheduler.shutdown(wait=True), "wait until all currently executing jobs have finished", is the default and what
# nonebot-plugin-apscheduler calls: it waits for nothing and cancels every async job where it stands.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet apscheduler==3.11.3
venv/bin/python - <<'PY' 2>/dev/null
import asyncio
from importlib.metadata import version

from apscheduler.schedulers.asyncio import AsyncIOScheduler

steps, begun, ended = [], asyncio.Event(), asyncio.Event()


async def audit():
    begun.set()
    try:
        await asyncio.sleep(0.2)
        steps.append("finished")
    except asyncio.CancelledError:
        steps.append("cancelled")
        raise
    finally:
        ended.set()


async def main():
    scheduler = AsyncIOScheduler(timezone="Asia/Shanghai")
    scheduler.add_job(audit)
    scheduler.start()
    await begun.wait()
    scheduler.shutdown(wait=True)
    steps.append("shutdown came back")
    await ended.wait()
    print("APScheduler", version("apscheduler"), steps)
    assert steps == ["shutdown came back", "cancelled"]


asyncio.run(asyncio.wait_for(main(), 30))
PY
