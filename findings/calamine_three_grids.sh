#!/usr/bin/env bash
# One sheet that begins in B3, under a title's empty margin, is three grids to python-calamine: iter_rows leaves out the
# empty column and keeps the empty rows, to_python leaves out both, to_python(skip_empty_area=False) neither; and
# merged_cell_ranges count from A1 in any case. "Column C" and "merged in row 3" are other cells in each.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet python-calamine==0.9.1 openpyxl==3.1.5
venv/bin/python - <<'PY'
import importlib.metadata
import openpyxl
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
for place, text in {"B3": "工号", "C3": "部门", "B4": "A0123", "C4": "研发部", "B5": "A0124"}.items():
    book.active[place] = text
book.active.merge_cells("C4:C5")
book.save("roster.xlsx")
sheet = CalamineWorkbook.from_path("roster.xlsx").get_sheet_by_index(0)
grids = {
    "iter_rows": list(sheet.iter_rows()),
    "to_python": sheet.to_python(),
    "skip_empty_area=False": sheet.to_python(skip_empty_area=False),
}
at = {
    name: next((row, cells.index("研发部")) for row, cells in enumerate(grid) if "研发部" in cells)
    for name, grid in grids.items()
}
print("python-calamine", importlib.metadata.version("python-calamine"), "研发部 at", at, "merged", sheet.merged_cell_ranges)
assert at == {"iter_rows": (3, 1), "to_python": (1, 1), "skip_empty_area=False": (3, 2)}
assert sheet.merged_cell_ranges == [((3, 2), (4, 2))]
PY
