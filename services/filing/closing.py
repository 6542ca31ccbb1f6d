"""A filing ends: the group was dissolved, or its question is settled; what was open ends with it."""

from config.phrases import filing as phrases
from config.phrases import groups as say
from db.engine import Transaction
from db.queries.cases import timelines as case_rows
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.joining import early_admissions, requests
from regulation.model import Closure, FilingState, Kind
from services.answer import Answer
from services.app import App
from services.cases.life import close_case
from services.filing.hand_in import withdraw_waiting
from services.filing.standing import only_discussion
from services.people import roles
from services.trail import record


async def dissolve(app: App, group_id: int, *, by: int) -> Answer:
    """`解散`: close a discussion group's filing and cases; the group in QQ is left to its owner.

    Any other group only where none of our accounts is in it any more, on the word of admin staff.
    """
    async with app.database.transaction() as tx:
        filed = await filings.approved_row(tx, group_id)
        row = await group_rows.get(tx, group_id)
        lost = row is None or row.gone_at is not None
        ended = filed is not None and filed.kind == Kind.DISCUSSION.value
        if filed is None or not (ended or (lost and await roles.is_admin_staff(app, tx, by))):
            return Answer(False, await only_discussion(tx, group_id, "解散"))
        cases = await close(app, tx, group_id, by=str(by), source=None)
    text = phrases.DISSOLVED.format(number=filed.number or f"B{filed.id}", cases=_said(cases))
    return Answer(True, text)


async def dissolved(app: App, tx: Transaction, group_id: int) -> None:
    """Take in that a group is no more, as QQ said and its list shows; admin staff hear of a filed one."""
    filed = await filings.approved_row(tx, group_id)
    cases = await close(app, tx, group_id, by="bot", source="qq")
    if filed is None:
        return
    row = await group_rows.get_or_blank(tx, group_id)
    text = say.DISSOLVED.format(
        group=row.name, group_id=group_id, number=filed.number or "", cases=_said(cases)
    )
    await roles.tell_admin_staff(app, tx, text, key=f"dissolved:{group_id}:{filed.id}")


def _said(cases: int) -> str:
    return phrases.DISSOLVED_CASES.format(n=cases) if cases else ""


async def close(app: App, tx: Transaction, group_id: int, *, by: str, source: str | None) -> int:
    """End what is filed, waits or is open of a group; return how many cases that closed."""
    now, approved = app.now(), FilingState.APPROVED.value
    filed = await filings.approved_row(tx, group_id)
    await withdraw_waiting(app, tx, group_id, by=by)
    for row in await requests.unsettled(tx, group_id=group_id):
        await requests.settle(tx, row.id, state="lapsed", settled_by="bot", settled_at=now)
    await early_admissions.end_waiting(tx, group_id, now)
    found = await case_rows.open_of_group(tx, group_id)
    for case in found:
        await close_case(app, tx, case, Closure.DISSOLVED, "dissolved")
    if filed is not None:
        closed = {"state": FilingState.CLOSED.value, "settled_at": now}
        await filings.change(tx, filed.id, state_was=approved, **closed)
        await filings.add_step(tx, filed.id, at=now, actor=by, step="closed")
        detail = {"group_id": group_id, "cases": len(found)}
        subject = f"B{filed.id}"
        await record(app, tx, actor=by, source=source, action="filing_closed", subject=subject, **detail)
    return len(found)
