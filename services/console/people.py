"""What the pages of the registry show: a search, and one employee with groups, cases and identity."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.phrases.mine import EMPLOYMENT
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases.case_reports import Wanted
from db.queries.people import identities
from db.queries.people import staff as rows
from regulation.claims.identity import Identity
from regulation.model import Employee
from regulation.registry import Registry
from services.app import App
from services.console.cases import CaseLine, lines_of
from services.talk.pages import nth

PAGE = 30
_RECENT = 20
_LEAST_OF_QQ = 5


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
    wanted, by_no = text.strip().casefold(), app.registry.by_no
    # Everybody is looked at, and there may be a hundred thousand: a thread's work.
    found = await asyncio.to_thread(_meant, app.registry, wanted)
    shown, page, pages = nth(found, page, PAGE)
    return PersonPage([_line(app, by_no[no]) for no in shown], len(found), page, pages)


def _meant(registry: Registry, wanted: str) -> list[str]:
    """Return the numbers of those whose name, number, department or QQ number has this in it, in order."""
    if not wanted:
        return sorted(registry.by_no)
    # Where nothing has two cases, as in Chinese, nothing need be folded: half of the time for everybody.
    fold: Callable[[str], str] = str if wanted.upper() == wanted.lower() else str.casefold
    within = {path for path in {one.department for one in registry.by_no.values()} if wanted in fold(path)}
    found = {
        no
        for no, one in registry.by_no.items()
        if wanted in fold(no) or wanted in fold(one.name) or one.department in within
    }
    if len(wanted) >= _LEAST_OF_QQ and wanted.isdecimal():
        bound = registry.identities.items()
        found.update(one.employee_no for qq, one in bound if str(qq).startswith(wanted))
    return sorted(found & registry.by_no.keys())


def _line(app: App, one: Employee) -> PersonLine:
    status = EMPLOYMENT[one.status(app.now().date())]
    qqs = len(app.registry.qqs_of(one.employee_no))
    return PersonLine(one.employee_no, one.name, one.department, one.title, status, one.is_head, qqs)


async def person(app: App, employee_no: str) -> Person | None:
    """Return one employee, or None."""
    employee = app.registry.by_no.get(employee_no)
    if employee is None:
        return None

    async def read(tx: Transaction) -> Person:
        bound = await identities.load_of(tx, [employee_no])
        qqs = tuple(one.user_id for one in bound)
        seen = await rows.memberships_of(tx, qqs)
        about = Wanted(user_ids=qqs, employee_no=employee_no)
        cases = await lines_of(app, tx, await case_reports.listed(tx, about, limit=_RECENT))
        groups = [Seen(one.group_id, one.called, one.role.value, one.gone_at is not None) for one in seen]
        return Person(_line(app, employee), employee, bound, groups, cases)

    return await app.database.look(read)
