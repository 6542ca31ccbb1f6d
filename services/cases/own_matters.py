"""Nobody settles what concerns themselves: somebody else of admin staff must, else a superuser."""

from collections.abc import Collection, Sequence

from db.engine import Transaction
from db.queries.cases import penalties as penalty_rows
from regulation.duties import Code
from regulation.model import Case
from regulation.penalties import Penalty
from services.app import App
from services.people import roles

_OFFICERS_ANSWER = frozenset({Code.F1, Code.F3, Code.L1, Code.T1, Code.D2})


async def is_own(
    app: App,
    tx: Transaction,
    by: int,
    *,
    case: Case | None = None,
    penalties: Sequence[Penalty] = (),
    people: Collection[int] = (),
) -> bool:
    """Tell whether a case, its penalties or `people` concern whoever would settle it, so that they may not.

    A superuser may where there is nobody else of admin staff at all.
    """
    qqs, number = own(app, by)
    about = {*people, *(one.liable_user_id for one in penalties)}
    numbers = {one.liable_employee_no for one in penalties}
    if case is not None:
        about.add(case.user_id)
        numbers.add(case.employee_no)
        for one in await penalty_rows.of_case(tx, case.id):
            about.add(one.liable_user_id)
            numbers.add(one.liable_employee_no)
        if case.code in _OFFICERS_ANSWER and case.closed_at is None:
            about.update(await roles.officers_of(app, tx, case.group_id))
    if not (about & qqs or (number is not None and number in numbers)):
        return False
    others = set(await roles.admin_staff(app, tx)) - qqs
    return bool(others) or by not in app.superusers()


def own(app: App, user_id: int) -> tuple[frozenset[int], str | None]:
    """Return every QQ number of the person who has this one, and their employee number, if they have one."""
    employee = app.registry.employee_of(user_id)
    if employee is None:
        return frozenset({user_id}), None
    return frozenset({user_id, *app.registry.qqs_of(employee.employee_no)}), employee.employee_no


def own_qqs(app: App, user_id: int) -> frozenset[int]:
    """Return every QQ number of the person who has this one."""
    return own(app, user_id)[0]
