"""Which column holds what: accepted headers of one row or two, found among the first ten rows."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from config.phrases.imports import FILE_FAULTS
from services.imports.reading.files.sheet import Row, Sheet, UnreadableFileError
from services.imports.reading.tables.header_names import (
    LEVELS,
    MAIN_DEPARTMENT,
    REGISTER_HEADERS,
    REGISTER_REQUIRED,
    ROSTER_HEADERS,
    ROSTER_REQUIRED,
)

HEADER_ROWS = 10
# Of a field's names so many are plain; a column by another is named in the preview.
_PLAIN_NAMES = 4
# What is said in brackets of how to fill a column in, and not of what it holds.
_HINT = re.compile(
    r"[(\[【][^()\[\]【】]*(?:必|选填|可选|可空|是/否|是否|格式|多个|隔开|分隔|文本|数字|例|yyyy|年|日期|唯一|修改|请|如"
    r"|默认|required|optional)[^()\[\]【】]*[)\]】]$",
)
_KEY_NOISE = re.compile("[\\s*\u200b\ufeff]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's columns are: field → position; `row` is the number of the header's last row.

    `levels`: the columns of a department's levels, top first. `unused`: position → header of what is
    not read. `called`: field → its header, where that is not one of the field's plain names.
    """

    kind: str
    row: int
    columns: Mapping[str, int]
    levels: tuple[int, ...] = ()
    unused: Mapping[int, str] = field(default_factory=dict[int, str])
    called: Mapping[str, str] = field(default_factory=dict[str, str])


def header_key(cell: object) -> str:
    """Return the form in which two spellings of one header are equal."""
    if not isinstance(cell, str) or len(cell) > 100:
        return ""
    plain = _KEY_NOISE.sub("", unicodedata.normalize("NFKC", cell).casefold()).strip(":")
    while (hint := _HINT.search(plain)) is not None:
        plain = plain[: hint.start()]
    return plain.removesuffix(".名称")


def _wanted(headers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, int]]:
    """Return header → (field, rank): of two columns for one field the lower rank counts."""
    return {header_key(name): (field, n) for field, names in headers.items() for n, name in enumerate(names)}


_KINDS = (
    ("filings", _wanted(REGISTER_HEADERS), REGISTER_REQUIRED),
    ("roster", _wanted(ROSTER_HEADERS), ROSTER_REQUIRED),
)
_LEVELS = {header_key(name): level for level, names in enumerate(LEVELS) for name in names}
# A column's header as it may be meant: its own, or that with its group's name in front.
Labels = Sequence[tuple[str, ...]]


def _columns(labels: Labels, wanted: Mapping[str, tuple[str, int]]) -> dict[str, tuple[int, int]]:
    """Return field → (rank, position); of two columns the better called, then the first, counts."""
    found: dict[str, tuple[int, int]] = {}
    for position, names in enumerate(labels):
        hit = next((wanted[name] for name in names if name in wanted), None)
        if hit is not None and (hit[0] not in found or hit[1] < found[hit[0]][0]):
            found[hit[0]] = (hit[1], position)
    return found


def _levels(labels: Labels) -> tuple[int, ...]:
    found: dict[int, int] = {}
    for position, names in enumerate(labels):
        level = next((_LEVELS[name] for name in names if name in _LEVELS), None)
        if level is not None:
            found.setdefault(level, position)
    return tuple(found[level] for level in sorted(found)) if 0 in found else ()


def _single(cells: Sequence[object]) -> Labels:
    return [(key,) if (key := header_key(cell)) else () for cell in cells]


def _double(upper: Sequence[object], lower: Sequence[object]) -> Labels:
    """Return the labels of a header of two rows: a group's name stands above its first column alone."""
    width = max(len(upper), len(lower))
    labels: list[tuple[str, ...]] = []
    group = ""
    for at in range(width):
        own = header_key(upper[at]) if at < len(upper) else ""
        below = header_key(lower[at]) if at < len(lower) else ""
        group = own or group
        if below:
            labels.append((below, group + below))
        else:
            labels.append((own,) if own else ())
    return labels


def find_header(sheet: Sheet) -> Header | None:
    """Return the whole header of either kind in a sheet's first rows, or None."""
    rows = list(_top(sheet))
    for at in range(len(rows)):
        for kind, wanted, required in _KINDS:
            found = _header_at(rows, at, kind, wanted, required)
            if found is not None:
                return found
    return None


def _header_at(
    rows: Sequence[Row], at: int, kind: str, wanted: Mapping[str, tuple[str, int]], required: Sequence[str]
) -> Header | None:
    """Return the header that begins at a row, of one row or two, if one does."""
    number, cells = rows[at]
    below, after = rows[at + 1] if at + 1 < len(rows) else (number, ())
    single, double = _single(cells), _double(cells, after)
    if _is_whole(single, wanted, required):
        if _goes_on(single, after, wanted, required):
            return _made(kind, below, double, wanted, cells, after)
        above = rows[at - 1][1] if at else ()
        return _made(kind, number, _double(above, cells), wanted, above, cells)
    if _is_whole(double, wanted, required) and not _is_whole(_single(after), wanted, required):
        return _made(kind, below, double, wanted, cells, after)
    return None


def _is_whole(labels: Labels, wanted: Mapping[str, tuple[str, int]], required: Sequence[str]) -> bool:
    lacking = set(required) - _columns(labels, wanted).keys()
    return not lacking or (lacking == {"department"} and bool(_levels(labels)))


def _goes_on(
    single: Labels, after: Sequence[object], wanted: Mapping[str, tuple[str, int]], required: Sequence[str]
) -> bool:
    """Tell whether the row below a whole header is a part of it: names of columns, and nobody's number."""
    own = {at for field, (_, at) in _columns(single, wanted).items() if field in required}
    keys = [header_key(cell) for cell in after]
    says = {at for at in own if at < len(after) and after[at] not in ("", None)}
    return all((keys[at],) == single[at] for at in says) and any(
        key in wanted for at, key in enumerate(keys) if at not in own
    )


def _made(
    kind: str,
    row: int,
    labels: Labels,
    wanted: Mapping[str, tuple[str, int]],
    upper: Sequence[object],
    lower: Sequence[object],
) -> Header:
    ranked = _columns(labels, wanted)
    columns = {field: at for field, (_, at) in ranked.items()}
    levels = () if "department" in columns or kind == "filings" else _levels(labels)
    if levels:
        columns["department"] = levels[0]
    main = next((at for at, names in enumerate(labels) if MAIN_DEPARTMENT in names), None)
    if kind == "roster" and main not in (None, columns.get("department")):
        columns["main_department"] = main
    titles = [_title(upper, lower, at) for at in range(len(labels))]
    used = {*columns.values(), *levels}
    unused = {at: title for at, title in enumerate(titles) if title and at not in used}
    called = {field: titles[at] for field, (rank, at) in ranked.items() if rank >= _PLAIN_NAMES}
    return Header(kind, row, columns, levels, unused, called)


def _title(upper: Sequence[object], lower: Sequence[object], at: int) -> str:
    """Return a column's header as it stands, its group's aside."""
    own = (cells[at] for cells in (lower, upper) if at < len(cells))
    return next((" ".join(cell.split())[:40] for cell in own if isinstance(cell, str) and cell.strip()), "")


def missing_columns(sheets: Iterable[Sheet], kind: str | None = None) -> tuple[str, ...]:
    """Return the required headers that a file lacks for `kind`, or for the kind it comes nearest to."""
    best: tuple[int, tuple[str, ...]] = (0, tuple(ROSTER_HEADERS[field][0] for field in ROSTER_REQUIRED))
    if kind == "filings":
        best = (0, tuple(REGISTER_HEADERS[field][0] for field in REGISTER_REQUIRED))
    for sheet in sheets:
        for _, cells in _top(sheet):
            for name, wanted, required in reversed(_KINDS):
                columns = _columns(_single(cells), wanted)
                if kind in (None, name) and len(columns) > best[0]:
                    headers = ROSTER_HEADERS if name == "roster" else REGISTER_HEADERS
                    lacking = tuple(headers[field][0] for field in required if field not in columns)
                    best = (len(columns), lacking)
    return best[1]


def _top(sheet: Sheet) -> Iterator[Row]:
    return islice(sheet.rows(), HEADER_ROWS)


def is_header_again(cells: Sequence[object], header: Header) -> bool:
    """Tell whether a row below is the table's header once more, or a part of it.

    Raises `UnreadableFileError` for the header of another table, with its columns elsewhere.
    """
    wanted, required = next((wanted, required) for kind, wanted, required in _KINDS if kind == header.kind)
    labels = _single(cells)
    found = {field: at for field, (_, at) in _columns(labels, wanted).items()}
    if not found:
        return False
    if all(header.columns.get(field) == at for field, at in found.items()):
        return set(required) <= found.keys() or not any(
            label and not (label[0] in wanted or label[0] in _LEVELS) for label in labels
        )
    if set(required) <= found.keys():
        raise UnreadableFileError(FILE_FAULTS["second_header"])
    return False
