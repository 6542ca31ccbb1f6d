"""What became of answers to join requests; those that took effect are written together, many at a time."""

from collections.abc import Sequence

from config.phrases.gateway import NOT_ANSWERED
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.joining import requests as request_rows
from db.queries.joining.requests import RequestState
from db.queries.work.outbox import OutboxRow
from regulation.join_gate import Decision, judge_again
from regulation.policy import Mode
from services.acts import ActOutcome, Lapse, dropped
from services.app import App
from services.cases import escalation
from services.groups.view import effective_mode, load_group
from services.joining import listed, waiting, welcome
from services.watching.members import LATER

# Rows of the gate's table that rest on the comment. Comments aren't kept, so these requests are judged again
# only where the person has an identity by now.
_BY_COMMENT = (3, 4, 5)
# An answer that failed settled nothing, whether the gate or a human gave it.
_UNSETTLED = dict.fromkeys(("settled_by", "settled_at", "settled_as"))


async def why_not(app: App, tx: Transaction, row: OutboxRow) -> ActOutcome | None:
    """Judge an answer again just before it is sent; return how it ends if it must not be sent, or None.

    A human's decision stands, unless the person to be let in has departed since.
    """
    request = await request_rows.get(tx, row.payload["request_id"])
    if request is None or request.state is not RequestState.ANSWERING:
        return dropped(NOT_ANSWERED["settled"], Lapse.SETTLED)
    approve = bool(row.payload["approve"])
    if app.registry.is_contested(request.user_id):
        return dropped(NOT_ANSWERED["changed"], Lapse.CHANGED)
    employee = app.registry.employee_of(request.user_id)
    employee = employee or app.registry.by_no.get(request.employee_no or "")
    if row.payload.get("by"):
        departed = employee is not None and employee.is_departed(app.now().date())
        return dropped(NOT_ANSWERED["gone"]) if approve and departed else None
    group = await load_group(app, tx, request.group_id)
    if await effective_mode(tx, group) is not Mode.ENFORCE:
        return dropped(NOT_ANSWERED["mode"])
    if not approve and request.row in _BY_COMMENT and app.registry.employee_of(request.user_id) is None:
        return None
    decided = judge_again(employee, group, app.registry, app.policy, app.now()).answer
    stands = decided is (Decision.APPROVE if approve else Decision.REJECT)
    return None if stands else dropped(NOT_ANSWERED["changed"], Lapse.CHANGED)


async def took_effect(app: App, tx: Transaction, rows: Sequence[OutboxRow]) -> None:
    """Note that these answers hold in QQ: whoever was let in gets the right card, where the bot may."""
    now = app.now()
    await request_rows.answered(tx, [row.payload["request_id"] for row in rows], now)
    entered = {
        row.payload["request_id"]: (row.group_id, row.user_id)
        for row in rows
        if row.payload["approve"] and row.group_id is not None and row.user_id is not None
    }
    if entered:
        await welcome.set_cards_for(app, tx, entered)
        groups = sorted({group_id for group_id, _ in entered.values()})
        await group_rows.look_no_later(tx, groups, now + LATER)
        tx.after_commit(app.work_news.set)


async def ended(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    """Write how one answer ended."""
    if outcome.state == "done":
        await took_effect(app, tx, [row])
        return
    request = await request_rows.get(tx, row.payload["request_id"])
    if request is None:
        return
    if outcome.lapse is Lapse.ELSEWHERE:
        who = (request.group_id, request.user_id)
        await listed.close_elsewhere(app, tx, request.id, *who, was=request.state)
    elif outcome.lapse is not Lapse.SETTLED:
        # Meanwhile it may have been settled in QQ, or asked anew.
        if not await request_rows.settle(
            tx, request.id, state_was=RequestState.ANSWERING, state="waiting", **_UNSETTLED
        ):
            return
        if outcome.lapse is not Lapse.CHANGED or not await waiting.decide_again(app, tx, request):
            asked_by = row.payload.get("by")
            await escalation.answer_failed(
                app, tx, request, outcome.detail, int(asked_by) if asked_by else None
            )
