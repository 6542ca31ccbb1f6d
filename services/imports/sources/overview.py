"""How the registry's sources stand: when each last ran, what it brought, what failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.phrases.sources import OVERVIEW
from db.queries.work.sources import SourceRow
from regulation.policy import Policy
from services.imports.sources import configured
from services.imports.sources.model import Outcome, name_of
from services.naming import moment


@dataclass(frozen=True, slots=True)
class Told:
    """One source in a line. `ok`: its last run did not fail."""

    source: str
    ok: bool
    line: str


def look(rows: Sequence[SourceRow], policy: Policy) -> list[Told]:
    """Return how every source stands that is set; none where none is."""
    known = {row.source: row for row in rows}
    wanted = configured.names(policy.sources)
    pushed = ["scim"] if policy.sources.scim.enabled and "scim" in known else []
    return [tell(name, known.get(name)) for name in (*wanted, *pushed)]


def tell(name: str, row: SourceRow | None) -> Told:
    """Say how one source stands."""
    at = None if row is None else row.ended_at or row.good_at
    if row is None or at is None:
        busy = row is not None and row.running_by is not None
        return Told(name, True, OVERVIEW["running" if busy else "never"].format(source=name_of(name)))
    failed = row.outcome == Outcome.FAILED
    kind = "failed" if failed else "nothing" if row.outcome == Outcome.NOTHING_NEW else "well"
    line = OVERVIEW[kind].format(
        source=name_of(name),
        when=moment(at),
        people=row.people or 0,
        text=row.reason or OVERVIEW["no_text"],
        good=OVERVIEW["never_good"] if row.good_at is None else moment(row.good_at),
    )
    return Told(name, not failed, line)
