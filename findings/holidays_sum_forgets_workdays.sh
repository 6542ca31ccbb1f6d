#!/usr/bin/env bash
# holidays of two places added up (China's and Hong Kong's) know the days off of both, and none of the weekend days that
# China works to make up: is_working_day says no to each, in either order, though China alone says yes.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet holidays==0.109
venv/bin/python - <<'PY'
from datetime import date
import holidays

china, hong_kong = holidays.CN(years=2026), holidays.HK(years=2026)
saturday = date(2026, 2, 14)
both = (china + hong_kong, hong_kong + china)
print("holidays", holidays.__version__, saturday, "works:", china.is_working_day(saturday),
      "| added up:", [each.is_working_day(saturday) for each in both])
assert china.is_working_day(saturday) and not any(each.is_working_day(saturday) for each in both)
assert all(date(2026, 10, 1) in each and date(2026, 7, 1) in each for each in both)
made_up = [day for day in china.weekend_workdays if day.year == 2026]
assert len(made_up) == 6 and not any(day in each.weekend_workdays for day in made_up for each in both)
PY
