"""People who were removed for a reason that is no more: their groups' owners are asked to have them back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from config.phrases.registry import BACK
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from regulation.model import Case
from services.acts import to_person
from services.app import App
from services.naming import group_names, who
from services.outbox import queue
from services.people import roles

_MOST_NAMED = 20


async def after_rehire(app: App, tx: Transaction, back: Mapping[str, date]) -> str:
    """Ask back people who are no longer departed: employee number → when they had been.

    Returns what to say of it, empty where there is nothing.
    """
    removed = await case_reports.removed_as_departed(tx, back)
    since = ((one, back[one.employee_no]) for one in removed if one.employee_no is not None)
    return await ask(app, tx, [one for one, day in since if one.closed_at and one.closed_at.date() >= day])


async def ask(app: App, tx: Transaction, found: Iterable[Case]) -> str:
    """Ask whoever answers for each group to invite these cases' people again, one message a group.

    Who is in again is passed over. Their next request is judged as any other, and let in at once.
    """
    by_group: defaultdict[int, dict[int, Case]] = defaultdict(dict)
    for case in found:
        if case.user_id is not None:
            by_group[case.group_id][case.user_id] = case
    names = await group_names(tx, by_group)
    asked: list[str] = []
    for group_id, people in sorted(by_group.items()):
        here = {member.user_id for member in await memberships.members(tx, group_id)}
        away = [case for user_id, case in sorted(people.items()) if user_id not in here]
        if away and await _ask_officer(app, tx, group_id, names[group_id], away):
            asked.append(names[group_id])
    return BACK["asked"].format(groups="、".join(asked)) if asked else ""


async def _ask_officer(app: App, tx: Transaction, group_id: int, group: str, away: list[Case]) -> bool:
    row = await group_rows.get_or_blank(tx, group_id)
    officers = await roles.officers_of(app, tx, group_id)
    if row.gone_at is not None or not officers:
        return False
    named = [f"{who(app, one.user_id, one.employee_no)}（QQ {one.user_id}）" for one in away[:_MOST_NAMED]]
    people = "、".join(named) + (f" 等 {len(away)} 人" if len(away) > _MOST_NAMED else "")
    key = f"back:{group_id}:{max(one.id for one in away)}"
    text = BACK["owner"].format(group=group, people=people)
    act = to_person(officers[0], text, via_group=group_id, fallback=BACK["fallback"], purpose="back", key=key)
    return await queue(app, tx, act) > 0
