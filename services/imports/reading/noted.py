"""What is said of a file's rows: what can't be read, and what is read in another way than it stands."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from config.phrases.imports import NOTES

_NAMED_ROWS = 3


class CellFault(Exception):
    """This cell can't be read; the text says why, in Chinese."""


class RowFault(NamedTuple):
    """A row that can't be read (or not wholly): its number as Excel shows it, and why, in Chinese."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing was kept and nothing changed; `reason` says why, in one Chinese line."""

    reason: str
    faults: tuple[RowFault, ...] = ()


@dataclass(slots=True)
class Noted:
    """`faults`: rows not read. `said`: how something was read (a key of `NOTES`) → in which rows.

    `half`: the row that may be half of itself, where the file ends in the middle of a line.
    """

    faults: list[RowFault] = field(default_factory=list[RowFault])
    half: RowFault | None = None
    said: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict[str, list[int]](list))

    def check_whole(self, row: int) -> None:
        """Raise `CellFault` for the row that may be half of itself."""
        if self.half is not None and row == self.half.row:
            raise CellFault(self.half.reason)

    def lines(self) -> list[str]:
        """Return what is to be said in the preview, a line each."""
        return [NOTES[key].format(rows=_rows(rows)) for key, rows in self.said.items()]


def _rows(rows: list[int]) -> str:
    named = "、".join(str(row) for row in rows[:_NAMED_ROWS])
    return NOTES["row" if len(rows) <= _NAMED_ROWS else "rows"].format(named=named, count=len(rows))
