"""What an import is to those who ask for it: a preview, a refusal, an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from services.answer import Answer
from services.imports.changes import Note
from services.imports.reading.noted import Refusal, RowFault


@dataclass(frozen=True, slots=True)
class Brake:
    """Too much of something for one word. `kind`: a field of `Accepted`; `named`: the first few."""

    kind: str
    count: int
    allowed: int
    named: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether there are more than go without asking again."""
        return self.count > self.allowed


@dataclass(frozen=True, slots=True)
class Accepted:
    """The exact numbers that somebody accepts; None: no more than goes without asking again."""

    departures: int | None = None
    changes: int | None = None
    doubts: int | None = None
    fewer: int | None = None

    def of(self, kind: str) -> int | None:
        """Return the number accepted of one kind of brake."""
        return self.numbers().get(kind)

    def numbers(self) -> dict[str, int]:
        """Return the numbers accepted, by kind."""
        given = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {kind: count for kind, count in given if count is not None}


NOTHING_MORE = Accepted()


@dataclass(frozen=True, slots=True)
class Planned:
    """What an import would do now. `brakes`: what needs a second word; `notes`: how the file was read.

    What it is to write is a field of each kind's own.
    """

    counts: Mapping[str, int]
    faults: list[RowFault]
    people: Mapping[str, list[Note]]
    signature: str
    brakes: tuple[Brake, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """An import that waits for 同意. `text` is the preview in Chinese, with the id, for a chat.

    `planned`: what it would do to the registry as it was at its version `based_on`.
    """

    id: int
    kind: str
    counts: Mapping[str, int]
    faults: tuple[RowFault, ...]
    people: Mapping[str, list[Note]]
    text: str
    brakes: tuple[Brake, ...] = ()
    notes: tuple[str, ...] = ()
    planned: Planned | None = field(default=None, repr=False)
    based_on: int = 0

    def plan_at(self, version: int) -> Planned | None:
        """Return what is planned, where nothing that counts for it can have changed at this version.

        Whatever changes the registry counts its version up. A register of groups rests on more than that.
        """
        return self.planned if (self.kind, self.based_on) == ("roster", version) else None


@dataclass(frozen=True, slots=True)
class Imported(Answer):
    """What became of an import.

    `confirm`: it needs a second word, and `why` says for what. `changed`: the registry changed since
    the preview, and the import would do something else now: `text` is the new preview.
    """

    state: Literal["applied", "confirm", "changed", "undone", "refused"] = "refused"
    import_id: int = 0
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    why: str = ""
    brakes: tuple[Brake, ...] = ()


__all__ = ["NOTHING_MORE", "Accepted", "Brake", "Imported", "Planned", "Preview", "Refusal"]
