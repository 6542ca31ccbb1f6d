"""What an import is to those who ask for it: a preview, a refusal, an outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.imports.changes import Note
from services.imports.reading.table import RowFault


@dataclass(frozen=True, slots=True)
class Planned:
    """What an import would do now. `departures`: new ones; `allowed`: how many go without asking again."""

    counts: Mapping[str, int]
    faults: list[RowFault]
    people: Mapping[str, list[Note]]
    signature: str
    departures: int = 0
    allowed: int = 0
    diff: Any = None
    known: Any = None


@dataclass(frozen=True, slots=True)
class Preview:
    """An import that waits for 同意. `text` is the preview in Chinese, with the id, for a chat."""

    id: int
    kind: str
    counts: Mapping[str, int]
    faults: tuple[RowFault, ...]
    people: Mapping[str, list[Note]]
    text: str
    departures: int = 0
    allowed: int = 0

    @property
    def needs_second_word(self) -> bool:
        """Tell whether more depart than one 同意 may bring about."""
        return self.departures > self.allowed


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing was kept and nothing changed; `reason` says why, in one Chinese line."""

    reason: str
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an import. `state`: applied | confirm | changed | undone | dropped | refused.

    `confirm`: more depart than may without a second word. `changed`: the registry changed since
    the preview, and the import would do something else now: `text` is the new preview.
    """

    state: str
    text: str
    import_id: int = 0
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    departures: int = 0
