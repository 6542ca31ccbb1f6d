#!/usr/bin/env bash
# Three valid ways to write a name into a workbook, which python-calamine and openpyxl read alike: xlsx2csv drops a row whose
# number isn't written (it is optional), and glues the phonetic guide of 李四 to an inline name; pylightxl gives inline text
# as empty. A roster turned to CSV so lacks people, or gives them two names; our own reports, written inline, come out empty.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet xlsx2csv==0.8.6 pylightxl==1.61 python-calamine==0.9.1 openpyxl==3.1.5
cat > probe.py <<'PY'
import csv
import io
import zipfile
from importlib.metadata import version

import openpyxl
import pylightxl
import xlsx2csv
from python_calamine import CalamineWorkbook

openpyxl.Workbook().save("empty.xlsx")
NAME = '<c {place} t="inlineStr"><is>{text}</is></c>'
WAYS = {
    "unnumbered": NAME.format(place='r="A1"', text="<t>李四</t>"),
    "inline": NAME.format(place='r="A1"', text="<t>李四</t>"),
    "inline, phonetic": NAME.format(place='r="A1"', text='<t>李四</t><rPh sb="0" eb="2"><t>li si</t></rPh>'),
}


def write(path, number, cell):
    """openpyxl's own empty workbook with this cell in a row of this number, if any."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<sheetData><row {number}>{cell}</row></sheetData></worksheet>'
    )
    with zipfile.ZipFile("empty.xlsx") as empty, zipfile.ZipFile(path, "w") as book:
        for name in empty.namelist():
            book.writestr(name, sheet if name.endswith("sheet1.xml") else empty.read(name))


def by_xlsx2csv(path):
    written = io.StringIO()
    xlsx2csv.Xlsx2csv(path, outputencoding="utf-8").convert(written)
    return next(csv.reader(io.StringIO(written.getvalue())), [])


READERS = {
    "python-calamine": lambda path: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0],
    "openpyxl": lambda path: [cell.value for cell in openpyxl.load_workbook(path).active[1]],
    "xlsx2csv": by_xlsx2csv,
    "pylightxl": lambda path: next(pylightxl.readxl(path).ws("Sheet").rows, []),
}


for way, cell in WAYS.items():
    write(f"{way}.xlsx", "" if way == "unnumbered" else 'r="1"', cell)
seen = {reader: ["".join(read(f"{way}.xlsx")) for way in WAYS] for reader, read in READERS.items()}
print("of", list(WAYS))
for reader, names in seen.items():
    print(" ", reader, version(reader), names)
assert seen["python-calamine"] == seen["openpyxl"] == ["李四", "李四", "李四"]
assert seen["xlsx2csv"] == ["", "李四", "李四li si"]
assert seen["pylightxl"] == ["", "", ""]
PY
venv/bin/python -W ignore probe.py
