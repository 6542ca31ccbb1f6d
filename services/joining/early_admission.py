"""Early admission: the consent of the head of the owner's department to somebody on probation (四.1.3).

One item per employee and group, whether `提前入群` or a held request made it.
"""

from datetime import date, timedelta

from config.phrases import inbox as phrases
from config.phrases.held import HELD
from db.engine import Transaction
from db.queries.groups import filings
from db.queries.joining import early_admissions as rows
from regulation.model import Employee, Status
from services.answer import Answer
from services.app import App
from services.inbox import listing
from services.people import heads, roles, staff_card


async def propose(app: App, employee_no: str, group_id: int, reason: str, *, by: int) -> Answer:
    """Take in `提前入群` of an owner or admin."""
    found = staff_card.find_people(app, employee_no)
    employee = found[0] if len(found) == 1 else None
    today = app.now().date()
    if employee is None or employee.is_departed(today):
        return Answer(False, phrases.EARLY_UNKNOWN, "")
    if employee.status(today) is not Status.PROBATION:
        return Answer(False, phrases.EARLY_REGULAR, "")
    async with app.database.transaction() as tx:
        if await filings.approved(tx, group_id) is None and group_id != app.settings.admin_group:
            return Answer(False, phrases.EARLY_NOT_FILED, "")
        running = await rows.consented(tx, employee.employee_no, group_id, today)
        if running is not None:
            until = needed_until(employee, running.until, today)
            return Answer(False, phrases.EARLY_HAS.format(until=until), "")
        known = await rows.waiting_for(tx, employee.employee_no, group_id)
        if known is not None:
            theirs = await rows.ask_for(tx, known, asked_by=by, reason=reason)
            return Answer(
                theirs, (phrases.EARLY_JOINED if theirs else phrases.EARLY_WAITS).format(id=known), ""
            )
        item_id = await ask(app, tx, employee.employee_no, group_id, reason=reason, asked_by=by)
        to_head = await head_decides(app, tx, group_id)
    text = phrases.EARLY_ASKED if to_head else phrases.EARLY_TO_STAFF
    return Answer(True, text.format(id=item_id), "")


async def ask(
    app: App, tx: Transaction, employee_no: str, group_id: int, *, reason: str, asked_by: int | None
) -> int:
    """Make the item `E…`, or find the one that waits; its settlers are told. Return its id."""
    known = await rows.waiting_for(tx, employee_no, group_id)
    if known is not None:
        return known
    item_id = await rows.add(
        tx, employee_no=employee_no, group_id=group_id, reason=reason, asked_by=asked_by, asked_at=app.now()
    )
    await listing.announce(app, tx, "E", item_id)
    return item_id


async def head_decides(app: App, tx: Transaction, group_id: int) -> bool:
    """Tell whether a head whom we can reach decides about this group; else admin staff do."""
    return bool(roles.heads_reached(app, await heads.heads_for(app, tx, group_id)))


async def why_held(
    app: App, tx: Transaction, employee_no: str, group_id: int, request_id: int, *, by: int
) -> Answer:
    """Refuse to let somebody on probation in before the consent; who gives it is asked for it, for `by`."""
    item_id = await ask(app, tx, employee_no, group_id, reason="", asked_by=by)
    who = HELD["head" if await head_decides(app, tx, group_id) else "staff"]
    return Answer(False, HELD["probation"].format(id=request_id, who=who, item=item_id))


def longest(app: App, today: date) -> date:
    """Return the last day of a consent given `today` (`membership.early_admission_days`).

    The day of regularisation doesn't shorten it: that day may be put off, or come from a wrong roster, and
    the head's consent is to outlast that.
    """
    return today + timedelta(days=app.policy.membership.early_admission_days)


def needed_until(employee: Employee | None, until: date | None, today: date) -> date | None:
    """Return how long a consent until this day will be needed, to be told: until regularisation, if known."""
    regular = employee.regularized_on if employee is not None else None
    if until is None or regular is None or regular <= today:
        return until
    return min(until, regular)
