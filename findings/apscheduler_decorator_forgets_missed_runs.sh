#!/usr/bin/env bash
# APScheduler's job store keeps a run that was missed while the bot was down, and misfire_grace_time=None has it made up at
# the start, unless the job is added anew there: replace_existing=True, which scheduled_job (the decorator) always says,
# counts the next run from now. The missed one is gone without a word; an interval longer than the bot lives never comes.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet apscheduler==3.11.3 sqlalchemy==2.1.9
printf 'ran = []\n\n\nasync def audit():\n    ran.append("audit")\n' > jobs.py
cat > probe.py <<'PY'
import asyncio
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import jobs
from apscheduler.schedulers.asyncio import AsyncIOScheduler


def scheduler(url):
    store = {"type": "sqlalchemy", "url": url}
    return AsyncIOScheduler({
        "apscheduler.jobstores.default": store, "apscheduler.job_defaults.misfire_grace_time": None,
        "apscheduler.timezone": "Asia/Shanghai",
    })  # fmt: skip


def left_alone(_):
    pass


def replaced(start):
    start.add_job(jobs.audit, "cron", hour=3, id="audit", replace_existing=True)


def decorated(start):
    start.scheduled_job("cron", hour=3, id="audit")(jobs.audit)


async def made_up(how):
    """What runs at a start after a run was missed an hour ago."""
    before = scheduler(f"sqlite:///{how.__name__}.db")
    before.start(paused=True)
    missed = datetime.now(UTC) - timedelta(hours=1)
    before.add_job(jobs.audit, "cron", hour=3, id="audit", next_run_time=missed)
    before.shutdown()
    jobs.ran.clear()
    start = scheduler(f"sqlite:///{how.__name__}.db")
    how(start)
    # Of two runs that are due together the earlier one is begun first.
    start.add_job(asyncio.sleep, "date", args=[0], id="after", run_date=datetime.now(UTC) - timedelta(minutes=1))
    done = asyncio.Event()
    start.add_listener(lambda event: event.job_id == "after" and loop.call_soon_threadsafe(done.set), 4096)
    loop = asyncio.get_running_loop()
    start.start()
    await asyncio.wait_for(done.wait(), 30)
    due = start.get_job("audit").next_run_time > datetime.now(UTC)
    start.shutdown()
    return list(jobs.ran), due


seen = {how.__name__: asyncio.run(made_up(how)) for how in (left_alone, replaced, decorated)}
print("APScheduler", version("apscheduler"), seen)
assert seen == {"left_alone": (["audit"], True), "replaced": ([], True), "decorated": ([], True)}
PY
venv/bin/python probe.py
