"""What the pages of cases show: lists that page in the database, and one case with its whole story."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal

from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases import penalties as penalty_rows
from db.queries.cases import timelines as case_rows
from db.queries.cases.case_reports import Wanted
from regulation.duties import DUTIES, Code, Duty
from regulation.model import Case, Closure
from regulation.penalties import Penalty
from services.app import App
from services.cases import own_matters
from services.cases.settling import appeals
from services.cases.settling.refunds import OVER
from services.cases.timeline import event_text, registry_at_opening
from services.cases.violations import open_status, status_of
from services.console.fines import FineLine, fine_line
from services.console.sessions import Visitor
from services.naming import deadline, group_names, sentence, who
from services.talk.pages import cut

PAGE = 30


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as lists show it. `person` and `due` may be empty; `tone`: good, bad, warn or nothing."""

    id: int
    code: Code
    title: str
    person: str
    group_id: int
    group: str
    status: str
    tone: str
    what: str
    opened_at: datetime
    employee_no: str | None = None


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a list. `below`: what the next page begins under, None on the last."""

    lines: Sequence[CaseLine]
    count: int
    below: int | None


@dataclass(frozen=True, slots=True)
class Story:
    """One case whole. `due`: empty while nobody was told. `events`: (when, what, is it for the worse).

    `may_appeal`: whoever looks may contest it now; `acts`: what they may settle, in the chat commands' words.
    """

    line: CaseLine
    duty: Duty
    case: Case
    department: str
    due: str
    events: Sequence[tuple[datetime, str, bool]]
    fines: Sequence[FineLine]
    version: str
    may_appeal: bool
    acts: Sequence[str]


def own(app: App, me: Visitor) -> Wanted:
    """Return which cases are about somebody themselves."""
    qqs, number = own_matters.own(app, me.user_id)
    return Wanted(user_ids=tuple(sorted(qqs)), employee_no=number)


async def page(app: App, wanted: Wanted, *, below: int | None) -> CasePage:
    """Return a page of cases, the newest first."""

    async def read(tx: Transaction) -> CasePage:
        count = await case_reports.count(tx, wanted)
        found = await case_reports.listed(tx, wanted, limit=PAGE + 1, below=below)
        shown, more = cut(found, PAGE)
        return CasePage(await lines_of(app, tx, shown), count, more)

    return await app.database.look(read)


async def lines_of(app: App, tx: Transaction, found: Sequence[Case]) -> list[CaseLine]:
    """Return how lists show these cases."""
    names = await group_names(tx, [case.group_id for case in found])
    return [_line(app, case, names[case.group_id]) for case in found]


def _line(app: App, case: Case, group: str) -> CaseLine:
    closed = case.closed_at is not None
    tone = "bad" if case.overdue_at is not None else "warn" if case.first_reminded_at is not None else ""
    return CaseLine(
        id=case.id,
        code=case.code,
        title=DUTIES[case.code].title,
        person=who(app, case.user_id, case.employee_no),
        group_id=case.group_id,
        group=group,
        status=status_of(case) if closed else open_status(case),
        tone="good" if closed else tone,
        what=sentence(case),
        opened_at=case.opened_at,
        employee_no=case.employee_no,
    )


async def story(app: App, case_id: int, me: Visitor) -> Story | None:
    """Return one case, or None where there is none that this person may see."""
    return await app.database.look(partial(_story, app, case_id, me))


async def _story(app: App, case_id: int, me: Visitor, tx: Transaction) -> Story | None:
    case = await case_rows.get(tx, case_id)
    if case is None or not (me.may("违规") or await _is_theirs(app, tx, case, me)):
        return None
    timeline = await case_rows.timeline(tx, case_id)
    fines = await penalty_rows.of_case(tx, case_id)
    line = (await lines_of(app, tx, [case]))[0]
    told = case.first_reminded_at is not None
    mine = fines if me.may("违规") else [one for one in fines if _is_liable(app, one, me)]
    return Story(
        line=line,
        duty=DUTIES[case.code],
        case=case,
        department=case.department,
        due=deadline(case.due_at) if told else "",
        events=[
            (one.at, event_text(app, case.code, one), one.kind in ("overdue", "undelivered", "withheld"))
            for one in timeline
        ],
        fines=[fine_line(app, one, line.group) for one in mine],
        version=registry_at_opening(timeline),
        may_appeal=me.may("申诉") and await appeals.is_open_to(app, tx, case, me.user_id),
        acts=await _acts(app, tx, case, fines, me),
    )


async def _acts(
    app: App, tx: Transaction, case: Case, fines: Sequence[Penalty], me: Visitor
) -> tuple[str, ...]:
    if not me.may("免除") or await own_matters.is_own(app, tx, me.user_id, case=case):
        return ()
    standing = any(one.state not in OVER for one in fines)
    acts = ("免除",) if standing or case.closed_at is None else ()
    acts += ("撤销",) if standing or case.closed_as is not Closure.DISMISSED else ()
    return (*acts, "豁免") if case.user_id is not None and DUTIES[case.code].about_member else acts


def _is_liable(app: App, one: Penalty, me: Visitor) -> bool:
    return own_matters.is_of(one.liable_user_id, one.liable_employee_no, *own_matters.own(app, me.user_id))


async def _is_theirs(app: App, tx: Transaction, case: Case, me: Visitor) -> bool:
    """Tell whether a case is about somebody, or they owe for it."""
    wanted = own(app, me)
    if own_matters.is_of(case.user_id, case.employee_no, wanted.user_ids, wanted.employee_no):
        return True
    return bool(await penalty_rows.liable_for(tx, case.id, wanted.user_ids, wanted.employee_no))


def as_counted(wanted: Wanted, what: Literal["opened", "closed"]) -> Wanted:
    """Return `wanted` as summaries count it: opened or closed in the period, and not dismissed as wrong."""
    return replace(wanted, counted=what, open_too=False)
