"""What the page of fines shows: a list that pages in the database, and totals that are exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from config.phrases import penalties as say
from db.engine import Transaction
from db.queries.console import fines as rows
from regulation.duties import DUTIES
from regulation.penalties import Penalty, PenaltyState
from regulation.periods import Period
from services.app import App
from services.cases import own_matters
from services.cases.settling.refunds import state_words
from services.console.sessions import Visitor
from services.naming import group_names, who
from services.talk.pages import cut

PAGE = 30
_TONES = {
    PenaltyState.PROPOSED: "warn",
    PenaltyState.APPEALED: "warn",
    PenaltyState.CONFIRMED: "bad",
    PenaltyState.TO_REFUND: "warn",
    PenaltyState.SETTLED: "good",
}


@dataclass(frozen=True, slots=True)
class FineLine:
    """A fine as lists show it. `acts`: what may be done about it now, in the words of the chat commands."""

    id: int
    case_id: int
    person: str
    amount: Decimal
    state: str
    tone: str
    title: str
    group: str
    proposed_at: datetime
    reason: str
    acts: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class FinePage:
    """One page of fines, and what all of them come to: (state, how many, 元)."""

    lines: Sequence[FineLine]
    totals: Sequence[tuple[str, int, Decimal]]
    below: int | None


async def page(
    app: App, *, state: str = "", period: Period | None = None, of: Visitor | None = None, below: int | None
) -> FinePage:
    """Return a page of fines, the newest first. `of`: somebody's own alone."""
    wanted = rows.Wanted(
        states=(state,) if state in say.STATES else (),
        since=None if period is None else period.start,
        until=None if period is None else period.end,
    )
    if of is not None:
        wanted = rows.of_person(wanted, *own_matters.own(app, of.user_id))

    async def read(tx: Transaction) -> FinePage:
        found = await rows.listed(tx, wanted, limit=PAGE + 1, below=below)
        names = await group_names(tx, [one.group_id for one in found])
        totals = await rows.totals(tx, wanted)
        shown, more = cut(found, PAGE)
        lines = [fine_line(app, one, names[one.group_id]) for one in shown]
        summed = [(words, *totals[one]) for one, words in say.STATES.items() if one in totals]
        return FinePage(lines, summed, more)

    return await app.database.look(read)


def fine_line(app: App, one: Penalty, group: str) -> FineLine:
    """Return how lists show a fine."""
    acts = {
        PenaltyState.PROPOSED: ("同意", "驳回"),
        PenaltyState.CONFIRMED: ("已缴",),
        PenaltyState.TO_REFUND: ("已退",),
    }
    return FineLine(
        id=one.id,
        case_id=one.case_id,
        person=who(app, one.liable_user_id, one.liable_employee_no),
        amount=one.amount,
        state=state_words(one),
        tone=_TONES.get(one.state, ""),
        title=DUTIES[one.code].title,
        group=group,
        proposed_at=one.proposed_at,
        reason=one.reason,
        acts=acts.get(one.state, ()),
        version=one.version,
    )
