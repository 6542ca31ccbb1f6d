"""What the pages of the registry show: a search, and one employee with groups, cases and identity."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.phrases.mine import EMPLOYMENT
from db.queries.cases import case_reports
from db.queries.cases.case_reports import Wanted
from db.queries.people import identities
from db.queries.people import staff as rows
from regulation.model import Employee, Identity
from services.app import App
from services.console.cases import CaseLine, lines_of
from services.pages import nth
from services.people import registry

PAGE = 50
_RECENT = 20


@dataclass(frozen=True, slots=True)
class PersonLine:
    """An employee as the search shows them."""

    no: str
    name: str
    department: str
    title: str
    status: str
    is_head: bool
    qqs: int


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One page of the search; `count` people were found in all."""

    lines: Sequence[PersonLine]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A group somebody is in, or was until `left`."""

    group_id: int
    name: str
    role: str
    left: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One employee whole."""

    line: PersonLine
    employee: Employee
    identities: Sequence[Identity]
    groups: Sequence[Seen]
    cases: Sequence[CaseLine]


async def search(app: App, text: str, page: int) -> PersonPage:
    """Return whom a name, number, QQ number or department means, or part of one; everybody for nothing."""
    await registry.refresh(app)
    wanted = text.strip().casefold()
    qqs = {str(qq): one.employee_no for qq, one in app.registry.identities.items()} if wanted else {}
    by_qq = {no for qq, no in qqs.items() if len(wanted) >= 5 and qq.startswith(wanted)}
    found = [one for one in app.registry.by_no.values() if one.employee_no in by_qq or _fits(one, wanted)]
    found.sort(key=lambda one: one.employee_no)
    shown, page, pages = nth(found, page, PAGE)
    return PersonPage([_line(app, one) for one in shown], len(found), page, pages)


def _fits(one: Employee, wanted: str) -> bool:
    return any(wanted in part.casefold() for part in (one.name, one.employee_no, one.department))


def _line(app: App, one: Employee) -> PersonLine:
    status = EMPLOYMENT[one.status(app.now().date())]
    qqs = len(app.registry.qqs_of(one.employee_no))
    return PersonLine(one.employee_no, one.name, one.department, one.title, status, one.is_head, qqs)


async def person(app: App, employee_no: str) -> Person | None:
    """Return one employee, or None."""
    await registry.refresh(app)
    employee = app.registry.by_no.get(employee_no)
    if employee is None:
        return None
    async with app.database.reading() as tx:
        bound = await identities.load_of(tx, [employee_no])
        qqs = tuple(one.user_id for one in bound)
        seen = await rows.memberships_of(tx, qqs)
        about = Wanted(user_ids=qqs, employee_no=employee_no)
        cases = await lines_of(app, tx, await case_reports.listed(tx, about, limit=_RECENT))
    groups = [Seen(one.group_id, one.called, one.role.value, one.gone_at is not None) for one in seen]
    return Person(_line(app, employee), employee, bound, groups, cases)
