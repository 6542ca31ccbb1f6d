#!/usr/bin/env bash
# APScheduler's interval trigger counts the next run from the moment of the last one, jitter included, and jitter only
# adds: a daily job with ten minutes of jitter wanders five minutes later a day, around the clock in a year. A cron
# trigger with the same jitter stays where it was put.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet apscheduler==3.11.0
venv/bin/python - <<'PY'
import random
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

random.seed(1)
start = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
late = {}
for trigger in (
    IntervalTrigger(hours=24, jitter=600, start_date=start, timezone=UTC),
    CronTrigger(hour=2, minute=30, jitter=600, timezone=UTC),
):
    run = trigger.get_next_fire_time(None, start)
    for _ in range(365):
        run = trigger.get_next_fire_time(run, run)
    late[type(trigger).__name__] = run - (start + timedelta(days=365))
print("APScheduler", version("apscheduler"), {name: str(by) for name, by in late.items()})
assert late["IntervalTrigger"] > timedelta(hours=24)
assert abs(late["CronTrigger"]) <= timedelta(minutes=10)
PY
