"""What is said around join requests: to settlers, owners, and whom a request concerns."""

from config.phrases.held import HELD
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.joining.requests import RequestRow, RequestState
from regulation.join_gate import Decision, Verdict
from regulation.model import Group
from services.acts import to_person, while_open
from services.app import App
from services.filing import owner_notice
from services.inbox import listing
from services.joining import early_admission
from services.naming import moment
from services.outbox import queue
from services.people import roles
from services.trail import record


async def held(app: App, tx: Transaction, request_id: int, group: Group, verdict: Verdict) -> None:
    """Tell whoever can settle a held request, as its row asks."""
    if verdict.row == 2 and not group.exempt:
        await owner_notice.tell_owner_to_file(app, tx, group.group_id)
        return
    if verdict.row == 9 and verdict.employee_no is not None:
        await early_admission.ask(app, tx, verdict.employee_no, group.group_id, reason="", asked_by=None)
        return
    if verdict.row == 6 and verdict.employee_no is not None:
        await _warn_known_qq(app, tx, verdict.employee_no, request_id, group.group_id)
    await listing.announce(app, tx, "J", request_id)


async def _warn_known_qq(app: App, tx: Transaction, employee_no: str, request_id: int, group_id: int) -> None:
    """Tell the QQ that is verified for this employee that another one claims to be them."""
    group = await group_rows.get_or_blank(tx, group_id)
    for user_id in app.registry.qqs_of(employee_no):
        text = HELD["impersonation"].format(group=group.called, when=moment(app.now()))
        act = to_person(user_id, text, key=f"impersonation:{request_id}:{user_id}")
        # Where QQ let them in past us, all the more.
        await queue(app, tx, while_open(act, f"J{request_id}", or_past_us=True))


async def wave(app: App, tx: Transaction, group_id: int, asked: int) -> None:
    """Alert admin staff once of a wave of requests for one group."""
    group = await group_rows.get_or_blank(tx, group_id)
    text = HELD["wave"].format(group=group.called, count=asked + 1)
    # One alert per wave: the same group again within the hour is the same wave.
    await roles.tell_admin_staff_rarely(app, tx, text, public=text, note=f"wave:{group_id}")


def settled_already(app: App, row: RequestRow) -> str:
    """Return the line for whoever came second."""
    if row.state is RequestState.ELSEWHERE:
        return HELD["elsewhere"].format(id=row.id)
    who = roles.actor_name(app, row.settled_by)
    how = HELD["word_approve" if row.settled_as is Decision.APPROVE else "word_reject"]
    return HELD["settled_already"].format(id=row.id, who=who, when=moment(row.settled_at), how=how)


async def note_settled(
    app: App, tx: Transaction, row: RequestRow, *, approve: bool, by: int, reason: str
) -> None:
    """Write the decision of a human to the audit trail."""
    await record(
        app,
        tx,
        actor=str(by),
        action="join_approved" if approve else "join_rejected",
        subject=f"J{row.id}",
        group_id=row.group_id,
        reason=reason,
    )
