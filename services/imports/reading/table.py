"""The rows below a header, merged cells filled, and what is said of a row that can't be read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from config.phrases.registry import FILE_FAULTS
from services.imports.reading.columns import Header
from services.imports.reading.sheets import Row, Sheet, UnreadableFileError


class RowFault(NamedTuple):
    """A row that can't be read (or not wholly): its number as Excel shows it, and why, in Chinese."""

    row: int
    reason: str


def table_rows(sheet: Sheet, header: Header, *, skip_merged: Sequence[str]) -> Iterator[Row]:
    """Give the rows below the header that say something, cells in reach of every column.

    A row merged across one of the `skip_merged` columns is a heading or a continuation and is
    skipped; in other columns a merged cell counts for each of its rows.
    """
    places = header.columns
    width = max(places.values()) + 1
    kept = tuple(places.values())
    covered = _covered(sheet, places)
    skipped = {places[name] for name in skip_merged if name in places}
    tops: dict[tuple[int, int], object] = {}
    for number, cells in sheet.rows():
        if number <= header.row:
            continue
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        if covered:
            merged = covered.get(number - 1, {})
            if any(top != (number - 1, column) for column, top in merged.items() if column in skipped):
                continue
            cells = _filled(cells, number - 1, merged, tops)
        if any(_says_something(cells[place]) for place in kept):
            yield number, cells


def _says_something(cell: object) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())


def _covered(sheet: Sheet, places: Mapping[str, int]) -> dict[int, dict[int, tuple[int, int]]]:
    """Return row → column → top left of the merged area there, for the columns that count.

    Raises `UnreadableFileError` where areas lie upon one another: no Excel writes that, and thousands
    over the whole height would take forever.
    """
    found: defaultdict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    room = len(set(places.values())) * (sheet.height + 1)
    for (top, left), (bottom, right) in sheet.merged:
        for column in places.values():
            if left <= column <= right:
                room -= max(min(bottom, sheet.height) - top + 1, 0)
                if room < 0:
                    raise UnreadableFileError(FILE_FAULTS["broken"])
                for row in range(top, min(bottom, sheet.height) + 1):
                    found[row][column] = (top, left)
    return dict(found)


def _filled(
    cells: Sequence[object],
    row: int,
    merged: Mapping[int, tuple[int, int]],
    tops: dict[tuple[int, int], object],
) -> Sequence[object]:
    if not merged:
        return cells
    filled = list(cells)
    for column, top in merged.items():
        if top == (row, column):
            tops[top] = cells[column]
        elif top[1] == column:
            filled[column] = tops.get(top, "")
    return filled
