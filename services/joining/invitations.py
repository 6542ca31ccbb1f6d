"""Invitations of the bot into a group, and friend requests."""

from config.phrases.notices import REFUSED_INVITE
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from services.acts import Act, ActKind, Priority
from services.app import App
from services.flags import key_of
from services.outbox import queue
from services.people import roles
from services.trail import record


async def invited(app: App, account: int, group_id: int, inviter: int, flag: str) -> None:
    """Accept when the inviter is an active employee or a superuser; else refuse and report."""
    known = app.registry.active_employee_of(inviter, app.now().date()) is not None
    approve = known or inviter in app.superusers()
    async with app.database.transaction() as tx:
        act = Act(
            ActKind.ANSWER_INVITE,
            Priority.COURTESY,
            {"flag": flag, "approve": approve, "reason": ""},
            group_id=group_id,
            user_id=inviter,
            account=account,
            key=f"invite:{account}:{group_id}:{key_of(flag)}"[:160],
        )
        if not await queue(app, tx, act):
            return
        action = "invite_accepted" if approve else "invite_refused"
        await record(app, tx, actor=str(inviter), source="qq", action=action, subject=f"G{group_id}")
        if not approve:
            text = REFUSED_INVITE.format(user_id=inviter, group_id=group_id)
            await roles.tell_admin_staff(app, tx, text, key=f"invite:{flag}"[:120])


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
    return await group_rows.in_filed_group(tx, user_id)
