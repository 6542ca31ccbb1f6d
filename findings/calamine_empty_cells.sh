#!/usr/bin/env bash
# python-calamine gives a cell with an error, and a formula never calculated, as an empty text; a number
# with the format 00000 as the bare number; a zero formatted as a date as midnight.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet python-calamine==0.9.1 openpyxl==3.1.5
venv/bin/python - <<'PY'
import datetime, importlib.metadata, io
import openpyxl
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
sheet = book.active
sheet.append(["#N/A", '=IF(1,"left","here")', 123, 0])
sheet["A1"].data_type = "e"
sheet["C1"].number_format, sheet["D1"].number_format = "00000", "yyyy-mm-dd"
out = io.BytesIO()
book.save(out)
row = next(iter(CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0).iter_rows()))
print("python-calamine", importlib.metadata.version("python-calamine"), row)
assert row == ["", "", 123.0, datetime.time(0, 0)], row
PY
