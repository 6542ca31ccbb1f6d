"""`我的`: what is stored about the asker, their groups, open cases with what to do, and fines.

Only ever about the asker: whoever it is, everything here is looked up by their own QQ number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from config.phrases import mine as say
from db.queries.cases import case_reports
from db.queries.cases import penalties as penalty_rows
from db.queries.cases.case_reports import OPEN, Wanted
from db.queries.groups import memberships
from regulation.cards.group_card import right_card
from regulation.duties import DUTIES, Code
from regulation.model import Case, Closure, Employee
from regulation.penalties import Penalty, PenaltyState
from services.answer import Answer
from services.app import App
from services.cases.settling import appeals
from services.cases.settling.refunds import state_words
from services.naming import day, due_words, group_names, short
from services.people import answerable
from services.people.answerable import Answerable

_WORDS = say.MINE
# What was dismissed as wrong stands in no one's record.
_COUNTED = tuple(how.value for how in Closure if how is not Closure.DISMISSED)
MOST_GROUPS, MOST_CASES, MOST_FINES = 12, 10, 10


async def mine(app: App, user_id: int) -> Answer:
    """Say what the asker may see of themselves; a group hears counts."""
    employee = app.registry.employee_of(user_id)
    if employee is None:
        return Answer(False, _WORDS["none"], _WORDS["public"].format(groups=0, cases=0, fines=0))
    qqs = app.registry.qqs_of(employee.employee_no) or (user_id,)
    async with app.database.reading() as tx:
        in_groups = await memberships.groups_of(tx, qqs)
        about = Wanted(user_ids=qqs, employee_no=employee.employee_no, statuses=OPEN)
        open_cases = await case_reports.listed(tx, about, limit=50)
        done = replace(about, statuses=(), closures=_COUNTED)
        closed = await case_reports.count(tx, done)
        lately = app.now() - timedelta(days=appeals.WITHIN_DAYS)
        out = await case_reports.listed(
            tx, replace(done, closures=(Closure.REMOVED.value,)), limit=MOST_CASES
        )
        out = [case for case in out if case.closed_at is not None and case.closed_at >= lately]
        fines = await penalty_rows.of_person(tx, qqs, employee.employee_no)
        seen = {*in_groups, *(c.group_id for c in (*open_cases, *out)), *(one.group_id for one in fines)}
        names = await group_names(tx, seen)
        departed = employee.is_departed(app.now().date())
        office = Answerable() if departed else await answerable.of_person(app, tx, qqs)
    held = [one for one in fines if one.state is not PenaltyState.PROPOSED or one.paid_at is not None]
    lines = [
        *_record(app, employee, user_id, qqs),
        _groups([names[group_id] for group_id in in_groups]),
        *_cases(app, employee, open_cases, out, names, closed),
        *office.lines,
        *_fines(held, names),
    ]
    public = _WORDS["public"].format(groups=len(in_groups), cases=len(open_cases), fines=len(held))
    public += _WORDS["answerable_public"].format(n=office.count) if office.count else ""
    return Answer(True, "\n".join(lines), public)


def _record(app: App, employee: Employee, user_id: int, qqs: Sequence[int]) -> list[str]:
    status = say.EMPLOYMENT[employee.status(app.now().date()).value]
    lines = [
        _WORDS["record"].format(
            name=employee.name, no=employee.employee_no, department=employee.department, status=status
        )
    ]
    if employee.is_departed(app.now().date()):
        lines.append(_WORDS["departed"])
    identity = app.registry.identities.get(user_id)
    if identity is not None:
        template = _WORDS["identity" if employee.phone_hash else "no_phone"]
        method = say.METHODS.get(identity.method, "")
        lines.append(template.format(day=f"{identity.verified_at:%Y-%m-%d}", method=method))
    if len(qqs) > 1:
        lines.append(_WORDS["qqs"].format(listed="、".join(map(str, qqs))))
    return lines


def _groups(names: Sequence[str]) -> str:
    if not names:
        return _WORDS["no_groups"]
    more = _WORDS["more"] if len(names) > MOST_GROUPS else ""
    return _WORDS["groups"].format(n=len(names), listed="、".join(names[:MOST_GROUPS]) + more)


def _cases(
    app: App,
    employee: Employee,
    found: Sequence[Case],
    out: Sequence[Case],
    names: Mapping[int, str],
    closed: int,
) -> list[str]:
    """Say what is open, what the person was removed for within the time of an appeal, and how to appeal."""
    shown = [_case(app, employee, case, names[case.group_id]) for case in found[:MOST_CASES]]
    lines = [_WORDS["cases"].format(n=len(found)), *shown] if found else [_WORDS["no_cases"]]
    for case in out:
        title, at = DUTIES[case.code].title, "" if case.closed_at is None else day(case.closed_at)
        lines.append(_WORDS["removed"].format(id=case.id, title=title, group=names[case.group_id], at=at))
    if appealable := [case for case in (*found, *out) if not case.frozen]:
        lines.append(_WORDS["appeal"].format(id=appealable[0].id))
    return [*lines, _WORDS["closed"].format(n=closed)] if closed else lines


def _case(app: App, employee: Employee, case: Case, group: str) -> str:
    when = _WORDS["overdue"] if case.overdue_at else due_words(case)
    return _WORDS["case"].format(
        id=case.id,
        title=DUTIES[case.code].title,
        group=group,
        advice=advice(app, employee, case),
        due=_WORDS["frozen"] if case.frozen else when,
    )


def advice(app: App, employee: Employee, case: Case) -> str:
    """Return what the person concerned can do about a case."""
    card = right_card(employee, app.policy) if case.code is Code.C1 else ""
    return answerable.advice_by(case).format(card=card)


def _fines(found: Sequence[Penalty], names: Mapping[int, str]) -> list[str]:
    if not found:
        return [_WORDS["no_fines"]]
    shown = [
        _WORDS["fine"].format(
            id=one.id,
            amount=f"{one.amount:.2f}",
            state=state_words(one),
            title=DUTIES[one.code].title,
            group=short(names[one.group_id]),
            case=one.case_id,
        )
        for one in found[:MOST_FINES]
    ]
    return [_WORDS["fines"].format(n=len(found)), *shown]
