#!/usr/bin/env bash
# Excel's own date formats of a Chinese installation (numFmtId 27 to 36 and 50 to 58, among them 2026年11月30日) stand in
# no file: it has only their number. openpyxl, and so pandas, and fastexcel give such a day as a number; python-calamine
# as a day. The same day written with a format of the file's own is a day to all of them.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet openpyxl==3.1.5 pandas==3.1.1 fastexcel==0.21.0 pyarrow==26.0.1 python-calamine==0.9.1 xlsxwriter==3.3.1
venv/bin/python - <<'PY'
import importlib.metadata
import re
import zipfile

import fastexcel, openpyxl, pandas, xlsxwriter
from python_calamine import CalamineWorkbook

BUILT_IN = 31  # yyyy"年"m"月"d"日" in a Chinese Excel
with xlsxwriter.Workbook("own.xlsx") as book:
    sheet = book.add_worksheet()
    sheet.write_number(0, 0, 46356, book.add_format({"num_format": BUILT_IN}))
    sheet.write_number(0, 1, 46356, book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
styles = zipfile.ZipFile("own.xlsx").read("xl/styles.xml").decode()
assert re.findall(r'<numFmt [^>]*numFmtId="(\d+)"', styles) == ["164"] and f'<xf numFmtId="{BUILT_IN}"' in styles

arrow = fastexcel.read_excel("own.xlsx").load_sheet(0, header_row=None).to_arrow()
seen = {
    "openpyxl": [cell.value for cell in openpyxl.load_workbook("own.xlsx").active[1]],
    "pandas": pandas.read_excel("own.xlsx", header=None).iloc[0].tolist(),
    "fastexcel": [column[0].as_py() for column in arrow.columns],
    "python-calamine": next(iter(CalamineWorkbook.from_path("own.xlsx").get_sheet_by_index(0).iter_rows())),
}
for name, row in seen.items():
    print(name, importlib.metadata.version(name), [str(value) for value in row])
    as_days = [getattr(value, "year", None) == 2026 for value in row]
    assert as_days == [name == "python-calamine", True], name
PY
