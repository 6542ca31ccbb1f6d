"""What answers to join requests led to: those that took effect come many at a time, written together."""

from collections.abc import Sequence

from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.joining import requests as request_rows
from services.app import App
from services.cases import escalation
from services.joining import listed, welcome
from services.outbox import ActOutcome, OutboxRow
from services.watching.members import LATER

# Why an answer is dropped that nobody needs any more.
SETTLED = "申请已有结果"


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
    if outcome.elsewhere:
        who = (request["group_id"], request["user_id"])
        await listed.close_elsewhere(app, tx, request["id"], *who, was=request["state"])
    elif not (outcome.state == "dropped" and outcome.detail == SETTLED):
        await request_rows.change(tx, request["id"], state="waiting")
        await escalation.answer_failed(app, tx, request, outcome.detail)
