"""The rows below a header that are somebody's: merged cells filled, totals and sign-offs left out."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile

from config.phrases.imports import FILE_FAULTS, ROW_FAULTS
from services.imports.reading.files.sheet import Row, Sheet, UnreadableFileError
from services.imports.reading.noted import Noted, RowFault
from services.imports.reading.tables.columns import Header, is_header_again
from services.imports.reading.tables.cut import half_row
from services.imports.reading.words.noise import is_sign_off, is_total

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_Cell = tuple[int, int]


def table_rows(
    sheet: Sheet, header: Header, noted: Noted, *, key: str, named: str | None = None
) -> Iterator[Row]:
    """Give the rows below the header that say something, cells in reach of every column.

    `key`: the column without which a row is nobody's; `named`: the column that says whose row it is. A row
    merged across either is a heading or a continuation; in other columns a merged cell counts for
    each of its rows. What is left out is said in `noted`.
    """
    noted.half = half_row(sheet, header)
    places = sorted({*header.columns.values(), *header.levels})
    width = max(places[-1], max(header.unused, default=0)) + 1
    merged = _Merged(sheet, header, places, key, named)
    own = [header.columns[name] for name in (key, named) if name is not None]
    shown, covered, at = sheet.shown, merged.covered, own[0]
    for number, cells in dropwhile(lambda row: row[0] <= header.row, sheet.rows()):
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        if shown and number in shown:
            cells = _as_shown(cells, shown[number], at, number, noted)
        if covered:
            filled = merged.filled(number, cells, noted)
            if filled is None:
                continue
            cells = filled
        # Nearly every row begins with a number like A001: it is somebody's, without a second look.
        mark = cells[at]
        if (
            isinstance(mark, str) and mark.isascii() and mark.isalnum() and not mark.isalpha()
            and (not at or isinstance(cells[0], float) or _is_mark(cells[0]))
        ) or _is_somebodys(number, cells, places, header, own, noted):  # fmt: skip
            yield number, cells


def _is_mark(cell: object) -> bool:
    return isinstance(cell, str) and cell.isascii() and cell.isalnum()


def _is_somebodys(
    number: int,
    cells: Sequence[object],
    places: Sequence[int],
    header: Header,
    own: Sequence[int],
    noted: Noted,
) -> bool:
    said = any(_says_something(cells[place]) for place in places)
    return not _is_noise(number, cells, header, own, noted) and said


def _as_shown(
    cells: Sequence[object], shown: Mapping[int, str], key: int, number: int, noted: Noted
) -> Sequence[object]:
    seen = list(cells)
    for column, text in shown.items():
        if 0 <= column < len(seen):
            seen[column] = text
    if key in shown and not shown[key].startswith("#"):
        noted.said["shown"].append(number)
    return seen


def _says_something(cell: object) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())


def _is_noise(number: int, cells: Sequence[object], header: Header, own: Sequence[int], noted: Noted) -> bool:
    """Tell whether a row is nobody's: a total, a sign-off, the header once more. Such rows are said."""
    key = cells[own[0]]
    # Nearly every row begins with a number, or has one that isn't Chinese.
    head = cells[0] if _says_something(cells[0]) else next(filter(_says_something, cells), "")
    if isinstance(head, str) and _CHINESE.search(head):
        if is_total(head):
            noted.said["totals"].append(number)
            return True
        lacks = not all(_says_something(cells[place]) for place in own)
        if (lacks or head is key) and is_sign_off(head):
            noted.said["sign_offs"].append(number)
            return True
    if not isinstance(key, str) or not key or (key.isascii() and not key.isalpha() and "_" not in key):
        lacks_all = not any(_says_something(cells[place]) for place in own)
        again = lacks_all and is_header_again(cells, header)
    else:
        again = is_header_again(cells, header)
    if again:
        noted.said["headers"].append(number)
    return again


class _Merged:
    """The merged areas over the columns that count."""

    def __init__(
        self, sheet: Sheet, header: Header, places: Sequence[int], key: str, named: str | None
    ) -> None:
        self.covered = _covered(sheet, places)
        self._tops: dict[_Cell, object] = {}
        self._places = places
        self._key = header.columns[key]
        self._name = header.columns[named] if named is not None else None

    def filled(self, number: int, cells: Sequence[object], noted: Noted) -> Sequence[object] | None:
        """Return a row with its merged cells filled; None for one that is nobody's own."""
        row = number - 1
        merged = self.covered.get(row)
        if not merged:
            return cells
        fate = self._fate(row, merged, cells)
        if fate == "own":
            return self._fill(cells, row, merged)
        if fate:
            noted.faults.append(
                RowFault(number, ROW_FAULTS[fate].format(row=merged_from(merged, self._key, self._name)))
            )
        return None

    def _fate(self, row: int, merged: Mapping[int, _Cell], cells: Sequence[object]) -> str:
        """Return `own`, "" for a heading or a mere continuation, or why the row can't be read."""
        if self._name is None:
            return "own" if merged.get(self._key, (row, self._key)) == (row, self._key) else ""
        key, name = merged.get(self._key), merged.get(self._name)
        if (key is not None and key == name) or any(
            top is not None and top[1] != place for place, top in ((self._key, key), (self._name, name))
        ):
            return ""
        key_goes_on = key is not None and key[0] < row
        name_goes_on = name is not None and name[0] < row
        if key_goes_on and (name_goes_on or not _says_something(cells[self._name])):
            more = [
                place
                for place in self._places
                if place not in (self._key, self._name) and _says_something(cells[place])
                if merged.get(place, (row, place))[0] == row
            ]
            return "merged_more" if more else ""
        if key_goes_on:
            return "merged_number"
        return "merged_name" if name_goes_on else "own"

    def _fill(self, cells: Sequence[object], row: int, merged: Mapping[int, _Cell]) -> Sequence[object]:
        filled = list(cells)
        for column, top in merged.items():
            if top == (row, column):
                self._tops[top] = cells[column]
            elif top[1] == column:
                filled[column] = self._tops.get(top, "")
        return filled


def merged_from(merged: Mapping[int, _Cell], *places: int | None) -> int:
    """Return the row, as Excel numbers it, that a row's merged cells begin in."""
    return min(merged[place][0] for place in places if place is not None and place in merged) + 1


def _covered(sheet: Sheet, places: Sequence[int]) -> dict[int, dict[int, _Cell]]:
    """Return row → column → top left of the merged area there, for the columns that count.

    Raises `UnreadableFileError` where areas lie upon one another: no Excel writes that, and thousands
    over the whole height would take forever.
    """
    found: defaultdict[int, dict[int, _Cell]] = defaultdict(dict)
    room = len(places) * (sheet.height + 1)
    for (top, left), (bottom, right) in sheet.merged:
        for column in places:
            if left <= column <= right:
                room -= max(min(bottom, sheet.height) - top + 1, 0)
                if room < 0:
                    raise UnreadableFileError(FILE_FAULTS["broken"])
                for row in range(top, min(bottom, sheet.height) + 1):
                    found[row][column] = (top, left)
    return dict(found)
