"""From a file's bytes to a roster or a register of groups, off the event loop."""

import hashlib
from dataclasses import dataclass

from config.phrases.registry import FILE_FAULTS
from regulation.policy import DepartmentNames
from services.imports.model import Refusal
from services.imports.reading.columns import Header, find_header, missing_columns
from services.imports.reading.people import Progress, Roster, read_roster
from services.imports.reading.sheets import Sheet, UnreadableFileError, open_sheets


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A file's table: where its header is, and the kind that it tells."""

    sheet: Sheet
    header: Header
    file_hash: str


def find_table(data: bytes, kind: str | None) -> FoundTable | Refusal:
    """Return the table of a file, if it has one of the kind wanted (None: of either kind)."""
    seen: list[Sheet] = []
    try:
        for sheet in open_sheets(data):
            seen.append(sheet)
            header = find_header(sheet)
            if header is not None and kind in (None, header.kind):
                return FoundTable(sheet, header, hashlib.sha256(data).hexdigest())
            if header is not None:
                return Refusal(FILE_FAULTS["is_register" if header.kind == "filings" else "is_roster"])
        missing = missing_columns(seen, kind)
    except UnreadableFileError as error:
        return Refusal(str(error))
    return Refusal(FILE_FAULTS["columns"].format(missing="、".join(missing)))


def read_people(
    table: FoundTable, names: DepartmentNames, phone_key: bytes, progress: Progress | None
) -> Roster | Refusal:
    """Read a roster's rows, or say why nothing of the file may be used."""
    try:
        roster = read_roster(table.sheet, table.header, names, phone_key, progress)
    except UnreadableFileError as error:
        return Refusal(str(error))
    if roster.stop is not None:
        return Refusal(roster.stop, tuple(roster.faults))
    return roster
