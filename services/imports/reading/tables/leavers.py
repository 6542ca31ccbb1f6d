"""Where a file says that somebody left, in a place that nobody reads: it isn't applied without a word."""

import re

from config.phrases.imports import READING
from services.imports.reading.files.sheet import Sheet
from services.imports.reading.tables.columns import Header
from services.imports.reading.words.cells import NOTHING, as_text

_LEFT = re.compile(
    r"(?<!待)离职|辞职|辞退|离岗|离司|离厂|最后工作日|最后在岗日|裁员|被裁|除名|开除|解聘|(?:解除|终止).{0,4}(?:合同|劳动|关系)|退休(?!返聘)|resign|terminat",
    re.IGNORECASE,
)
_BOTH = re.compile(r"在职|在岗|全员|花名册")
_NO = frozenset({"否", "n", "no", "0", "false", "未离职", "在职"})


def says_left(cell: object, title: str = "") -> bool:
    """Tell whether a cell says that somebody left: in words, or by standing under such a header."""
    text = as_text(cell) if not isinstance(cell, str) or len(cell) < 400 else ""
    plain = text.casefold()
    if not plain or plain in NOTHING or plain in _NO or _BOTH.search(plain):
        return False
    return _LEFT.search(title or plain) is not None or _LEFT.search(plain) is not None


def title_says_left(sheet: Sheet, header: Header) -> list[str]:
    """Return where a line above the header says that those below left."""
    found: list[str] = []
    for number, cells in sheet.rows():
        if number >= header.row:
            break
        found += [
            READING["says_left_row"].format(row=number, title=" ".join(as_text(cell).split())[:40])
            for cell in cells
            if isinstance(cell, str) and says_left(cell)
        ]
    return found
