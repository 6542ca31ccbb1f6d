"""One sheet of a file, whatever kind of file it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.imports.reading.files.number_formats import Shown

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MOST_SHEETS = 40

Row = tuple[int, Sequence[object]]
Span = tuple[tuple[int, int], tuple[int, int]]


class UnreadableFileError(Exception):
    """The file can't be read at all; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows()` gives (row number as Excel shows it, cells), each time from the first.

    `merged`: merged areas as ((row, column), (row, column)), zero-based, within the cells given.
    `epoch`: the day that bare serials count from. `shown`: cells that show something else than they
    hold. `cut`: the file ends in the middle of a line: the last row may not be whole.
    """

    rows: Callable[[], Iterator[Row]]
    height: int
    merged: tuple[Span, ...] = field(default=())
    name: str = ""
    epoch: date = date(1899, 12, 30)
    shown: Shown = field(default_factory=dict[int, dict[int, str]])
    cut: bool = False
