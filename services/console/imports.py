"""What the pages of imports show: all of them, and one with whom it concerns and the rows it can't read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from config.phrases.imports import CATEGORIES, KINDS, PREVIEW, STATES
from db.queries.work import imports as rows
from db.queries.work.imports import ImportHead, ImportState
from services.app import App
from services.imports import apply
from services.imports.changes import Note
from services.imports.model import Planned
from services.imports.preview import changes_nothing, count_line
from services.people import roles
from services.talk.pages import cut

PAGE = 30


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import as lists show it. `waits`: for 同意; `asks`: for a second one; `same`: it changes nothing."""

    id: int
    kind: str
    state: str
    file_name: str
    by: str
    made_at: datetime
    counts: str
    waits: bool
    asks: bool
    applied: bool
    same: bool


@dataclass(frozen=True, slots=True)
class ImportStory:
    """One import whole. `people`: (what happens, how many, the first of them); `notes`: how it was read,
    and what needs a second word; `faults`: (row, why).
    """

    line: ImportLine
    settled_by: str
    settled_at: datetime | None
    people: Sequence[tuple[str, int, Sequence[Note]]]
    notes: Sequence[str]
    faults: Sequence[tuple[int, str]]


async def page(app: App, below: int | None) -> tuple[list[ImportLine], int | None]:
    """Return a page of imports, the newest first, and what the next one begins under."""
    found = await app.database.look(partial(rows.listed, limit=PAGE + 1, below=below))
    shown, more = cut(found, PAGE)
    return [_line(app, one) for one in shown], more


def _line(app: App, one: ImportHead) -> ImportLine:
    return ImportLine(
        id=one.id,
        kind=KINDS.get(one.kind, one.kind),
        state=STATES.get(one.state, one.state),
        file_name=one.file_name,
        by=roles.actor_name(app, one.made_by),
        made_at=one.made_at,
        counts=count_line(one.kind, one.counts) if one.kind in KINDS else "",
        waits=one.is_open,
        asks=one.state is ImportState.CONFIRMING,
        applied=one.state is ImportState.APPLIED,
        same=changes_nothing(one.counts),
    )


async def story(app: App, import_id: int) -> ImportStory | None:
    """Return one import, or None. Of one that waits, whom it concerns now; else its preview as it was."""
    async with app.database.reading() as tx:
        found = await rows.head(tx, import_id)
        if found is None:
            return None
        faults = await rows.faults(tx, import_id)
    line = _line(app, found)
    planned = await apply.planned_of(app, import_id) if line.waits else None
    by = roles.actor_name(app, found.settled_by) if found.settled_by else ""
    shown = found.preview.splitlines()[1:-1] if planned is None else _notes(planned)
    people = [] if planned is None else _people(planned)
    return ImportStory(line, by, found.settled_at, people, shown, faults)


def _people(planned: Planned) -> list[tuple[str, int, Sequence[Note]]]:
    return [
        (title, planned.counts.get(name, len(notes)), notes)
        for name, title in CATEGORIES.items()
        if (notes := planned.people.get(name))
    ]


def _notes(planned: Planned) -> list[str]:
    held = [
        PREVIEW[brake.kind].format(count=brake.count, allowed=brake.allowed)
        for brake in planned.brakes
        if brake.holds
    ]
    return [*planned.notes, *held]
