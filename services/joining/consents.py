"""A head of department decides about an early admission; the request that waited for it is decided anew."""

from config.phrases import inbox as phrases
from db.engine import Transaction
from db.queries.joining import early_admissions as rows
from db.queries.joining import requests as request_rows
from db.queries.joining.early_admissions import AdmissionRow
from services import acts, outbox
from services.answer import Answer
from services.app import App
from services.followup import groups_changed
from services.joining import early_admission, waiting
from services.naming import group_numbered
from services.trail import record


async def settle(app: App, item_id: int, *, approve: bool, by: int, reason: str = "") -> Answer:
    """Consent or refuse, once; then the waiting request is decided anew. Rights are the caller's."""
    today = app.now().date()
    async with app.database.transaction() as tx:
        row = await rows.get(tx, item_id)
        if row is None:
            return Answer(False, phrases.EARLY_UNKNOWN)
        employee = app.registry.by_no.get(row.employee_no)
        if approve and employee is not None and employee.is_departed(today):
            return Answer(False, phrases.EARLY_GONE.format(id=item_id, name=employee.name))
        until = early_admission.longest(app, today)
        state = "consented" if approve else "refused"
        if not await rows.settle(tx, item_id, state, by=by, at=app.now(), until=until if approve else None):
            return Answer(False, phrases.SETTLED_NOW.format(item=f"E{item_id}"))
        about = {"action": f"early_{state}", "subject": f"E{item_id}", "employee_no": row.employee_no}
        await record(app, tx, actor=str(by), **about, group_id=row.group_id, reason=reason)
        await groups_changed(app, tx, [row.group_id])
        name = employee.name if employee is not None else row.employee_no
        group = await group_numbered(tx, row.group_id)
        await _tell_asker(app, tx, row, name, "approve" if approve else "reject", reason)
    if approve:
        await waiting.decide_waiting(app, row.group_id, row.employee_no)
        told = early_admission.needed_until(employee, until, today)
        return Answer(True, phrases.EARLY_CONSENTED.format(id=item_id, name=name, group=group, until=told))
    await _reject_requests(app, row, by)
    return Answer(True, phrases.EARLY_REFUSED.format(id=item_id))


async def _reject_requests(app: App, row: AdmissionRow, by: int) -> None:
    """Turn away the request that waited for this consent."""
    async with app.database.reading() as tx:
        held = await request_rows.unsettled(tx, group_id=row.group_id, employee_no=row.employee_no)
    for request in held:
        if request.row == 9:
            reason = phrases.EARLY_REJECT_REASON
            await waiting.settle(app, request.id, approve=False, by=by, reason=reason)


async def _tell_asker(app: App, tx: Transaction, row: AdmissionRow, name: str, how: str, reason: str) -> None:
    if row.asked_by is None:
        return
    text = phrases.EARLY_TOLD_OWNER.format(id=row.id, name=name, how=phrases.HOW[how], reason=reason)
    act = acts.to_person(
        row.asked_by,
        text,
        via_group=row.group_id,
        key=f"early:{row.id}:settled",
    )
    await outbox.queue(app, tx, act)
