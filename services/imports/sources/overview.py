"""How the registry's sources stand: when each last ran, what it brought, what failed."""

from dataclasses import dataclass
from datetime import datetime

from config.phrases.sources import OVERVIEW
from db.engine import Transaction
from db.queries.work import sources
from db.queries.work.sources import SourceRow
from regulation.policy import Policy
from services.imports.sources import configured
from services.imports.sources.model import Outcome, name_of


@dataclass(frozen=True, slots=True)
class Told:
    """One source in a line. `ok`: its last run did not fail."""

    source: str
    ok: bool
    line: str


async def look(tx: Transaction, policy: Policy) -> list[Told]:
    """Return how every source stands that is set, or ran once; none where none is."""
    known = {row.source: row for row in await sources.all_rows(tx)}
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
        when=_when(at),
        people=row.people or 0,
        text=row.reason or OVERVIEW["no_text"],
        good=OVERVIEW["never_good"] if row.good_at is None else _when(row.good_at),
    )
    return Told(name, not failed, line)


def _when(moment: datetime) -> str:
    return f"{moment:%m-%d %H:%M}"
