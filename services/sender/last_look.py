"""The last look before a removal: the group read afresh, the case judged again by what is committed."""

from dataclasses import dataclass, replace

from config.phrases.gateway import LAST_LOOK
from db.engine import Transaction
from db.queries.cases import timelines as case_rows
from db.queries.work.outbox import OutboxRow
from regulation.model import GroupSnapshot, Role
from regulation.plan.choose import why_not_remove
from regulation.plan.limits import Limits
from services.app import App
from services.cases import audit
from services.groups.modes import general_mode, is_paused
from services.groups.unknown import words
from services.groups.view import effective_mode, load_group
from services.watching import clock


@dataclass(frozen=True, slots=True)
class Look:
    """A reading made a moment ago; without a snapshot `unknown` says why there is none."""

    snapshot: GroupSnapshot | None
    bot_role: Role | None
    unknown: str = ""


async def read(app: App, group_id: int) -> Look:
    """Read a group to judge removals from it by."""
    outcome = await audit.audit_group(app, group_id, max_age=1.0)
    if outcome.unknown is not None or outcome.snapshot is None:
        return Look(None, None, LAST_LOOK["no_list"].format(why=words(outcome.unknown or "")))
    return Look(outcome.snapshot, outcome.bot_role)


async def why_not(app: App, tx: Transaction, row: OutboxRow, look: Look) -> str:
    """Return why a removal must not happen (Chinese), or an empty text.

    In the transaction that notes it as begun: waivers, appeals, modes and the filing as committed.
    """
    if look.snapshot is None:
        return look.unknown
    case = await case_rows.get(tx, row.case_ids[0]) if row.case_ids else None
    if case is None or case.closed_at is not None or case.user_id != row.user_id:
        return LAST_LOOK["not_found"]
    group = await load_group(app, tx, look.snapshot.group.group_id)
    limits = Limits(
        mode=await effective_mode(tx, group),
        general_mode=await general_mode(tx),
        paused=await is_paused(tx),
        policy=app.policy,
        registry=app.registry,
        bot_role=look.bot_role,
        earlier=clock.earlier(app),
    )
    word = why_not_remove(case, replace(look.snapshot, group=group), limits, app.now())
    return LAST_LOOK[word] if word else ""
