"""From a plan's actions to rows of the outbox, worded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.phrases.cards import ANNOUNCE, REMINDER_FOOT, REMINDER_HEADS, REMINDER_LINE, REMINDER_ONE
from config.phrases.notices import DUE_SOON, NOTICES, SUCH_AS
from db.engine import Transaction
from db.queries.cases import notices
from regulation.actions import Action, Remind, Remove, SetCard, Tell
from regulation.model import Case, GroupSnapshot
from services.acts import Act, ActKind, Priority, to_group, to_person
from services.app import App
from services.filing import owner_notice
from services.groups.card_help import shown_format
from services.naming import sentence
from services.outbox import queue
from services.people import roles


async def queue_action(
    app: App, tx: Transaction, action: Action, cases: Sequence[Case], snapshot: GroupSnapshot
) -> None:
    """Queue what one action of a plan asks for."""
    by_id = {case.id: case for case in cases}
    if isinstance(action, Remind):
        await queue(app, tx, reminder(app, action))
    elif isinstance(action, SetCard):
        await queue(app, tx, _set_card(action))
    elif isinstance(action, Remove):
        await queue(app, tx, _remove(action, by_id[action.case_id].due_at))
    else:
        await _tell(app, tx, action, by_id, snapshot)


def reminder(app: App, action: Remind) -> Act:
    """Word a card reminder: real @ segments, the right card beside each; the wording changes by the hour."""
    turn = app.now().timetuple().tm_yday * 24 + app.now().hour + action.group_id
    parts: list[dict[str, Any]] = []
    if len(action.people) == 1:
        one = action.people[0]
        text = REMINDER_ONE[turn % len(REMINDER_ONE)].format(card=one.right_card)
        parts = [{"at": one.user_id}, {"text": text + REMINDER_FOOT}]
    else:
        parts.append({"text": REMINDER_HEADS[turn % len(REMINDER_HEADS)]})
        for one in action.people:
            parts += [
                {"text": "\n"},
                {"at": one.user_id},
                {"text": REMINDER_LINE.format(card=one.right_card)},
            ]
        parts.append({"text": REMINDER_FOOT})
    ids = [one.case_id for one in action.people]
    act = to_group(action.group_id, parts, purpose="card_reminder", case_ids=ids, priority=Priority.REMINDER)
    cards = {str(one.user_id): one.right_card for one in action.people}
    return replace(act, payload={**act.payload, "cards": cards})


def _set_card(action: SetCard) -> Act:
    return Act(
        ActKind.SET_CARD,
        Priority.CARD,
        {"card": action.card, "why": "case"},
        group_id=action.group_id,
        user_id=action.user_id,
        case_ids=() if action.case_id is None else (action.case_id,),
    )


def _remove(action: Remove, deadline: datetime | None) -> Act:
    return Act(
        ActKind.REMOVE,
        Priority.REMOVE,
        {"code": action.code.value},
        group_id=action.group_id,
        user_id=action.user_id,
        deadline=deadline,
        case_ids=(action.case_id,),
    )


async def _tell(
    app: App, tx: Transaction, action: Tell, by_id: Mapping[int, Case], snapshot: GroupSnapshot
) -> None:
    group_id = snapshot.group.group_id
    if action.purpose == "file":
        if await owner_notice.tell_owner_to_file(app, tx, group_id, to=action.user_id):
            await _note(app, tx, action)
        return
    text = _text(action, by_id, snapshot)
    if action.user_id is None and action.group_id is not None:
        act = to_group(group_id, text, purpose=action.purpose, case_ids=action.case_ids)
        await queue(app, tx, act)
        await _offer_announcement(app, tx, action, snapshot)
    elif action.user_id is None:
        key = "told:" + ",".join(map(str, action.case_ids))
        said = await notices.said(tx, action.case_ids, app.now())
        told = {who for _, purpose, who in said if purpose == action.template and who is not None}
        await roles.tell_admin_staff(app, tx, text, key=f"{key}:{action.purpose}"[:120], but=told)
    else:
        fallback = NOTICES.get(action.fallback) if action.fallback else None
        act = to_person(
            action.user_id,
            text,
            via_group=group_id,
            fallback=fallback,
            purpose=action.purpose,
            case_ids=action.case_ids,
        )
        await queue(app, tx, act)
    await _note(app, tx, action)


async def _offer_announcement(app: App, tx: Transaction, action: Tell, snapshot: GroupSnapshot) -> None:
    """Offer the owner to publish the card format as a group announcement, if he agrees."""
    if snapshot.owner is None or snapshot.owner.user_id in snapshot.bot_ids:
        return
    group_id, count = snapshot.group.group_id, action.fields.get("count", "")
    text = ANNOUNCE["offer"].format(group=snapshot.name, count=count, group_id=group_id)
    act = to_person(snapshot.owner.user_id, text, via_group=group_id, key=f"offer:{group_id}")
    await queue(app, tx, act)


async def _note(app: App, tx: Transaction, action: Tell) -> None:
    for case_id in action.case_ids:
        await notices.ask(tx, case_id, action.purpose, action.user_id, app.now())


def _text(action: Tell, by_id: Mapping[int, Case], snapshot: GroupSnapshot) -> str:
    cases = [by_id[case_id] for case_id in action.case_ids if case_id in by_id]
    fields = {
        "group": snapshot.name,
        "ids": "、".join(f"V{case.id}" for case in cases[:5]) + ("…" if len(cases) > 5 else ""),
        "due": DUE_SOON,
        "what": sentence(cases[0]) if cases else "",
        "such_as": SUCH_AS.format(people=people) if (people := action.fields.get("candidates")) else "",
        **{key: value for key, value in action.fields.items() if value},
    }
    if "format" in fields:
        fields["format"] = shown_format(fields["format"])
    template = action.template
    if template.startswith("cannot_remove."):
        template = f"cannot_remove.{fields.get('cause', 'right')}"
    return NOTICES[template].format_map(defaultdict(str, fields))
