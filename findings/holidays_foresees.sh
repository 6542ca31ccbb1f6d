#!/usr/bin/env bash
# holidays lists "observed" days off of a Chinese year nobody has announced; only its table of special days
# (special_public_holidays) tells whether a year's make-up days are known.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet holidays==0.109
venv/bin/python - <<'PY'
from datetime import date
import holidays

china = holidays.country_holidays("CN", years=(2026, 2027), language="en_US")
print("holidays", holidays.__version__, china.get(date(2027, 2, 9)), 2027 in china.special_public_holidays)
assert "observed" in china[date(2027, 2, 9)]
assert 2026 in china.special_public_holidays and 2027 not in china.special_public_holidays
assert not [day for day in china.weekend_workdays if day.year == 2027]
PY
