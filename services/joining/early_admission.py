"""Early admission: the consent of the head of the owner's department to somebody on probation (四.1.3).

One item per employee and group, whether `提前入群` or a held request made it.
"""

from datetime import date, timedelta
from typing import Any

from config.phrases import inbox as phrases
from db.engine import Transaction
from db.queries.groups import filings
from db.queries.joining import early_admissions as rows
from db.queries.joining import requests as request_rows
from regulation.model import Employee, Status
from services import outbox
from services.app import App
from services.followup import groups_changed
from services.inbox import listing
from services.people import heads
from services.settling import Settled
from services.trail import record


async def propose(app: App, employee_no: str, group_id: int, reason: str, *, by: int) -> str:
    """Take in `提前入群` of an owner or admin; return the line for the asker."""
    employee = _find(app, employee_no)
    today = app.now().date()
    if employee is None or employee.is_departed(today):
        return phrases.EARLY_UNKNOWN
    if employee.status(today) is not Status.PROBATION:
        return phrases.EARLY_REGULAR
    async with app.database.transaction() as tx:
        if await filings.approved(tx, group_id) is None and group_id != app.settings.admin_group:
            return phrases.EARLY_NOT_FILED
        running = await rows.consented(tx, employee.employee_no, group_id, today)
        if running is not None:
            return phrases.EARLY_HAS.format(until=running["until"])
        known = await rows.waiting_for(tx, employee.employee_no, group_id)
        if known is not None:
            return phrases.EARLY_WAITS.format(id=known)
        item_id = await ask(app, tx, employee.employee_no, group_id, reason=reason, asked_by=by)
        known_heads = await heads.heads_for(app, tx, group_id)
    return (phrases.EARLY_ASKED if known_heads else phrases.EARLY_TO_STAFF).format(id=item_id)


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


def until_of(app: App, employee: Employee | None, today: date) -> date:
    """Return the last day of a consent: regularisation, or `membership.early_admission_days` at most."""
    longest = today + timedelta(days=app.policy.membership.early_admission_days)
    regular = employee.regularized_on if employee is not None else None
    return longest if regular is None else min(longest, regular)


async def settle(app: App, item_id: int, *, approve: bool, by: int, reason: str = "") -> Settled:
    """Consent or refuse, once; then the waiting request is decided anew. Rights are the caller's."""
    from services.joining import waiting as joining

    today = app.now().date()
    async with app.database.transaction() as tx:
        row = await rows.get(tx, item_id)
        if row is None:
            return Settled(False, phrases.EARLY_UNKNOWN)
        employee = app.registry.by_no.get(row["employee_no"])
        until = until_of(app, employee, today) if approve else None
        state = "consented" if approve else "refused"
        if not await rows.settle(tx, item_id, state, by=by, at=app.now(), until=until):
            return Settled(False, phrases.SETTLED_NOW.format(item=f"E{item_id}"))
        detail = {"employee_no": row["employee_no"], "group_id": row["group_id"], "reason": reason}
        await record(
            app, tx, actor=str(by), source="chat", action=f"early_{state}", subject=f"E{item_id}", **detail
        )
        await groups_changed(app, tx, [row["group_id"]])
        name = employee.name if employee is not None else row["employee_no"]
        await _tell_asker(app, tx, row, name, "approve" if approve else "reject", reason)
    if approve:
        await joining.decide_waiting(app, row["group_id"], row["employee_no"])
        return Settled(
            True, phrases.EARLY_CONSENTED.format(id=item_id, name=name, group=row["group_id"], until=until)
        )
    await _reject_requests(app, row, by)
    return Settled(True, phrases.EARLY_REFUSED.format(id=item_id))


async def _reject_requests(app: App, row: dict[str, Any], by: int) -> None:
    """Turn away the request that waited for this consent."""
    from services.joining import waiting as joining

    async with app.database.reading() as tx:
        waiting = await request_rows.unsettled(tx, group_id=row["group_id"], employee_no=row["employee_no"])
    for request in waiting:
        if request["row"] == 9:
            reason = phrases.EARLY_REJECT_REASON
            await joining.settle(app, request["id"], approve=False, by=by, reason=reason)


async def _tell_asker(
    app: App, tx: Transaction, row: dict[str, Any], name: str, how: str, reason: str
) -> None:
    if row["asked_by"] is None:
        return
    text = phrases.EARLY_TOLD_OWNER.format(id=row["id"], name=name, how=phrases.HOW[how], reason=reason)
    act = outbox.to_person(
        row["asked_by"],
        text,
        via_group=row["group_id"],
        key=f"early:{row['id']}:settled",
    )
    await outbox.queue(app, tx, act)


def _find(app: App, employee_no: str) -> Employee | None:
    wanted = employee_no.strip()
    return app.registry.by_no.get(wanted) or app.registry.by_no.get(wanted.upper())
