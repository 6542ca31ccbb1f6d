"""The violation log for admin staff: one case's whole story, and filtered lists, ten a page."""

from collections.abc import Sequence
from dataclasses import replace

from config.phrases import reports as say
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases import penalties as penalty_rows
from db.queries.cases import timelines as case_rows
from db.queries.cases.case_reports import Wanted
from db.queries.cases.timelines import Event
from regulation.duties import DUTIES
from regulation.model import Case
from regulation.penalties import Penalty
from regulation.periods import month_of
from services.answer import NEUTRAL, Answer
from services.app import App
from services.cases.settling.refunds import state_words
from services.cases.timeline import event_lines, registry_at_opening
from services.naming import deadline, due_words, group_names, known, sentence, short, who
from services.reports.filters import Filters, period_label
from services.talk import pages

PAGE = 10
MOST_LINES = 15


async def story(app: App, case_id: int) -> Answer:
    """Tell the whole story of a case in at most 15 lines."""
    async with app.database.reading() as tx:
        case = await case_rows.get(tx, case_id)
        if case is None:
            return NEUTRAL
        timeline = await case_rows.timeline(tx, case_id)
        fines = await penalty_rows.of_case(tx, case_id)
        group = (await group_names(tx, [case.group_id]))[case.group_id]
    head = _head(app, case, group, timeline, fines)
    lines = event_lines(app, case.code, timeline, MOST_LINES - len(head))
    return Answer(True, "\n".join([*head, *lines]), say.PUBLIC_ONE)


def _head(
    app: App,
    case: Case,
    group: str,
    timeline: Sequence[Event],
    fines: Sequence[Penalty],
) -> list[str]:
    duty, words = DUTIES[case.code], say.STORY
    frozen = words["frozen"] if case.frozen else ""
    lines = [
        words["head"].format(
            id=case.id,
            code=duty.code,
            title=duty.title,
            clause=duty.clause,
            status=status_of(case),
            frozen=frozen,
        )
    ]
    if case.user_id is not None or case.employee_no is not None:
        # Somebody without an identity is named by the QQ number already.
        named = case.user_id is not None and known(app, case.user_id, case.employee_no) is not None
        qq = words["qq"].format(qq=case.user_id) if named else ""
        department = words["department"].format(name=short(case.department)) if case.department else ""
        name = who(app, case.user_id, case.employee_no)
        lines.append(words["who"].format(who=name, qq=qq, department=department))
    lines.append(words["group"].format(name=group, id=case.group_id))
    lines.append(words["seen"].format(what=sentence(case)))
    lines.append(
        words["basis"].format(
            at=f"{case.opened_at:%Y-%m-%d %H:%M}", version=registry_at_opening(timeline) or "?"
        )
    )
    told = case.first_reminded_at is not None
    lines.append(words["due"].format(due=deadline(case.due_at)) if told and case.due_at else words["no_due"])
    if case.previous_id is not None:
        lines.append(words["previous"].format(id=case.previous_id))
    if fines:
        lines.append(words["fines"].format(listed=_fines(app, fines)))
    return lines


def _fines(app: App, fines: Sequence[Penalty]) -> str:
    each = [
        say.STORY["fine"].format(
            id=one.id,
            who=who(app, one.liable_user_id, one.liable_employee_no),
            amount=f"{one.amount:.2f}",
            state=state_words(one),
        )
        for one in fines
    ]
    return "；".join(each[:6]) + (say.AND_MORE if len(each) > 6 else "")


def status_of(case: Case) -> str:
    """Return where a case stands, in words."""
    if case.closed_as is not None:
        return say.CLOSURES[case.closed_as.value]
    return say.STATUS[case.status.value]


async def listing(app: App, filters: Filters, *, asker: int) -> Answer:
    """List the cases meant, newest first, one page; `下一页` goes on.

    Without a period: what is open, and what happened this month.
    """
    wanted = wanted_of(app, filters)
    async with app.database.reading() as tx:
        count = await case_reports.count(tx, wanted)
    heading = " · ".join(part for part in (_period_words(filters), filters.words) if part)
    public = say.PUBLIC_COUNT.format(count=count)
    if count == 0:
        return Answer(False, say.LIST_NONE.format(heading=heading), public)
    head = say.LIST_HEAD.format(heading=heading, count=count)
    return Answer(True, await _page(app, asker, wanted, head, count, 1, None), public)


def wanted_of(app: App, filters: Filters) -> Wanted:
    """Return which cases are meant: without a period what is open, and what happened this month."""
    wanted = filters.wanted()
    if filters.period is not None or filters.state or filters.person:
        return wanted
    month = month_of(app.now().date())
    return replace(wanted, since=month.start, until=month.end, open_too=True)


def _period_words(filters: Filters) -> str:
    if filters.period is not None:
        return period_label(filters.period)
    return "" if filters.state or filters.person else say.LIST_ALL


async def _page(
    app: App, asker: int, wanted: Wanted, head: str, count: int, page: int, below: int | None
) -> str:
    async with app.database.reading() as tx:
        found = await case_reports.listed(tx, wanted, limit=PAGE, below=below)
        lines = await lines_of(app, tx, found)
    number = max(1, -(-count // PAGE))
    foot = say.LIST_PAGE.format(page=page, pages=number) if number > 1 else ""
    if found and page < number:
        last = found[-1].id
        pages.remember(app, asker, lambda: _page(app, asker, wanted, head, count, page + 1, last))
        foot += say.LIST_NEXT
    else:
        pages.forget(app, asker)
    sample = say.LIST_FOOT.format(id=found[0].id) if found and page == 1 else ""
    tail = "；".join(part for part in (foot, sample) if part)
    return "\n".join([head, *lines, *([tail] if tail else [])])


async def lines_of(app: App, tx: Transaction, found: Sequence[Case]) -> list[str]:
    """Return one line a case, beginning with its id."""
    names = await group_names(tx, [case.group_id for case in found])
    return [_line(app, case, names[case.group_id]) for case in found]


def _line(app: App, case: Case, group: str) -> str:
    person = who(app, case.user_id, case.employee_no)
    return say.LIST_LINE.format(
        id=case.id,
        code=case.code,
        title=DUTIES[case.code].title,
        who=f"{short(person)} · " if person else "",
        group=group,
        status=status_of(case) if case.closed_at else open_status(case),
    )


def open_status(case: Case) -> str:
    """Return where an open case stands, and by when."""
    return say.STATUS[case.status.value] + (say.STORY["frozen"] if case.frozen else "") + due_words(case)
