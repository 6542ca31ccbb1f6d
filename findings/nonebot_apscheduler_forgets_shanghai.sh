#!/usr/bin/env bash
# nonebot-plugin-apscheduler plans in Asia/Shanghai, until any setting of its own is given: APSCHEDULER_CONFIG takes the
# place of the default instead of being laid over it, and a nightly job moves to the host's zone, by eight hours on a
# server in UTC, for somebody who only wrote a grace time.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet nonebot2==2.5.0 nonebot-plugin-apscheduler==0.5.0 apscheduler==3.11.3 pydantic==2.14.3
cat > probe.py <<'PY'
from datetime import UTC, datetime
from importlib.metadata import version

import nonebot

nonebot.init(driver="~none", log_level="ERROR")
nonebot.require("nonebot_plugin_apscheduler")
from nonebot_plugin_apscheduler import scheduler

job = scheduler.add_job(print, "cron", hour=3)
run = job.trigger.get_next_fire_time(None, datetime(2026, 11, 30, tzinfo=UTC))
print(version("nonebot-plugin-apscheduler"), "at", run.astimezone(UTC).hour, "UTC")
PY
TZ=UTC venv/bin/python probe.py | grep -v SUCCESS | tee unset
export APSCHEDULER_CONFIG='{"apscheduler.job_defaults.misfire_grace_time": 600}'
TZ=UTC venv/bin/python probe.py | grep -v SUCCESS | tee set
grep -q "at 19 UTC" unset; grep -q "at 3 UTC" set
