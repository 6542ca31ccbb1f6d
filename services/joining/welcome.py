"""Row 10 of the join gate, its last part: once somebody approved is in, the card is set to the right one."""

from collections.abc import Mapping
from datetime import timedelta

from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.joining import requests as request_rows
from regulation.cards.group_card import right_card
from regulation.model import Role
from regulation.policy import Mode
from services.acts import Act, ActKind, Priority
from services.app import App
from services.groups.modes import general_mode
from services.groups.view import gate_groups, mode_of
from services.outbox import queue

RECENT = timedelta(days=2)


async def set_card(app: App, tx: Transaction, group_id: int, user_id: int) -> bool:
    """Queue the right card for somebody whose request was approved, once a request, where the bot may."""
    request = await request_rows.approved_since(tx, group_id, user_id, app.now() - RECENT)
    return request is not None and await set_cards_for(app, tx, {request.id: (group_id, user_id)}) > 0


async def set_cards_for(app: App, tx: Transaction, approved: Mapping[int, tuple[int, int]]) -> int:
    """Queue the right cards for those approved (request → group, user), once each, where the bot may."""
    today = app.now().date()
    known = await group_rows.get_many(tx, sorted({group_id for group_id, _ in approved.values()}))
    # Where our role was not read yet it is tried all the same: QQ's answer will tell.
    ours = {group_id: row for group_id, row in known.items() if row.bot_role is not Role.MEMBER}
    groups = await gate_groups(app, tx, list(ours), known=ours)
    general = await general_mode(tx)
    acts: list[Act] = []
    for request_id, (group_id, user_id) in approved.items():
        employee = app.registry.active_employee_of(user_id, today)
        group = groups.get(group_id)
        if employee is None or group is None or mode_of(group, general) is not Mode.ENFORCE:
            continue
        if not (card := right_card(employee, app.policy)):
            continue
        payload = {"card": card, "why": "joined"}
        acts.append(
            Act(
                ActKind.SET_CARD,
                Priority.CARD,
                payload,
                group_id=group_id,
                user_id=user_id,
                key=f"joined:{request_id}",
            )
        )
    return await queue(app, tx, *acts)
