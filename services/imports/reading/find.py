"""From a file's bytes to a roster or a register of groups: which sheets are read, and what is said of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from config.phrases.imports import FIELDS, FILE_FAULTS, NOTES, READING
from services.imports.reading.files.sheet import Sheet, UnreadableFileError
from services.imports.reading.files.sheets import is_workbook, open_sheets
from services.imports.reading.files.xlsx_details import EPOCH_1904
from services.imports.reading.groups import Register, read_groups
from services.imports.reading.how import How, Progress
from services.imports.reading.noted import Refusal
from services.imports.reading.people import read_roster
from services.imports.reading.person import Roster
from services.imports.reading.tables.columns import Header, find_header, missing_columns
from services.imports.reading.tables.heads import without_supervisors

_NAMED = 3
Table = tuple[Sheet, Header]


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds."""

    kind: str
    file_hash: str
    content: Roster | Register


def read_file(data: bytes, how: How, progress: Progress | None = None) -> Found | Refusal:
    """Read a file, or say why nothing of it may be used."""
    try:
        tables = _tables(data, how.kind)
        if isinstance(tables, Refusal):
            return tables
        notes = _notes(tables)
        if tables.found[0][1].kind == "filings":
            content = read_groups(tables.found)
        else:
            content = read_roster(tables.found, how.policy, how.phone_key, how.day, progress)
    except UnreadableFileError as error:
        return Refusal(str(error))
    if content.stop is not None:
        return Refusal(content.stop, tuple(content.faults))
    content.notes[:0] = notes
    if isinstance(content, Roster) and content.doubts:
        content.notes.append(READING["says_left"].format(where="、".join(content.doubts[:_NAMED])))
    kind = tables.found[0][1].kind
    return Found(kind, hashlib.sha256(data).hexdigest(), content)


@dataclass(frozen=True, slots=True)
class _Tables:
    found: Sequence[Table]
    unread: Sequence[str]


def _tables(data: bytes, kind: str | None) -> _Tables | Refusal:
    """Return every sheet with a whole header, all of one kind; of a text the first way that gives one."""
    seen: list[Sheet] = []
    found: list[Table] = []
    for sheet in open_sheets(data):
        seen.append(sheet)
        header = find_header(sheet)
        if header is None:
            continue
        if kind not in (None, header.kind):
            return Refusal(FILE_FAULTS["is_register" if header.kind == "filings" else "is_roster"])
        if found and found[0][1].kind != header.kind:
            return Refusal(FILE_FAULTS["several_kinds"].format(name=sheet.name))
        found.append((sheet, without_supervisors(sheet, header)))
        if not is_workbook(data):
            return _Tables(found, ())
    if not found:
        missing = missing_columns(seen, kind)
        return Refusal(FILE_FAULTS["columns"].format(missing="、".join(missing)))
    read = {id(sheet) for sheet, _ in found}
    return _Tables(found, [sheet.name for sheet in seen if id(sheet) not in read and any(sheet.rows())])


def _notes(tables: _Tables) -> list[str]:
    """Return what is said of the file as a whole: sheets, columns by uncommon names, columns not used."""
    notes: list[str] = []
    if len(tables.found) + len(tables.unread) > 1:
        notes.append(READING["sheets"].format(names="、".join(sheet.name for sheet, _ in tables.found)))
    if tables.unread:
        notes.append(READING["no_sheets"].format(names="、".join(tables.unread)))
    headers = [header for _, header in tables.found]
    called = dict.fromkeys((title, name) for header in headers for name, title in header.called.items())
    if called:
        read_as = (READING["called_one"].format(title=title, field=FIELDS[name]) for title, name in called)
        notes.append(READING["called"].format(names="，".join(read_as)))
    unused = dict.fromkeys(title for header in headers for title in header.unused.values())
    if unused:
        notes.append(READING["unused"].format(names="、".join(unused)))
    if any(sheet.epoch == EPOCH_1904 for sheet, _ in tables.found):
        notes.append(NOTES["1904"])
    return notes
