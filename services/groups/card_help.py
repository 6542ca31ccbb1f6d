"""Helping an employee with the group card: saying the right one, setting it."""

import re

from config.phrases.cards import ANNOUNCE, CARD, ROLES
from config.phrases.commands import VERIFY_FIRST
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.groups.memberships import Membership
from regulation.cards.group_card import judge_card, right_card
from regulation.model import Employee, Role
from regulation.policy import Mode
from services.acts import Act, ActKind, Priority
from services.answer import Answer
from services.app import App
from services.groups.view import effective_mode, load_group
from services.naming import groups_numbered
from services.outbox import queue
from services.trail import record

_PLACE = re.compile(r"\{(department|name|title)\}")
_PLACE_NAMES = {"department": "部门", "name": "姓名", "title": "职务"}


async def right_card_for(app: App, user_id: int, group_id: int | None) -> Answer:
    """Say the right card, ready to copy."""
    today = app.now().date()
    employee = app.registry.active_employee_of(user_id, today)
    if employee is None:
        return Answer(False, VERIFY_FIRST)
    card = right_card(employee, app.policy)
    if not card:
        return Answer(False, CARD["too_long"])
    if group_id is None:
        return Answer(True, CARD["general"].format(card=card))
    async with app.database.reading() as tx:
        member = await memberships.membership(tx, group_id, user_id)
        hindered = await _hindrance(app, tx, group_id, member)
    now = member.card if member is not None else ""
    if now and judge_card(now, employee, app.registry, app.policy, today).ok:
        return Answer(True, CARD["right"].format(card=now))
    return Answer(True, CARD["general" if hindered else "should"].format(card=card))


async def fix_card_of(app: App, user_id: int, group_id: int | None) -> Answer:
    """Queue setting the asker's card where the bot can."""
    employee = app.registry.active_employee_of(user_id, app.now().date())
    if employee is None:
        return Answer(False, VERIFY_FIRST)
    card = right_card(employee, app.policy)
    if not card:
        return Answer(False, CARD["too_long"])
    async with app.database.transaction() as tx:
        if group_id is None:
            meant = await _group_meant(app, tx, user_id, employee)
            if isinstance(meant, Answer):
                return meant
            group_id = meant
        member = await memberships.membership(tx, group_id, user_id)
        now = member.card if member is not None and member.is_inside else ""
        if now and judge_card(now, employee, app.registry, app.policy, app.now().date()).ok:
            return Answer(True, CARD["right"].format(card=now))
        if hindered := await _hindrance(app, tx, group_id, member):
            role = "" if member is None else ROLES.get(member.role.value, "")
            return Answer(False, CARD[hindered].format(role=role, card=card))
        payload = {"card": card, "why": "asked"}
        act = Act(ActKind.SET_CARD, Priority.CARD, payload, group_id=group_id, user_id=user_id)
        await queue(app, tx, act)
    return Answer(True, CARD["setting"].format(card=card))


async def _hindrance(app: App, tx: Transaction, group_id: int, member: Membership | None) -> str:
    """Return which of `CARD` says why the bot can't set this member's card; "" when it can."""
    row = await group_rows.get(tx, group_id)
    if row is None or member is None or not member.is_inside:
        return "not_in_group"
    if await effective_mode(tx, await load_group(app, tx, group_id)) is Mode.OBSERVE:
        return "not_enforced"
    if row.bot_role is Role.MEMBER:
        return "cannot"
    officer = member.role is not Role.MEMBER
    return "officer" if officer and row.bot_role is not Role.OWNER else ""


async def announce(app: App, group_id: int | None, *, by: int) -> Answer:
    """Queue the group announcement of the card format, once a day."""
    if group_id is None:
        return Answer(False, ANNOUNCE["which_group"])
    text = announcement(app)
    async with app.database.transaction() as tx:
        if await effective_mode(tx, await load_group(app, tx, group_id)) is Mode.OBSERVE:
            return Answer(False, ANNOUNCE["unfiled"])
        key = f"announce:{group_id}:{app.now():%Y%m%d}"
        act = Act(ActKind.GROUP_NOTICE, Priority.NOTICE, {"text": text, "by": by}, group_id=group_id, key=key)
        if not await queue(app, tx, act):
            return Answer(False, ANNOUNCE["today"])
        await record(app, tx, actor=str(by), action="announce", subject=f"G{group_id}")
    return Answer(True, ANNOUNCE["queued"].format(text=text))


def announcement(app: App) -> str:
    """Return the text of the announcement."""
    return ANNOUNCE["text"].format(format=shown_format(app.policy.card.format))


def shown_format(card_format: str) -> str:
    """Return `card.format` as people read it: 部门-姓名."""
    return _PLACE.sub(lambda part: _PLACE_NAMES[part[1]], card_format)


async def _group_meant(app: App, tx: Transaction, user_id: int, employee: Employee) -> int | Answer:
    """Return the only group somebody is in, else the only one with a wrong card, else which there are."""
    found = await memberships.groups_of(tx, [user_id])
    today, wrong = app.now().date(), list[int]()
    for group_id in found:
        member = await memberships.membership(tx, group_id, user_id)
        card = "" if member is None else member.card
        if not (card and judge_card(card, employee, app.registry, app.policy, today).ok):
            wrong.append(group_id)
    for groups in (found, wrong):
        if len(groups) == 1:
            return groups[0]
    listed = "、".join((await groups_numbered(tx, found)).values())
    groups = CARD["your_groups"].format(listed=listed) if found else ""
    return Answer(False, CARD["which_group"].format(sample=(wrong or found or [700001])[0], groups=groups))
