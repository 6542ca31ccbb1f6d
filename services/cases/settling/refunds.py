"""Money after something is undone: penalties fall, what was paid is to be refunded, and people are told.

What is undone for one person's reasons undoes that person's penalties; the others' are put before
admin staff again, not dropped in silence.
"""

from collections.abc import Sequence
from typing import Any

from config.phrases import penalties as say
from db.engine import Transaction
from db.queries.cases import penalties as rows
from db.queries.cases import timelines
from regulation.model import Case
from regulation.penalties import Penalty, PenaltyState
from services import acts, outbox
from services.app import App
from services.cases import life, own_matters
from services.naming import ids, who
from services.people import roles
from services.trail import record

# Where there is nothing to undo any more.
OVER = (PenaltyState.WAIVED, PenaltyState.TO_REFUND, PenaltyState.REFUNDED)


async def undo_all(app: App, tx: Transaction, case: Case, *, by: str, reason: str) -> list[Penalty]:
    """Undo every penalty of a case; return them as they were."""
    return await _undo(app, tx, await rows.of_case(tx, case.id), by=by, reason=reason)


async def undo_own(
    app: App, tx: Transaction, case: Case, person: int, number: str | None, *, by: str, reason: str
) -> tuple[list[Penalty], list[Penalty]]:
    """Undo one person's penalties of a case, and put the others' before admin staff.

    `person`, `number`: their QQ, and the employee number it was bound to then.
    Returns (those undone, those to be decided anew). The person hears of their own by the caller's answer.
    """
    mine = await rows.liable_for(tx, case.id, [person], number)
    own = {one.id for one in mine}
    others = [one for one in await rows.of_case(tx, case.id) if one.id not in own and one.state not in OVER]
    for one in others:
        # Nobody has decided it any more; whether it was paid stays known.
        open_again = {"settled_at": None, "settled_by": None}
        await change(app, tx, one, PenaltyState.PROPOSED, by=by, reason=reason, **open_again)
        if await was_told(tx, one):
            text = say.REVIEWED.format(**fields_of(app, one))
            await tell_liable(app, tx, one, text, key=f"reviewed:{one.id}:{app.now().timestamp():.0f}")
    hears = own_matters.qq_of(app, person, number)
    return await _undo(app, tx, mine, by=by, reason=reason, hears=hears), others


async def _undo(
    app: App, tx: Transaction, found: Sequence[Penalty], *, by: str, reason: str, hears: int | None = None
) -> list[Penalty]:
    standing = [one for one in found if one.state not in OVER]
    for one in standing:
        await undo(app, tx, one, by=by, reason=reason, hears=hears)
    return standing


async def undo(
    app: App, tx: Transaction, one: Penalty, *, by: str, reason: str, hears: int | None = None
) -> PenaltyState:
    """Undo one penalty: waived or, if it was paid, to be refunded. Whoever knew of it is told.

    `hears`: a QQ number that is told anyway.
    """
    state = PenaltyState.WAIVED if one.paid_at is None else PenaltyState.TO_REFUND
    await change(app, tx, one, state, by=by, reason=reason, settled_at=app.now(), settled_by=by)
    if (hears is None or _liable_qq(app, one) != hears) and await was_told(tx, one):
        refund = say.UNDONE_REFUND if state is PenaltyState.TO_REFUND else ""
        text = say.UNDONE.format(**fields_of(app, one), refund=refund)
        await tell_liable(app, tx, one, text, key=f"undone:{one.id}")
    if state is PenaltyState.TO_REFUND:
        text = say.TO_REFUND.format(**fields_of(app, one))
        await roles.tell_admin_staff(app, tx, text, key=f"refund:{one.id}")
    return state


async def was_told(tx: Transaction, one: Penalty) -> bool:
    """Tell whether the person concerned knows of a penalty: it was confirmed once, whatever it is now."""
    confirmed = ("penalty", one.id, PenaltyState.CONFIRMED)
    steps = await timelines.timeline(tx, one.case_id)
    known = confirmed in {(step.kind, step.data.get("id"), step.data.get("state")) for step in steps}
    return known or one.settled_at is not None or one.paid_at is not None


async def change(
    app: App, tx: Transaction, one: Penalty, state: PenaltyState, *, by: str, reason: str, **values: Any
) -> None:
    """Write where a penalty stands now, on its case's timeline and the trail as well."""
    if not await rows.change(tx, one.id, [one.state], state=state.value, reason=reason, **values):
        return
    await life.note(app, tx, one.case_id, "penalty", id=one.id, state=state.value, by=by, reason=reason)
    source = None if by.isdecimal() else "job"
    subject, action = f"P{one.id}", f"penalty {state.value}"
    await record(app, tx, actor=by, source=source, action=action, subject=subject, reason=reason)


async def tell_liable(app: App, tx: Transaction, one: Penalty, text: str, *, key: str) -> bool:
    """Queue a private note to who is liable; False where no QQ of theirs is known."""
    to = _liable_qq(app, one)
    if to is None:
        return False
    act = acts.to_person(
        to,
        text,
        via_group=one.group_id,
        fallback=say.NOTICE_FALLBACK,
        purpose="penalty",
        key=key,
        case_ids=[one.case_id],
    )
    await outbox.queue(app, tx, acts.meant_for(act, one.liable_employee_no))
    return True


def _liable_qq(app: App, one: Penalty) -> int | None:
    return own_matters.qq_of(app, one.liable_user_id, one.liable_employee_no)


def fields_of(app: App, one: Penalty) -> dict[str, object]:
    """Return what sentences about a penalty are filled with."""
    whom = who(app, one.liable_user_id, one.liable_employee_no)
    return {"id": one.id, "who": whom, "amount": f"{one.amount:.2f}", "case": one.case_id}


def state_words(one: Penalty) -> str:
    """Return where a penalty stands, in words; of one to be decided anew, that it was paid."""
    paid = one.state is PenaltyState.PROPOSED and one.paid_at is not None
    return say.STATES[one.state] + (say.PAID_BEFORE if paid else "")


def summary(undone: Sequence[Penalty], others: Sequence[Penalty] = ()) -> str:
    """Return what became of a case's penalties, as the end of an answer; empty when there were none."""
    paid = [one.id for one in undone if one.paid_at is not None]
    text = say.CASE_PENALTIES.format(ids=ids("P", [one.id for one in undone])) if undone else ""
    text += say.CASE_REFUNDS.format(ids=ids("P", paid)) if paid else ""
    return text + (say.CASE_OTHERS.format(ids=ids("P", [one.id for one in others])) if others else "")
