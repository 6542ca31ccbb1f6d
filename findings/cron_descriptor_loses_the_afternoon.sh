#!/usr/bin/env bash
# cron-descriptor writes times with AM and PM unless told otherwise, and its Chinese, Japanese and Korean have no words for
# the two: 17:30 and 05:30 read alike, midnight is 12:00, and 9 to 17 o'clock ends at 05:59. Admin staff who are shown the
# night's jobs in Chinese see them twelve hours off, and nothing says so; English is right, and so is the 24-hour clock.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet cron-descriptor==2.2.1
venv/bin/python - <<'PY'
from importlib.metadata import version
from cron_descriptor import Options, get_description

TIMES = ("30 17 * * *", "30 5 * * *", "0 0 1 * *", "*/5 9-17 * * *")


def said(language, by_24_hours=False):
    options = Options()
    options.locale_code = language
    if by_24_hours:
        options.use_24hour_time_format = True
    return [get_description(time, options) for time in TIMES]


print("cron-descriptor", version("cron-descriptor"), dict(zip(TIMES, said("zh_CN"))))
assert said("zh_CN") == ["在 05:30", "在 05:30", "在 12:00, 每月的 1 号", "每 5 分钟, 在 09:00 和 05:59 之间"]
for language in ("zh_TW", "ja_JP", "ko_KR"):
    evening, morning = said(language)[:2]
    assert evening == morning and "05:30" in evening, evening
assert said("en_US")[:2] == ["At 05:30 PM", "At 05:30 AM"]
assert said("zh_CN", by_24_hours=True)[:2] == ["在 17:30", "在 05:30"]
PY
