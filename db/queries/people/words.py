"""What chat and terminal said last of employees, which the next roster is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Word:
    """What chat or terminal said last of somebody's departure or department, and from which day it holds.

    `what`: departed or rehired; `to`: the new department.
    """

    on: date
    what: str = ""
    to: str = ""

    @property
    def departs(self) -> date | None:
        """Return the day of departure by it; None where it says that somebody is back."""
        return self.on if self.what == "departed" else None


def of(stored: Mapping[str, Mapping[str, str]] | None) -> dict[str, Word]:
    """Return the words that a row holds, by what they are about: `status`, `department`."""
    return {
        about: Word(date.fromisoformat(one["on"]), one.get("what", ""), one.get("to", ""))
        for about, one in (stored or {}).items()
    }


def row_of(words: Mapping[str, Word]) -> dict[str, dict[str, str]]:
    """Return words as a row holds them."""
    found: dict[str, dict[str, str]] = {}
    for about, one in words.items():
        said = {"what": one.what, "to": one.to}
        found[about] = {"on": one.on.isoformat()} | {name: text for name, text in said.items() if text}
    return found
