"""Nobody settles what concerns themselves: somebody else of admin staff must, else a superuser."""

from collections.abc import Collection, Sequence

from db.engine import Transaction
from db.queries.cases import penalties as penalty_rows
from regulation.duties import Code
from regulation.model import Case
from regulation.penalties import Penalty
from services.app import App
from services.cases.settling import renumbered
from services.people import roles

_OFFICERS_ANSWER = frozenset({Code.F1, Code.F3, Code.L1, Code.T1, Code.D2})


async def is_own(
    app: App,
    tx: Transaction,
    by: int,
    *,
    case: Case | None = None,
    penalties: Sequence[Penalty] = (),
    people: Collection[tuple[int, str | None]] = (),
) -> bool:
    """Tell whether a case, its penalties or `people` concern the very person who would settle it.

    `people`: the QQ number and the employee number noted for each.
    A superuser may where there is nobody else of admin staff at all.
    """
    qqs, number = own(app, by)
    about: list[tuple[int | None, str | None]] = [*people]
    about += [(one.liable_user_id, one.liable_employee_no) for one in penalties]
    if case is not None:
        about.append((case.user_id, case.employee_no))
        fines = await penalty_rows.of_case(tx, case.id)
        about += [(one.liable_user_id, one.liable_employee_no) for one in fines]
        if case.code in _OFFICERS_ANSWER and case.closed_at is None:
            about += [(officer, None) for officer in await roles.officers_of(app, tx, case.group_id)]
    if not any(
        is_of(user_id, employee_no, qqs, number) or (user_id in qqs and _may_be_former(app, employee_no, by))
        for user_id, employee_no in about
    ):
        return False
    others = set(await roles.admin_staff(app, tx)) - qqs
    return bool(others) or by not in app.superusers()


def _may_be_former(app: App, employee_no: str | None, user_id: int) -> bool:
    """Tell whether an employee number may be a former one of the person with this QQ, unsaid so far."""
    then = None if employee_no is None else app.registry.by_no.get(employee_no)
    return renumbered.may_be_one(then, app.registry.employee_of(user_id))


def own(app: App, user_id: int) -> tuple[frozenset[int], str | None]:
    """Return every QQ number of the person who has this one, and their employee number, if they have one."""
    employee = app.registry.employee_of(user_id)
    if employee is None:
        return frozenset({user_id}), None
    return frozenset({user_id, *app.registry.qqs_of(employee.employee_no)}), employee.employee_no


def is_of(user_id: int | None, employee_no: str | None, qqs: Collection[int], number: str | None) -> bool:
    """Tell whether something noted for a QQ and an employee number concerns who has `qqs` and `number`.

    The QQ may be another employee's by now, so where both employee numbers are known only these count.
    """
    return user_id in qqs if employee_no is None or number is None else employee_no == number


def qq_of(app: App, user_id: int | None, employee_no: str | None) -> int | None:
    """Return the QQ that reaches the person something was noted for; None where none is known.

    That is the noted QQ, unless it is another employee's or nobody's by now.
    """
    if employee_no is None:
        return user_id
    theirs = app.registry.qqs_of(employee_no)
    return user_id if user_id in theirs else next(iter(theirs), None)


def qqs_of(app: App, user_id: int | None, employee_no: str | None) -> frozenset[int]:
    """Return every QQ number of the person something was noted for, as `is_of` tells.

    The noted QQ counts too while it is nobody's, or somebody's of the same name, who may be the same person.
    """
    theirs = frozenset[int](() if employee_no is None else app.registry.qqs_of(employee_no))
    anothers = (
        user_id is not None and employee_no is not None and app.registry.employee_of(user_id) is not None
    )
    if user_id is None or (anothers and not _may_be_former(app, employee_no, user_id)):
        return theirs
    return theirs | own(app, user_id)[0]
