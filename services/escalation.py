"""When the bot could not do what it should: who is told, once."""

from typing import Any

from config.phrases.notices import ESCALATION
from db.engine import Transaction
from db.queries import cases as case_rows
from db.queries import groups as group_rows
from regulation.model import Case
from services import cases, people
from services.app import App
from services.outbox import queue, to_person


async def removal_failed(app: App, tx: Transaction, case: Case, why: str) -> None:
    """A removal stayed without effect: tell owner, admins and admin staff, once a case."""
    now = app.now()
    if not await case_rows.note_told(tx, f"V{case.id}", "removal_failed", now):
        return
    await case_rows.change(tx, case.id, escalated_at=now)
    row = await group_rows.get(tx, case.group_id) or {}
    name = row.get("name") or str(case.group_id)
    due = f"{case.due_at:%m-%d %H:%M}" if case.due_at else "尽快"
    person = people.name_of(app, case.user_id)
    text = ESCALATION["removal_failed"].format(id=case.id, group=name, who=person, qq=case.user_id, due=due)
    for user_id in await people.officers_of(app, tx, case.group_id):
        await queue(
            app,
            tx,
            to_person(
                user_id,
                text,
                via_group=case.group_id,
                fallback=ESCALATION["see_private"],
                purpose="removal_failed",
                case_ids=[case.id],
            ),
        )
    await people.tell_admin_staff(app, tx, text + f"（{why}）", key=f"removal_failed:{case.id}")
    await cases.note(app, tx, case.id, "escalated", why=why)


async def card_failed(app: App, tx: Transaction, group_id: int) -> None:
    """A card could not be set: tell the owner once that the bot needs the admin right."""
    row = await group_rows.get(tx, group_id) or {}
    if not row.get("owner_id") or not await case_rows.note_told(tx, f"G{group_id}", "needs_right", app.now()):
        return
    text = ESCALATION["needs_right"].format(group=row.get("name") or group_id)
    await queue(app, tx, to_person(row["owner_id"], text, via_group=group_id, purpose="needs_right"))


async def answer_failed(app: App, tx: Transaction, request: dict[str, Any], why: str) -> None:
    """An answer to a request stayed without effect: it waits for a human again, and one is told."""
    row = await group_rows.get(tx, request["group_id"]) or {}
    text = ESCALATION["answer_failed"].format(
        id=request["id"], group=row.get("name") or request["group_id"], why=why or "没有生效"
    )
    owner = row.get("owner_id")
    if owner:
        act = to_person(owner, text, via_group=request["group_id"], key=f"answer_failed:{request['id']}")
        await queue(app, tx, act)
    await people.tell_admin_staff(app, tx, text, key=f"answer_failed:{request['id']}")
