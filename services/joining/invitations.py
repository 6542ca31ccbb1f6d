"""Invitations of the bot into a group, and friend requests."""

from config.phrases.gateway import NOT_ANSWERED
from config.phrases.notices import REFUSED_INVITE
from db.engine import Transaction
from db.queries.groups import memberships
from db.queries.work.outbox import OutboxRow
from services.acts import Act, ActKind, ActOutcome, Lapse, Priority, dropped
from services.app import App
from services.cases.settling import appeals
from services.flags import key_of
from services.outbox import queue
from services.people import roles
from services.trail import record

_CHANGED = dropped(NOT_ANSWERED["changed"], Lapse.CHANGED)


async def invited(app: App, account: int, group_id: int, inviter: int, flag: str) -> None:
    """Accept when the inviter is an active employee or a superuser; else refuse and report."""
    async with app.database.transaction() as tx:
        await _answer(app, tx, account, group_id, inviter, flag)


async def _answer(app: App, tx: Transaction, account: int, group_id: int, inviter: int, flag: str) -> None:
    approve, key = _may_invite(app, inviter), f"invite:{account}:{group_id}:{key_of(flag)}"
    act = Act(
        ActKind.ANSWER_INVITE,
        Priority.COURTESY,
        {"flag": flag, "approve": approve, "reason": ""},
        group_id=group_id,
        user_id=inviter,
        account=account,
        key=key[:160],
    )
    if not await queue(app, tx, act):
        return
    action = "invite_accepted" if approve else "invite_refused"
    await record(app, tx, actor=str(inviter), source="qq", action=action, subject=f"G{group_id}")
    if not approve:
        text = REFUSED_INVITE.format(user_id=inviter, group_id=group_id)
        # An answer that was lost is given again, by the flag that the list has.
        await roles.tell_admin_staff(app, tx, text, key=f"refused:{key}"[:120])


def _may_invite(app: App, inviter: int) -> bool:
    known = app.registry.active_employee_of(inviter, app.now().date()) is not None
    return known or inviter in app.superusers()


async def why_not_invited(app: App, tx: Transaction, row: OutboxRow) -> ActOutcome | None:
    """Judge an invitation again just before it is accepted; return how it ends if it is not, or None."""
    wrong = bool(row.payload["approve"]) and not _may_invite(app, row.user_id or 0)
    return _CHANGED if wrong else None


async def invite_ended(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    """Refuse an invitation that was about to be accepted, when its inviter left meanwhile."""
    if outcome.lapse is Lapse.CHANGED:
        flag = str(row.payload["flag"])
        await _answer(app, tx, row.account or 0, row.group_id or 0, row.user_id or 0, flag)


async def why_not_befriended(app: App, tx: Transaction, row: OutboxRow) -> ActOutcome | None:
    """Return how it ends when somebody is not accepted as a friend after all, or None."""
    return None if await _may_be_friend(app, tx, row.user_id or 0) else _CHANGED


async def befriended(app: App, account: int, user_id: int, flag: str) -> None:
    """Accept verified employees, superusers and members of filed groups; others wait for nobody."""
    async with app.database.transaction() as tx:
        if not await _may_be_friend(app, tx, user_id):
            return
        act = Act(
            ActKind.ANSWER_FRIEND,
            Priority.COURTESY,
            {"flag": flag, "approve": True},
            user_id=user_id,
            account=account,
            key=f"friend:{account}:{flag}"[:160],
        )
        await queue(app, tx, act)


async def _may_be_friend(app: App, tx: Transaction, user_id: int) -> bool:
    if user_id in app.superusers():
        return True
    if app.registry.active_employee_of(user_id, app.now().date()) is not None:
        return True
    # Whoever was removed as departed, be it by mistake, has no other way to contest it.
    former = app.registry.employee_of(user_id) is not None and await appeals.open_to(app, tx, user_id)
    return former or await memberships.in_filed_group(tx, user_id)
