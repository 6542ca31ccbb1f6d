"""Penalties: proposed when a case turns overdue, decided by admin staff, told to who is liable.

Nothing is ever confirmed by itself: `settle` is called for what a person of the admin staff said.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from config.phrases import penalties as say
from db.engine import Transaction
from db.queries.cases import penalties as rows
from db.queries.cases import timelines as case_rows
from regulation.deadlines import next_opening
from regulation.duties import DUTIES
from regulation.model import Case, GroupSnapshot
from regulation.penalties import Proposal, officers_of, propose
from regulation.summary import Period
from services import acts, outbox
from services.app import App
from services.cases import life
from services.naming import deadline, group_names, ids, sentence, who
from services.people import roles
from services.settling import Settled
from services.trail import record

MOST_LINES = 10


async def propose_for(app: App, tx: Transaction, case: Case, snapshot: GroupSnapshot) -> int:
    """Propose what `case`, overdue now, costs whom; return how many proposals are new.

    The liable people are those of `snapshot`, the reading at which the deadline was found missed.
    """
    proposals = propose(case, officers_of(snapshot), app.registry, app.policy)
    made = await rows.add(tx, [_row(app, case, one) for one in proposals])
    for penalty_id in made:
        await life.note(app, tx, case.id, "penalty", id=penalty_id, state="proposed")
    if made:
        await _tell_staff(app, tx, case, made)
    return len(made)


async def _tell_staff(app: App, tx: Transaction, case: Case, made: Sequence[int]) -> None:
    """Tell admin staff that there is something to decide: in hours, and once an hour however many."""
    opening = next_opening(app.now(), app.policy.hours)
    text = say.PROPOSED.format(
        ids=ids("P", made),
        case=case.id,
        code=case.code,
        title=DUTIES[case.code].title,
        group=(await group_names(tx, [case.group_id]))[case.group_id],
    )
    for user_id in await roles.admin_staff(app, tx):
        key = f"penalties:{opening:%Y%m%d%H}:{user_id}"
        act = acts.to_person(user_id, text, purpose="staff", key=key, case_ids=[])
        await outbox.queue(app, tx, replace(act, not_before=opening))


def _row(app: App, case: Case, one: Proposal) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "breach": one.breach[:120],
        "code": case.code.value,
        "group_id": case.group_id,
        "liable": one.liable_employee_no or str(one.liable_user_id),
        "liable_user_id": one.liable_user_id,
        "liable_employee_no": one.liable_employee_no,
        "amount": one.amount,
        "state": "proposed",
        "proposed_at": app.now(),
        "reason": "",
    }


async def settle(app: App, penalty_ids: Sequence[int], *, approve: bool, by: int, reason: str) -> Settled:
    """Confirm (or waive) proposed penalties; the answer has one line each, and a sum when several."""
    done: list[dict[str, Any]] = []
    lines: list[str] = []
    async with app.database.transaction() as tx:
        for penalty_id in dict.fromkeys(penalty_ids):
            row = await rows.get(tx, penalty_id)
            if row is None:
                lines.append(say.NO_SUCH)
            elif await _decide(app, tx, row, approve=approve, by=by, reason=reason):
                done.append(row)
                lines.append(await _decided(app, tx, row, approve=approve))
            else:
                lines.append(_not_open(row, "confirm" if approve else "waive"))
    return Settled(bool(done), "\n".join(_shortened(lines, done, approve=approve)))


async def _decide(
    app: App, tx: Transaction, row: dict[str, Any], *, approve: bool, by: int, reason: str
) -> bool:
    state = "confirmed" if approve else "waived"
    values = {"state": state, "settled_by": str(by), "settled_at": app.now(), "reason": reason}
    if not await rows.change(tx, row["id"], ["proposed"], **values):
        return False
    await _noted(app, tx, row, state, by, reason)
    return True


async def _decided(app: App, tx: Transaction, row: dict[str, Any], *, approve: bool) -> str:
    fields = {
        "id": row["id"],
        "who": who(app, row["liable_user_id"], row["liable_employee_no"]),
        "amount": f"{row['amount']:.2f}",
        "case": row["case_id"],
    }
    if not approve:
        return say.WAIVED.format(**fields)
    told = await _tell_liable(app, tx, row)
    return say.CONFIRMED.format(**fields, told=say.TOLD if told else say.NOT_TOLD)


def _shortened(lines: list[str], done: list[dict[str, Any]], *, approve: bool) -> list[str]:
    lines = list(dict.fromkeys(lines))
    if len(done) < 2:
        return lines
    what = say.WHAT["confirm" if approve else "waive"]
    total = sum((row["amount"] for row in done), Decimal(0))
    return [*lines[:MOST_LINES], say.MANY.format(what=what, count=len(done), amount=f"{total:.2f}")]


def _not_open(row: dict[str, Any], what: str) -> str:
    return say.NOT_OPEN.format(id=row["id"], state=say.STATES[row["state"]], what=say.WHAT[what])


async def _noted(app: App, tx: Transaction, row: dict[str, Any], state: str, by: int, reason: str) -> None:
    await life.note(app, tx, row["case_id"], "penalty", id=row["id"], state=state, by=str(by), reason=reason)
    subject = f"P{row['id']}"
    await record(
        app, tx, actor=str(by), source="chat", action=f"penalty {state}", subject=subject, reason=reason
    )


async def _tell_liable(app: App, tx: Transaction, row: dict[str, Any]) -> bool:
    """Queue the private note to who is liable; the group hears no detail if it can't be delivered."""
    user_id = row["liable_user_id"]
    if user_id is None:
        user_id = next(iter(app.registry.qqs_of(row["liable_employee_no"] or "")), None)
    case = await case_rows.get(tx, row["case_id"])
    if user_id is None or case is None:
        return False
    act = acts.to_person(
        user_id,
        await _notice(app, tx, row, case),
        via_group=row["group_id"],
        fallback=say.NOTICE_FALLBACK,
        purpose="penalty",
        key=f"penalty:{row['id']}",
        case_ids=[case.id],
    )
    await outbox.queue(app, tx, act)
    await rows.change(tx, row["id"], ["confirmed"], told_at=app.now())
    return True


async def _notice(app: App, tx: Transaction, row: dict[str, Any], case: Case) -> str:
    duty = DUTIES[case.code]
    own = case.user_id is None or case.user_id == row["liable_user_id"]
    about = "" if own else say.NOTICE_ABOUT.format(who=who(app, case.user_id, case.employee_no))
    return say.NOTICE.format(
        id=row["id"],
        amount=f"{row['amount']:.2f}",
        code=duty.code,
        title=duty.title,
        clause=duty.clause,
        group=(await group_names(tx, [case.group_id]))[case.group_id],
        about=about,
        overdue=deadline(case.overdue_at or case.due_at),
        case=case.id,
        evidence=sentence(case),
    )


async def pay(app: App, penalty_id: int, *, by: int) -> Settled:
    """Record that a confirmed penalty was paid."""
    async with app.database.transaction() as tx:
        row = await rows.get(tx, penalty_id)
        if row is None:
            return Settled(False, say.NO_SUCH)
        if not await rows.change(tx, penalty_id, ["confirmed"], state="settled", paid_at=app.now()):
            return Settled(False, _not_open(row, "pay"))
        await _noted(app, tx, row, "settled", by, "")
    whom = who(app, row["liable_user_id"], row["liable_employee_no"])
    return Settled(True, say.PAID.format(id=penalty_id, who=whom, amount=f"{row['amount']:.2f}"))


async def waive_of_case(app: App, tx: Transaction, case_id: int, *, by: int, reason: str) -> list[int]:
    """Waive every penalty of a case, in the caller's transaction; return their ids."""
    waived = await rows.waive_of_case(tx, case_id, str(by), app.now(), reason)
    for penalty_id in waived:
        await life.note(app, tx, case_id, "penalty", id=penalty_id, state="waived", by=str(by), reason=reason)
    return waived


async def lines_of(
    app: App, tx: Transaction, period: Period, label: str, *, all_undecided: bool
) -> list[str]:
    """Return `罚单`: a head line with sums, then one line a penalty."""
    since, until = period.start, period.end
    found = await rows.listed(tx, since, until, undecided_too=all_undecided, limit=2000)
    if not found:
        return [say.LIST_NONE.format(period=label)]
    names = await group_names(tx, [row["group_id"] for row in found])
    head = say.LIST_HEAD.format(period=label, count=len(found), amounts=_sums(found))
    return [head, *(line_of(app, row, names[row["group_id"]]) for row in found)]


def line_of(app: App, row: dict[str, Any], group: str) -> str:
    """Return one penalty's line, beginning with its id."""
    return say.LIST_LINE.format(
        id=row["id"],
        state=say.STATES[row["state"]],
        amount=f"{row['amount']:.2f}",
        who=who(app, row["liable_user_id"], row["liable_employee_no"]),
        code=row["code"],
        title=DUTIES[row["code"]].title,
        group=group,
        case=row["case_id"],
    )


def _sums(found: Sequence[dict[str, Any]]) -> str:
    by_state: dict[str, Decimal] = {}
    for row in found:
        by_state[row["state"]] = by_state.get(row["state"], Decimal(0)) + row["amount"]
    listed = [
        say.LIST_AMOUNT.format(state=say.STATES[s], amount=f"{by_state[s]:.2f}")
        for s in say.STATES
        if s in by_state
    ]
    return "，".join(listed)
