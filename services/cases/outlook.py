"""What a departure will bring, group by group: the words of the very plan that will act on it."""

from dataclasses import replace
from datetime import date, datetime, time

from config.phrases.registry import OUTLOOK
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.people import staff as rows
from db.queries.people.staff import Seen
from regulation.duties import Code
from regulation.model import Case, CaseStatus, Employee, Role
from regulation.plan.choose import why_not_remove
from regulation.plan.limits import Limits
from regulation.plan.removals import exceeds
from services.app import App
from services.cases import brakes
from services.groups.modes import general_mode, is_paused
from services.groups.view import effective_mode, load_group, stored_snapshot
from services.naming import group_names
from services.watching import clock

_ROLES = {Role.OWNER: "群主", Role.ADMIN: "管理员"}


async def of_departure(app: App, person: Employee, on: date) -> str:
    """Return one line a group: what happens there when `person`, recorded as departing `on`, does."""
    qqs = app.registry.qqs_of(person.employee_no)
    if not qqs:
        return OUTLOOK["no_qq"]
    at = max(app.now(), datetime.combine(on, time(), app.now().tzinfo))
    async with app.database.reading() as tx:
        seen = [row for row in await rows.memberships_of(tx, qqs) if row.gone_at is None]
        names = await group_names(tx, [row.group_id for row in seen])
        lines = [f"{names[row.group_id]}：{await _in_group(app, tx, row, at)}" for row in seen]
    return "\n".join(f"· {line}" for line in dict.fromkeys(lines)) or OUTLOOK["nowhere"]


async def _in_group(app: App, tx: Transaction, seen: Seen, at: datetime) -> str:
    group_id, user_id = seen.group_id, seen.user_id
    row = await group_rows.get_or_blank(tx, group_id)
    if row.gone_at is not None:
        return OUTLOOK["lost"]
    group = await load_group(app, tx, group_id)
    if group.filing is None and not group.exempt:
        return OUTLOOK["unfiled"]
    members = await memberships.members(tx, group_id)
    snapshot = replace(stored_snapshot(app, group, row, members), read_at=at, complete=True)
    known = app.registry
    if known.is_unusable(app.now(), app.policy) is None:
        known = replace(known, as_of=at)
    limits = Limits(
        mode=await effective_mode(tx, group),
        general_mode=await general_mode(tx),
        paused=await is_paused(tx),
        policy=app.policy,
        registry=known,
        bot_role=row.bot_role,
        earlier=clock.earlier(app) if at <= app.now() else None,
    )
    case = Case(0, Code.L1, group_id, str(user_id), CaseStatus.OPEN, "departed", at, user_id=user_id)
    why = why_not_remove(case, snapshot, limits, at) or await _braked(app, tx, case, len(members))
    if why == "no_right" and limits.bot_role is None:
        why = "incomplete"  # no reading has shown yet what we are there
    if why == "not_found" and limits.earlier is not None:
        why = "clock"  # by the other clock they have not left yet
    words = OUTLOOK.get(why or "removed", OUTLOOK["not_found"])
    return words.format(role=_ROLES.get(seen.role, ""), mode=limits.mode.value)


async def _braked(app: App, tx: Transaction, case: Case, members: int) -> str:
    """Tell whether one more removal goes beyond the brakes, by what counts against them now."""
    lately, safety = await brakes.counted(app, tx), app.policy.safety
    here = {one.user_id for one in lately if one.group_id == case.group_id} | {case.user_id}
    over = exceeds(len(here), members, safety) or len(lately) >= safety.max_removals_total
    return "withheld" if over else ""
