"""Row 10 of the join gate, its last part: once somebody approved is in, the card is set to the right one."""

from datetime import timedelta

from db.engine import Transaction
from db.queries import groups as group_rows
from db.queries import requests as request_rows
from regulation.group_card import right_card
from regulation.policy import Mode
from services.app import App
from services.groups import effective_mode, gate_groups
from services.outbox import Act, ActKind, Priority, queue

RECENT = timedelta(days=2)


async def set_card(app: App, tx: Transaction, group_id: int, user_id: int) -> bool:
    """Queue the right card for somebody whose request was approved, once a request, where the bot may."""
    request = await request_rows.approved_since(tx, group_id, user_id, app.now() - RECENT)
    return request is not None and await set_card_for(app, tx, request["id"], group_id, user_id)


async def set_card_for(app: App, tx: Transaction, request_id: int, group_id: int, user_id: int) -> bool:
    """Queue the right card for whoever was approved by this request, once, where the bot may."""
    employee = app.registry.active_employee_of(user_id, app.now().date())
    if employee is None:
        return False
    row = await group_rows.get(tx, group_id)
    group = (await gate_groups(app, tx, [group_id]))[group_id]
    # A role not read yet is no reason to leave it: QQ will say.
    if row is None or row["bot_role"] == "member":
        return False
    if await effective_mode(app, tx, group) is not Mode.ENFORCE:
        return False
    act = Act(
        ActKind.SET_CARD,
        Priority.CARD,
        {"card": right_card(employee, app.policy), "why": "joined"},
        group_id=group_id,
        user_id=user_id,
        key=f"joined:{request_id}",
    )
    return await queue(app, tx, act) > 0
