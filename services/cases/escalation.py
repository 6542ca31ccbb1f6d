"""When the bot could not do what it should: who is told, once."""

from dataclasses import replace

from config.phrases.notices import ESCALATION, NOT_DONE
from db.engine import Transaction
from db.queries.cases import notices
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.joining import requests
from db.queries.joining.requests import RequestRow
from db.queries.work.outbox import OutboxRow
from regulation.cards.group_card import lacks_department
from regulation.cards.names import department_key
from regulation.cases import due_after_notice
from regulation.checks.people import active, said_name
from regulation.deadlines import due_said
from regulation.model import Case, GroupSnapshot, Role
from services import acts
from services.acts import to_person, while_open
from services.app import App
from services.cases import life
from services.outbox import queue
from services.people import roles


async def removal_failed(app: App, tx: Transaction, case: Case, why: str) -> None:
    """A removal stayed without effect: tell owner, admins and admin staff why, once a case."""
    now = app.now()
    officers = await roles.officers_of(app, tx, case.group_id)
    # What timed out may have arrived: like any notice it is said again only after a day.
    said = await notices.said(tx, [case.id], now - life.TELL_AGAIN)
    untold = [to for to in officers if (case.id, "removal_failed", to) not in said]
    if case.escalated_at is not None and not untold:
        return
    await case_rows.change(tx, case.id, escalated_at=case.escalated_at or now)
    group = await group_rows.get_or_blank(tx, case.group_id)
    member = await memberships.membership(tx, case.group_id, case.user_id or 0)
    text = ESCALATION["removal_failed"].format(
        id=case.id,
        group=group.called,
        who=said_name(case.user_id or 0, app.registry, "" if member is None else member.card),
        due=due_said(due_after_notice(case, now, app.policy)),
        why=why or NOT_DONE["no_reason"],
    )
    for user_id in untold:
        await notices.ask(tx, case.id, "removal_failed", user_id, now)
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
    key = f"removal_failed:{case.id}"
    await roles.tell_admin_staff(app, tx, text, key=key, but=officers)
    await life.note(app, tx, case.id, "escalated", why=why)


async def card_failed(app: App, tx: Transaction, group_id: int, why: str) -> None:
    """A card could not be set: tell the owner why, once; or that the bot needs the admin right it lacks."""
    row = await group_rows.get_or_blank(tx, group_id)
    purpose = "needs_right" if row.bot_role is Role.MEMBER else "card_failed"
    if not await case_rows.note_told(tx, f"G{group_id}", purpose, app.now()):
        return
    text = ESCALATION[purpose].format(group=row.called, why=why)
    for to in await roles.answering_for(app, tx, group_id):
        await queue(app, tx, to_person(to, text, via_group=group_id, purpose=purpose))


async def not_done(app: App, tx: Transaction, asked_by: int, what: str, row: OutboxRow, why: str) -> None:
    """Tell whoever asked for an act that it failed, and why."""
    group = None if row.group_id is None else (await group_rows.get_or_blank(tx, row.group_id)).called
    text = NOT_DONE[what].format(
        id=row.payload.get("request_id"), group=group, why=why or NOT_DONE["no_reason"]
    )
    act = to_person(asked_by, text, via_group=row.group_id, purpose=acts.NOT_DONE)
    request_id = row.payload.get("request_id")
    if request_id is not None and await requests.waits(tx, request_id):
        # Not twice, if another answer fails before the first was told of.
        act = replace(while_open(act, f"J{request_id}"), key=f"not_done:{request_id}:{asked_by}")
    await queue(app, tx, act)


async def cards_too_long(app: App, tx: Transaction, snapshot: GroupSnapshot) -> None:
    """Tell admin staff, once a department, of departments that a card can't hold beside the name.

    `snapshot`: of the members that are judged; of others it was told when they were.
    """
    lacking = {e.department: e for _, e in active(snapshot, app.registry) if lacks_department(e, app.policy)}
    for department, employee in sorted(lacking.items()):
        if await case_rows.note_told(tx, department_key(department)[-40:], "card_too_long", app.now()):
            most = app.policy.card.max_bytes
            text = ESCALATION["card_too_long"].format(department=department, name=employee.name, most=most)
            await roles.tell_admin_staff(app, tx, text)


async def answer_failed(
    app: App, tx: Transaction, request: RequestRow, why: str, asked_by: int | None
) -> None:
    """An answer to a request stayed without effect: it waits for a human again, and one is told.

    `asked_by`: whose answer it was, who hears of it by `not_done`.
    """
    group = await group_rows.get_or_blank(tx, request.group_id)
    text = ESCALATION["answer_failed"].format(
        id=request.id, group=group.called, why=why or ESCALATION["no_effect"]
    )
    key = f"answer_failed:{request.id}"
    officers = (await roles.officers_of(app, tx, request.group_id))[:1]
    told = [to_person(to, text, via_group=request.group_id, key=key) for to in officers]
    for to in await roles.admin_staff(app, tx):
        if to not in officers:
            told.append(to_person(to, text, purpose="staff", key=f"{key}:{to}"))
    told = [while_open(act, f"J{request.id}") for act in told if act.user_id != asked_by]
    await queue(app, tx, *told)
