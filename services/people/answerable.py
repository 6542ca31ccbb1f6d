"""What an owner or admin answers for: the open cases of the groups where they hold the office."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.phrases import mine as say
from db.engine import Transaction
from db.queries.cases import timelines as case_rows
from db.queries.groups import memberships
from db.queries.people import offices
from regulation.duties import DUTIES, Code
from regulation.model import Case, Role
from services.app import App
from services.naming import due_words, groups_numbered, who

MOST = 10


@dataclass(frozen=True, slots=True)
class Answerable:
    """`lines` for the person alone; `count`: how many cases."""

    lines: tuple[str, ...] = ()
    count: int = 0


async def of_person(app: App, tx: Transaction, qqs: Sequence[int]) -> Answerable:
    """Return what these QQ numbers of one person answer for: an owner everything but cards, an admin L1."""
    owned = await memberships.groups_of(tx, qqs, role=Role.OWNER)
    helped = await memberships.groups_of(tx, qqs, role=Role.ADMIN)
    found: list[Case] = []
    for group_id in sorted({*owned, *helped}):
        open_here = await case_rows.open_of_group(tx, group_id)
        found += [c for c in open_here if c.code is Code.L1 or (group_id in owned and c.code is not Code.C1)]
    if not found:
        return Answerable()
    found.sort(key=lambda case: (case.due_at is None, case.due_at, case.id))
    names = await groups_numbered(tx, [case.group_id for case in found])
    held = await offices.officers(tx, list(names))
    lines = [say.MINE["answerable"].format(n=len(found))]
    lines += [
        _line(app, case, names[case.group_id], in_office=case.user_id in held.get(case.group_id, ()))
        for case in found[:MOST]
    ]
    if len(found) > MOST:
        lines.append(say.MINE["answerable_more"].format(n=len(found) - MOST))
    return Answerable(tuple(lines), len(found))


def advice_by(case: Case) -> str:
    """Return what whoever a case concerns can do about it, as it stands."""
    code = case.code.value
    return say.ADVICE.get(f"{code}.{case.reason}") or say.ADVICE[code]


def _line(app: App, case: Case, group: str, *, in_office: bool) -> str:
    advice = say.OFFICER_ADVICE.get(case.code.value) or advice_by(case)
    if in_office and case.code in (Code.L1, Code.T1):
        # QQ lets no admin remove an owner or another admin, and neither do we.
        advice = say.IN_OFFICE
    person = who(app, case.user_id, case.employee_no)
    return say.MINE["case"].format(
        id=case.id,
        title=DUTIES[case.code].title + (f" {person}" if person else ""),
        group=group,
        advice=advice,
        due=_where_it_stands(case),
    )


def _where_it_stands(case: Case) -> str:
    if case.frozen:
        return say.MINE["frozen"]
    return say.MINE["overdue"] if case.overdue_at else due_words(case)
