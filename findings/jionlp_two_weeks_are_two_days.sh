#!/usr/bin/env bash
# jionlp's parse_time ends 两周内 after two days and 一周内 after one (七天内 takes seven); its 工作日 are Monday to Friday,
# whatever is a holiday or worked for one; the first workday after 国庆节 is 1 October itself. All of it as "accurate".
# A deadline that admin staff type in words would come days early, and be somebody's fine.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet jionlp==1.5.31
cat > probe.py <<'PY'
from datetime import datetime
from importlib.metadata import version
import jionlp

WEDNESDAY = datetime(2026, 9, 30, 10)  # the day before National Day; 1 to 7 October are off
seen = {}
for words in ("七天内", "一周内", "两周内", "两个星期内", "1个工作日后", "5个工作日后", "国庆节后第一个工作日"):
    read = jionlp.parse_time(words, time_base=WEDNESDAY)
    assert read["definition"] == "accurate", read
    seen[words] = read["time"][-1][:10]
print("jionlp", version("jionlp"), "on 2026-09-30:", seen)
assert list(seen.values()) == [
    "2026-10-07",
    "2026-10-01",
    "2026-10-02",
    "2026-10-02",
    "2026-10-01",
    "2026-10-07",
    "2026-10-01",
]
PY
venv/bin/python -W ignore probe.py
