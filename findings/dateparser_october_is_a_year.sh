#!/usr/bin/env bash
# dateparser takes the month of a Chinese date for its year once it has two digits: 9月30日 is 30 September of this year, but
# 11月30日 is 30 November 2011, and 10月1日, read on a 28th, 28 January 2010. 本月5日 is five days ago. Told that the text is
# Chinese, it knows no date without a year at all. A leaving day typed so lands years back, and is long overdue.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet dateparser==1.5.0
venv/bin/python -W ignore - <<'PY'
from datetime import datetime
from importlib.metadata import version
import dateparser

today = {"RELATIVE_BASE": datetime(2026, 11, 28, 10)}


def read(text, languages=None):
    day = dateparser.parse(text, languages=languages, settings=today)
    return day and day.date().isoformat()


seen = {text: read(text) for text in ("9月30日", "10月1日", "11月30日", "12月5日", "本月5日")}
print("dateparser", version("dateparser"), "on 2026-11-28:", seen, "as Chinese:", read("9月30日", ["zh"]))
assert list(seen.values()) == ["2026-09-30", "2010-01-28", "2011-11-30", "2012-05-28", "2026-11-23"]
assert read("9月30日", ["zh"]) is read("11月30日", ["zh"]) is None
assert read("2026年11月30日") == read("2026年11月30日", ["zh"]) == "2026-11-30"
PY
