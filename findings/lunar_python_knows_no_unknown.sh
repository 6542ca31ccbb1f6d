#!/usr/bin/env bash
# lunar_python says of a Chinese year that nobody has announced the same as of an ordinary day (None), even of the days
# off that stand in the law; its "next workday" then falls into the Spring Festival without a word.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet lunar_python==1.4.8
venv/bin/python - <<'PY'
from importlib.metadata import version
from lunar_python import Solar
from lunar_python.util import HolidayUtil

new_year, ordinary = HolidayUtil.getHoliday("2027-01-01"), HolidayUtil.getHoliday("2026-11-30")
eve = Solar.fromYmd(2027, 2, 5)
print("lunar_python", version("lunar_python"), new_year, ordinary, HolidayUtil.getHolidays(2027))
print(eve.getLunar().toString(), "is followed by the workday", eve.next(1, True).toYmd())
assert HolidayUtil.getHoliday("2026-01-01").getName() == "元旦节"
assert new_year is None and ordinary is None and HolidayUtil.getHolidays(2027) == []
# The third day of the Spring Festival's first month is a day off by law since 1949.
assert eve.next(1, True).toYmd() == "2027-02-08" and eve.next(3).getLunar().getDay() == 3
PY
