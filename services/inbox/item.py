"""What an item of the inbox is, and what describing one needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.engine import Transaction
from services.app import App
from services.naming import numbered


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that awaits somebody, or did. `settlers`: QQ numbers of whoever may settle it now.

    `officers`: owners and admins of the group may, by their live role. `viewers` see it in their
    list without being able to settle it; `asked` could once, and hear what became of it. `tell`: whom
    a new item is told, with the lines `more`. `stage` tells the steps of one item apart, `version` one
    question from the next under the same id: a page that shows another one is out of date. `steps`:
    who took which step of it when, by `HOW`.
    """

    letter: str
    id: int
    what: str
    group_id: int | None
    since: datetime
    settlers: frozenset[int]
    tell: tuple[int, ...] = ()
    more: str = ""
    until: datetime | None = None
    viewers: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()
    officers: bool = False
    stage: str = ""
    version: str = ""
    open: bool = True
    settled_by: str | None = None
    settled_at: datetime | None = None
    settled_as: str = ""
    steps: tuple[tuple[str, datetime, str], ...] = ()

    @property
    def name(self) -> str:
        """Return the id as people write it: `J12`."""
        return f"{self.letter}{self.id}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What describing items needs, looked up once."""

    app: App
    tx: Transaction
    staff: frozenset[int]
    groups: Mapping[int, str]
    officers: dict[int, tuple[int, ...]]

    def group(self, group_id: int) -> str:
        """Return a group as lists name it."""
        return numbered(self.groups.get(group_id), group_id)
