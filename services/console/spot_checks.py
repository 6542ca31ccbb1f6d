"""What the page of spot checks shows: what was drawn and found, and the months' draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.phrases import console as say
from db.engine import Transaction
from db.queries.cases import spot_checks as draws
from db.queries.cases.spot_checks import Findings, StoredDraw
from db.queries.console import spot_checks as rows
from regulation.duties import DUTIES, Code
from services.app import App
from services.naming import group_names
from services.people import roles
from services.talk.pages import cut

PAGE = 30
_TONES = {"clean": "good", "findings": "bad", "unknown": "warn"}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A spot check that was done."""

    id: int
    group_id: int
    group: str
    done_at: datetime
    by: str
    outcome: str
    tone: str
    findings: str
    seed: str


@dataclass(frozen=True, slots=True)
class CheckPage:
    """One page of checks, and every month's draw, the newest first."""

    lines: Sequence[CheckLine]
    draws: Sequence[StoredDraw]
    below: int | None


async def page(app: App, below: int | None) -> CheckPage:
    """Return what was checked, the newest first; what is not done yet stays secret."""

    async def read(tx: Transaction) -> CheckPage:
        found = await rows.done(tx, limit=PAGE + 1, below=below)
        names = await group_names(tx, [one.group_id for one in found])
        months = sorted((await draws.draws(tx)).values(), key=lambda one: one.month, reverse=True)
        shown, more = cut(found, PAGE)
        return CheckPage([_line(app, one, names[one.group_id]) for one in shown], months[:12], more)

    return await app.database.look(read)


def _line(app: App, one: rows.Done, group: str) -> CheckLine:
    words, tone = say.CHECKED[one.outcome], _TONES[one.outcome]
    found = one.findings or Findings()
    counts = "，".join(f"{DUTIES[Code(code)].title} {n}" for code, n in sorted(found.by_code.items()))
    by = roles.actor_name(app, one.drawn_by)
    return CheckLine(
        one.id, one.group_id, group, one.done_at, by, words, tone, counts or found.why or "", one.seed
    )
