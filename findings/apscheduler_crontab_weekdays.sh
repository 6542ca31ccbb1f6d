#!/usr/bin/env bash
# APScheduler takes a crontab expression, and counts its weekdays from Monday = 0: "1-5", Monday to Friday in every
# crontab, runs Tuesday to Saturday, "0" on Mondays, "7" is refused; and a day of the month beside a day of the week
# means both, where cron means either. Names (mon-fri) say the same to both.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet apscheduler==3.11.3 croniter==6.0.0
venv/bin/python - <<'PY'
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter

START = datetime(2026, 11, 1, tzinfo=UTC)


def days(next_run):
    """The days of a month on which a job runs."""
    found, run = [], START
    while (run := next_run(run)) < START + timedelta(days=30):
        found.append(run)
    return found


def by_apscheduler(expression):
    trigger = CronTrigger.from_crontab(expression, timezone=UTC)
    return days(lambda run: trigger.get_next_fire_time(None, run + timedelta(seconds=1)))


def by_cron(expression):
    return days(lambda run: croniter(expression, run).get_next(datetime))


def weekdays(found):
    return sorted({day.isoweekday() for day in found})


for expression in ("0 9 * * 1-5", "0 9 * * 0", "0 9 * * mon-fri", "0 9 1 * mon"):
    theirs, cron = by_apscheduler(expression), by_cron(expression)
    print("APScheduler", version("apscheduler"), expression, weekdays(theirs), len(theirs), "| cron", weekdays(cron), len(cron))
assert weekdays(by_apscheduler("0 9 * * 1-5")) == [2, 3, 4, 5, 6] and weekdays(by_cron("0 9 * * 1-5")) == [1, 2, 3, 4, 5]
assert weekdays(by_apscheduler("0 9 * * 0")) == [1] and weekdays(by_cron("0 9 * * 0")) == [7]
assert by_apscheduler("0 9 * * mon-fri") == by_cron("0 9 * * mon-fri")
assert len(by_apscheduler("0 9 1 * mon")) == 0 and len(by_cron("0 9 1 * mon")) == 6
try:
    CronTrigger.from_crontab("0 9 * * 7")
except ValueError as error:
    print("7:", error)
else:
    raise SystemExit("7 is a Sunday now")
PY
