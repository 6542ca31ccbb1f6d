"""Penalties: proposed when a case turns overdue, decided by admin staff, told to who is liable.

Nothing is ever confirmed by itself: `settle` is called for what a person of the admin staff said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from config.phrases import penalties as say
from db.engine import Transaction
from db.queries.cases import notices
from db.queries.cases import penalties as rows
from db.queries.cases import timelines as case_rows
from db.queries.groups import office_history
from regulation.checks.people import said_name
from regulation.deadlines import next_opening
from regulation.duties import DUTIES
from regulation.model import Case, GroupSnapshot
from regulation.penalties import Answerable, Penalty, PenaltyState, Proposal, propose
from services.answer import NEUTRAL, Answer
from services.app import App
from services.cases import life, own_matters
from services.cases.settling import refunds
from services.cases.settling.refunds import change, fields_of, tell_liable
from services.naming import deadline, group_names, ids, sentence
from services.people import roles

MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class Decided(Answer):
    """What deciding on several penalties at once is answered with. `done`: how many were decided."""

    done: int = 0


async def propose_for(app: App, tx: Transaction, late: Sequence[Case], snapshot: GroupSnapshot) -> int:
    """Propose what overdue cases of one group cost whom; return how many proposals are new.

    Liable is who held the office at their deadline and was told a full span before, by the history
    of offices and the notices delivered: not whom `snapshot`, today's reading, shows.
    """
    fined = [case for case in late if app.policy.fines.get(case.code)]
    if not fined:
        return 0
    told = await notices.told(tx, [case.id for case in fined])
    filing = snapshot.group.filing
    live = {(member.user_id, member.role) for member in snapshot.members}
    history = await office_history.of_group(tx, snapshot.group.group_id)
    known = Answerable(
        # Where the list was cut short, nobody knows whether somebody missing from it still holds the office.
        tuple(one for one in history if one.until is not None or (one.user_id, one.role) in live),
        initiator_id=None if filing is None else filing.initiator_id,
        bot_ids=snapshot.bot_ids,
    )
    made = 0
    for case in fined:
        mine = replace(known, told=told[case.id])
        proposals = propose(case, mine, app.registry, app.policy, snapshot.read_at)
        made += await _add(app, tx, case, proposals) if proposals else 0
    return made


async def _add(app: App, tx: Transaction, case: Case, proposals: Sequence[Proposal]) -> int:
    """Write the proposals that are new: one breach, one proposal a person, whoever has their QQ by now."""
    before = await rows.proposed_before(tx, case.id, [one.breach[:120] for one in proposals])
    new = [one for one in proposals if before.isdisjoint(_known_as(app, one))]
    made = await rows.add(tx, [_row(app, case, one) for one in new])
    for penalty_id in made:
        await life.note(app, tx, case.id, "penalty", id=penalty_id, state="proposed")
    if made:
        await _tell_staff(app, tx, case, made)
    return len(made)


def _known_as(app: App, one: Proposal) -> set[int | str | None]:
    """Return whatever an earlier proposal may have named the liable person by.

    The QQ may have been bound to them since, or be theirs no more.
    """
    qqs = app.registry.qqs_of(one.liable_employee_no or "")
    return {one.liable_user_id, one.liable_employee_no, *qqs}


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
    await roles.tell_admin_staff_rarely(app, tx, text, note="penalties", not_before=opening)


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


async def settle(app: App, penalty_ids: Sequence[int], *, approve: bool, by: int, reason: str) -> Decided:
    """Confirm (or waive) proposed penalties; the answer has one line each, and a sum when several.

    One that was paid before it was put before admin staff again stands as paid, or is to be refunded.
    """
    done: list[Penalty] = []
    lines: list[str] = []
    async with app.database.transaction() as tx:
        about = [await rows.get(tx, penalty_id) for penalty_id in penalty_ids]
        await life.hold(tx, [one.case_id for one in about if one is not None])
        for penalty_id in dict.fromkeys(penalty_ids):
            one = await rows.get(tx, penalty_id)
            if one is None:
                lines.append(NEUTRAL.text)
            elif await own_matters.is_own(app, tx, by, penalties=[one]):
                lines.append(say.OWN_MATTER.format(item=f"P{penalty_id}"))
            elif one.state is not PenaltyState.PROPOSED:
                lines.append(_not_open(one, "confirm" if approve else "waive"))
            else:
                done.append(one)
                lines.append(await _decide(app, tx, one, approve=approve, by=by, reason=reason))
    text = "\n".join(_shortened(lines, done, approve=approve))
    return Decided(bool(done), text, done=len(done))


async def _decide(app: App, tx: Transaction, one: Penalty, *, approve: bool, by: int, reason: str) -> str:
    if not approve:
        undone = await refunds.undo(app, tx, one, by=str(by), reason=reason)
        return (say.TO_REFUND if undone is PenaltyState.TO_REFUND else say.WAIVED).format(
            **fields_of(app, one)
        )
    state = PenaltyState.CONFIRMED if one.paid_at is None else PenaltyState.SETTLED
    await change(app, tx, one, state, by=str(by), reason=reason, settled_at=app.now(), settled_by=str(by))
    if state is PenaltyState.SETTLED:
        await tell_liable(app, tx, one, say.STANDS.format(**fields_of(app, one)), key=f"stands:{one.id}")
        return say.PAID.format(**fields_of(app, one))
    told = await _tell_liable(app, tx, one)
    return say.CONFIRMED.format(**fields_of(app, one), told=say.TOLD if told else say.NOT_TOLD)


def _shortened(lines: list[str], done: list[Penalty], *, approve: bool) -> list[str]:
    lines = list(dict.fromkeys(lines))
    if len(done) < 2:
        return lines
    what = say.WHAT["confirm" if approve else "waive"]
    total = sum((one.amount for one in done), Decimal(0))
    return [*lines[:MOST_LINES], say.MANY.format(what=what, count=len(done), amount=f"{total:.2f}")]


_SETTLED_BY = {"pay": PenaltyState.SETTLED, "refund": PenaltyState.REFUNDED}


def _not_open(one: Penalty, what: str) -> str:
    if one.state is _SETTLED_BY.get(what):
        return say.ALREADY.format(id=one.id, what=say.WHAT[what])
    return say.NOT_OPEN.format(id=one.id, state=say.STATES[one.state], what=say.WHAT[what])


async def _tell_liable(app: App, tx: Transaction, one: Penalty) -> bool:
    """Queue the private note to who is liable; the group hears no detail if it can't be delivered."""
    case = await case_rows.get(tx, one.case_id)
    if case is None:
        return False
    duty = DUTIES[case.code]
    own = case.user_id is None or case.user_id == one.liable_user_id
    about = "" if own else say.NOTICE_ABOUT.format(who=said_name(case.user_id or 0, app.registry))
    text = say.NOTICE.format(
        id=one.id,
        amount=f"{one.amount:.2f}",
        code=duty.code,
        title=duty.title,
        clause=duty.clause,
        group=(await group_names(tx, [case.group_id]))[case.group_id],
        about=about,
        overdue=deadline(case.overdue_at or case.due_at),
        case=case.id,
        evidence=sentence(case),
    )
    return await tell_liable(app, tx, one, text, key=f"penalty:{one.id}:{app.now().timestamp():.0f}")


async def pay(app: App, penalty_id: int, *, by: int) -> Answer:
    """`已缴 P3`: record that a confirmed penalty was paid."""
    return await _record(app, penalty_id, PenaltyState.CONFIRMED, PenaltyState.SETTLED, "pay", by)


async def refund(app: App, penalty_id: int, *, by: int) -> Answer:
    """`已退 P3`: record that what was paid for a penalty since undone was given back."""
    return await _record(app, penalty_id, PenaltyState.TO_REFUND, PenaltyState.REFUNDED, "refund", by)


async def _record(
    app: App, penalty_id: int, was: PenaltyState, now: PenaltyState, what: str, by: int
) -> Answer:
    async with app.database.transaction() as tx:
        if (one := await rows.get(tx, penalty_id)) is not None:
            await life.hold(tx, [one.case_id])
            one = await rows.get(tx, penalty_id)
        if one is None:
            return NEUTRAL
        if await own_matters.is_own(app, tx, by, penalties=[one]):
            return Answer(False, say.OWN_MATTER.format(item=f"P{penalty_id}"))
        if one.state is not was:
            return Answer(False, _not_open(one, what))
        at = {"paid_at": app.now()} if what == "pay" else {"refunded_at": app.now()}
        await change(app, tx, one, now, by=str(by), reason="", **at)
        if what == "refund":
            text = say.REFUND_TOLD.format(**fields_of(app, one))
            await tell_liable(app, tx, one, text, key=f"refunded:{one.id}")
    return Answer(True, (say.PAID if what == "pay" else say.REFUNDED).format(**fields_of(app, one)))
