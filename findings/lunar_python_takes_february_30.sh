#!/usr/bin/env bash
# lunar_python refuses the 30th of a lunar month that has 29 days, and takes the 30th of February: the day says that it is
# 2026-02-30, is the lunar day of 2 March, and is followed by 3 March. Whoever checks a typed day by it passes every 31st.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet lunar_python==1.4.8
venv/bin/python - <<'PY'
from importlib.metadata import version
from lunar_python import Lunar, Solar

try:
    Lunar.fromYmd(2026, 2, 30)
except Exception as error:
    print("lunar_python", version("lunar_python"), "lunar:", error)
else:
    raise SystemExit("a lunar month of 29 days has a 30th now")
day = Solar.fromYmd(2026, 2, 30)
print("solar:", day.toYmd(), day.getLunar().toString(), "back:", day.getLunar().getSolar().toYmd(), "next:", day.next(1).toYmd())
assert (day.toYmd(), day.getLunar().getSolar().toYmd(), day.next(1).toYmd()) == ("2026-02-30", "2026-03-02", "2026-03-03")
assert Solar.fromYmd(2026, 4, 31).toYmd() == "2026-04-31"
PY
