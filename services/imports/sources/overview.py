"""How the registry's sources stand: when each last ran, what it brought, what failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.phrases.sources import OVERVIEW
from db.queries.work.sources import SourceRow
from services.app import App
from services.imports.sources import configured
from services.imports.sources.model import PUSHING, Outcome, name_of
from services.naming import said


@dataclass(frozen=True, slots=True)
class Told:
    """How one source stands, in words. `ok`: its last run did not fail. `has_run`: ever."""

    name: str
    ok: bool
    text: str
    has_run: bool = True

    @property
    def title(self) -> str:
        """Return what this is about, where other things are told beside it."""
        return OVERVIEW["title"].format(source=self.name)

    @property
    def line(self) -> str:
        """Return all of it in a line."""
        return OVERVIEW["line"].format(title=self.title, text=self.text)


def look(app: App, rows: Sequence[SourceRow]) -> list[Told]:
    """Return how every source stands that is set; none where none is."""
    known = {row.source: row for row in rows}
    wanted = configured.names(app.policy.sources)
    pushed = ["scim"] if app.policy.sources.scim.enabled else []
    return [_told(app, name, known.get(name)) for name in (*wanted, *pushed)]


def _told(app: App, name: str, row: SourceRow | None) -> Told:
    at = None if row is None else row.ended_at or row.good_at
    if row is None or at is None:
        busy = row is not None and row.running_by is not None
        never = "never_told" if name in PUSHING else "never"
        return Told(name_of(name), True, OVERVIEW["running" if busy else never], has_run=False)
    failed = row.outcome == Outcome.FAILED
    kind = "failed" if failed else "nothing" if row.outcome == Outcome.NOTHING_NEW else "well"
    text = OVERVIEW[kind].format(
        when=said(at, app.now()),
        people=row.people or 0,
        text=row.reason or OVERVIEW["no_text"],
        good=said(row.good_at, app.now()) or OVERVIEW["never_good"],
    )
    return Told(name_of(name), not failed, text)
