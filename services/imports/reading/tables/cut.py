"""The last line of a text that ends in the middle of it: its last cell may be half of what it said."""

from config.phrases.imports import ROW_FAULTS
from services.imports.reading.files.sheet import Sheet
from services.imports.reading.noted import RowFault
from services.imports.reading.tables.columns import Header

# Half of one of these is one, too.
_DIVISIBLE = frozenset(
    {"employee_no", "qq", "phone", "hired_on", "regularized_on", "departed_on", "handover_on", "group_id"}
)


def half_row(sheet: Sheet, header: Header) -> RowFault | None:
    """Return the last row with the reason to doubt it, or None where it can be taken for whole."""
    if not sheet.cut:
        return None
    rows = [(number, cells) for number, cells in sheet.rows() if number > header.row and any(cells)]
    if not rows:
        return None
    (number, cells), others = rows[-1], [one for _, one in rows[:-1]]
    at = len(cells) - 1
    values = [str(one[at]).strip() for one in others if len(one) > at]
    last = str(cells[at]).strip()
    name = next((field for field, place in header.columns.items() if place == at), "")
    shorter = bool(others) and all(len(one) > len(cells) for one in others)
    half = bool(last) and any(value != last and value.startswith(last) for value in values)
    fewer = name in _DIVISIBLE and any(len(value) > len(last) for value in values)
    return RowFault(number, ROW_FAULTS["cut"]) if shorter or half or fewer else None
