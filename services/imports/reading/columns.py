"""Which column holds what: accepted headers, found in any of the first ten rows."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from services.imports.reading.sheets import Row, Sheet

HEADER_ROWS = 10

ROSTER_HEADERS: Mapping[str, tuple[str, ...]] = {
    "employee_no": ("工号", "员工编号", "员工号", "employee_no"),
    "name": ("姓名", "员工姓名", "name"),
    "department": ("部门", "所属部门", "department"),
    "status": ("状态", "员工状态", "status"),
    "title": ("职务", "职位", "岗位", "title"),
    "is_head": ("主管", "是否主管", "部门负责人", "is_head"),
    "qq": ("QQ", "QQ号", "qq"),
    "phone": ("手机", "手机号", "联系电话", "phone"),
    "hired_on": ("入职日期", "hired_on"),
    "regularized_on": ("转正日期", "regularized_on"),
    "departed_on": ("离职日期", "departed_on"),
    "handover_on": ("移交完成日期", "handover_on"),
    "also_in": ("兼任部门", "also_in"),
}
ROSTER_REQUIRED = ("employee_no", "name", "department")

REGISTER_HEADERS: Mapping[str, tuple[str, ...]] = {
    "group_id": ("群号",),
    "scope": ("成员范围",),
    "name": ("群名称",),
    "purpose": ("用途", "建群目的"),
    "established_on": ("成立日期", "建立日期"),
    "owner": ("群主",),
    "admins": ("管理员", "群管理员"),
    "department": ("部门",),
    "kind": ("类型",),
    "issue": ("议题",),
    "ends_on": ("截止",),
    "mode": ("模式",),
}
REGISTER_REQUIRED = ("group_id", "scope")


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's columns are: field → position; `row` is the header's row number."""

    kind: str
    row: int
    columns: Mapping[str, int]


def header_key(cell: object) -> str:
    """Return the form in which two spellings of one header are equal."""
    if not isinstance(cell, str) or len(cell) > 100:
        return ""
    plain = unicodedata.normalize("NFKC", cell).casefold()
    return "".join(plain.split()).rstrip("*:").lstrip("*").replace("\u200b", "").replace("\ufeff", "")


def _wanted(headers: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {header_key(name): field for field, names in headers.items() for name in names}


_KINDS = (
    ("filings", _wanted(REGISTER_HEADERS), REGISTER_REQUIRED),
    ("roster", _wanted(ROSTER_HEADERS), ROSTER_REQUIRED),
)


def _columns(cells: Sequence[object], wanted: Mapping[str, str]) -> dict[str, int]:
    """Return field → position; of two columns for one field the first counts."""
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        field = wanted.get(header_key(cell))
        if field is not None:
            found.setdefault(field, position)
    return found


def find_header(sheet: Sheet) -> Header | None:
    """Return the whole header of either kind in a sheet's first rows, or None."""
    for number, cells in _top(sheet):
        for kind, wanted, required in _KINDS:
            columns = _columns(cells, wanted)
            if all(field in columns for field in required):
                return Header(kind, number, columns)
    return None


def missing_columns(sheets: Iterable[Sheet], kind: str | None = None) -> tuple[str, ...]:
    """Return the required headers that a file lacks for `kind`, or for the kind it comes nearest to."""
    best: tuple[int, tuple[str, ...]] = (0, tuple(ROSTER_HEADERS[field][0] for field in ROSTER_REQUIRED))
    if kind == "filings":
        best = (0, tuple(REGISTER_HEADERS[field][0] for field in REGISTER_REQUIRED))
    for sheet in sheets:
        for _, cells in _top(sheet):
            for name, wanted, required in reversed(_KINDS):
                columns = _columns(cells, wanted)
                if kind in (None, name) and len(columns) > best[0]:
                    headers = ROSTER_HEADERS if name == "roster" else REGISTER_HEADERS
                    lacking = tuple(headers[field][0] for field in required if field not in columns)
                    best = (len(columns), lacking)
    return best[1]


def _top(sheet: Sheet) -> Iterator[Row]:
    return islice(sheet.rows(), HEADER_ROWS)
