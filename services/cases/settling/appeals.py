"""Appeals: by the person concerned, within seven days; they freeze removal and fine until settled.

The seven days count from the last thing held against that person: the case opened, told, overdue or
closed, or their penalty proposed or confirmed. One appeal waits per case; what was decided once
isn't decided again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from config.phrases import penalties as say
from db.engine import Transaction
from db.queries.cases import appeals as rows
from db.queries.cases import case_acts, case_reports
from db.queries.cases import penalties as penalty_rows
from db.queries.cases import timelines as case_rows
from db.queries.cases.appeals import AppealRow, AppealState
from db.queries.cases.case_reports import Wanted
from regulation.duties import DUTIES
from regulation.model import Case, Closure
from regulation.penalties import Penalty
from services import acts, outbox
from services.answer import NEUTRAL, Answer
from services.app import App
from services.cases import life, own_matters
from services.cases.settling import dismissals, refunds
from services.followup import groups_changed
from services.naming import deadline, group_names, ids
from services.people import roles
from services.people.roles import name_of
from services.talk.typed import day_before
from services.trail import record

WITHIN_DAYS = 7
_MOMENT = timedelta(microseconds=1)


async def appeal(app: App, case_id: int, *, by: int, reason: str) -> Answer:
    """`申诉 V12 理由`: write the appeal, freeze the case and its penalties, tell admin staff."""
    async with app.database.transaction() as tx:
        await life.hold(tx, [case_id])
        case = await case_rows.get(tx, case_id)
        mine = [] if case is None else await _held_against(app, tx, case, by)
        if case is None or not mine:
            return NEUTRAL
        refused = await _refusal(app, tx, case, by, mine)
        if refused is not None:
            return Answer(False, refused)
        if not reason.strip():
            return Answer(False, say.APPEAL_NEEDS_REASON.format(case=case_id))
        number = _number_of(app, by)
        appeal_id = await rows.add(tx, case_id, by, number, app.now(), reason.strip())
        if appeal_id is None:
            return Answer(False, say.APPEAL_WAITS.format(case=case_id, id="…"))
        await _freeze(app, tx, case, appeal_id, by)
        await _tell_staff(app, tx, case, appeal_id, by, reason.strip())
    return Answer(True, say.APPEALED.format(case=case_id, id=appeal_id))


async def is_open_to(app: App, tx: Transaction, case: Case, user_id: int) -> bool:
    """Tell whether this person may contest this case now."""
    mine = await _held_against(app, tx, case, user_id)
    return bool(mine) and await _refusal(app, tx, case, user_id, mine) is None


async def open_to(app: App, tx: Transaction, user_id: int) -> bool:
    """Tell whether anything happened lately that this person may still contest."""
    number = _number_of(app, user_id)
    now, days = app.now(), timedelta(days=WITHIN_DAYS)
    about = Wanted(user_ids=(user_id,), employee_no=number, since=now - days, until=now + _MOMENT)
    if await case_reports.count(tx, about):
        return True
    fines = await penalty_rows.of_person(tx, [user_id], number, limit=5)
    return any(now - (one.settled_at or one.proposed_at) <= days for one in fines)


async def case_of_penalty(app: App, penalty_id: int) -> int | None:
    """Return the case that a penalty comes from, or None when there is no such penalty."""
    async with app.database.reading() as tx:
        one = await penalty_rows.get(tx, penalty_id)
    return None if one is None else one.case_id


async def _held_against(app: App, tx: Transaction, case: Case, by: int) -> list[datetime]:
    """Return when anything of this case was held against this person; empty: it's none of theirs."""
    number = _number_of(app, by)
    times: list[datetime | None] = []
    if own_matters.is_of(case.user_id, case.employee_no, [by], number):
        times += [case.opened_at, case.first_reminded_at, case.overdue_at, case.closed_at]
    for row in await penalty_rows.liable_for(tx, case.id, [by], number):
        times += [row.proposed_at, row.settled_at]
    return [time for time in times if time is not None]


def _number_of(app: App, user_id: int) -> str | None:
    employee = app.registry.employee_of(user_id)
    return None if employee is None else employee.employee_no


async def _refusal(app: App, tx: Transaction, case: Case, by: int, mine: Sequence[datetime]) -> str | None:
    for earlier in await rows.of_case(tx, case.id):
        if earlier.state is AppealState.WAITING:
            return say.APPEAL_WAITS.format(case=case.id, id=earlier.id)
        if own_matters.is_of(earlier.made_by, earlier.employee_no, [by], _number_of(app, by)):
            how = say.APPEAL_HOW[earlier.state]
            return say.APPEAL_DECIDED.format(case=case.id, id=earlier.id, how=how)
    fines = await penalty_rows.liable_for(tx, case.id, [by], _number_of(app, by))
    if case.closed_as is Closure.DISMISSED and all(one.state in refunds.OVER for one in fines):
        return say.CASE_DISMISSED_ALREADY.format(case=case.id)
    if app.now() - max(mine) > timedelta(days=WITHIN_DAYS):
        return say.APPEAL_LATE.format(case=case.id, days=WITHIN_DAYS)
    return None


async def _freeze(app: App, tx: Transaction, case: Case, appeal_id: int, by: int) -> None:
    if case.closed_at is None:
        await rows.set_frozen(tx, case.id, frozen=True)
        await case_acts.call_off(tx, case.id, app.now())
    frozen = await rows.freeze_penalties(tx, case.id)
    await life.note(app, tx, case.id, "appeal", id=appeal_id, state="waiting", by=str(by), penalties=frozen)
    await record(app, tx, actor=str(by), action="appeal", subject=f"V{case.id}", appeal=f"S{appeal_id}")


async def _tell_staff(app: App, tx: Transaction, case: Case, appeal_id: int, by: int, reason: str) -> None:
    text = say.APPEAL_STAFF.format(
        id=appeal_id,
        who=name_of(app, by),
        case=case.id,
        code=case.code,
        title=DUTIES[case.code].title,
        group=(await group_names(tx, [case.group_id]))[case.group_id],
        reason=reason,
    )
    public = say.APPEAL_STAFF_PUBLIC.format(id=appeal_id)
    await roles.tell_admin_staff(
        app, tx, text, public=public, key=f"appeal:{appeal_id}", item=(f"S{appeal_id}", "")
    )


async def settle(app: App, appeal_id: int, *, uphold: bool, by: int, reason: str) -> Answer:
    """Decide an appeal, once. Upheld: the case is dismissed and what can be undone is undone.

    Refused: case and penalties go on as before, the days it took aside, and the group is planned anew.
    """
    async with app.database.transaction() as tx:
        row = await rows.get(tx, appeal_id)
        await life.hold(tx, [] if row is None else [row.case_id])
        case = None if row is None else await case_rows.get(tx, row.case_id)
        if row is None or case is None:
            return NEUTRAL
        if await own_matters.is_own(app, tx, by, case=case, people=[(row.made_by, row.employee_no)]):
            return Answer(False, say.OWN_MATTER.format(item=f"S{appeal_id}"))
        state = "upheld" if uphold else "refused"
        if not await rows.settle(tx, appeal_id, state, str(by), app.now(), reason):
            return Answer(False, say.SETTLED_ALREADY.format(id=appeal_id))
        await life.note(app, tx, case.id, "appeal", id=appeal_id, state=state, by=str(by), reason=reason)
        await record(
            app,
            tx,
            actor=str(by),
            action=f"appeal {state}",
            subject=f"S{appeal_id}",
            reason=reason,
        )
        if uphold:
            return await _uphold(app, tx, case, row, by, reason)
        return await _refuse(app, tx, case, row, reason)


async def _uphold(app: App, tx: Transaction, case: Case, row: AppealRow, by: int, reason: str) -> Answer:
    """Dismiss the case for this person's reasons: the others' penalties are put before admin staff."""
    why = f"S{row.id} {reason}".strip()
    whose = (row.made_by, row.employee_no)
    undone, others = await refunds.undo_own(app, tx, case, *whose, by=str(by), reason=why)
    await dismissals.dismiss_case(app, tx, case, why=why, by=by, until=day_before(reason, app.now().date()))
    if others:
        listed = ids("P", [one.id for one in others])
        text = say.REVIEW.format(case=case.id, id=row.id, ids=listed)
        await roles.tell_admin_staff(app, tx, text, key=f"appeal:{row.id}:others")
    removed = case.closed_as is Closure.REMOVED
    end = refunds.summary(undone, others) + (say.UPHELD_REMOVED if removed else "")
    name = (await group_names(tx, [case.group_id]))[case.group_id]
    rejoin = say.TELL_REJOIN.format(group=name) if removed else ""
    fines = _own_fines(undone)
    text = say.TELL_UPHELD.format(case=case.id, fines=fines, rejoin=rejoin)
    untold = "" if await _tell(app, tx, case, row, text) else say.APPEAL_NOT_TOLD
    return Answer(True, say.UPHELD.format(id=row.id, case=case.id, undone=end) + untold)


def _own_fines(undone: Sequence[Penalty]) -> str:
    """Say to whoever appealed which of their own penalties are void, and what they get back."""
    paid = sum(one.amount for one in undone if one.paid_at is not None)
    void = say.CASE_PENALTIES.format(ids=ids("P", [one.id for one in undone])) if undone else ""
    return void + (say.TELL_REFUND.format(amount=f"{paid:.2f}".removesuffix(".00")) if paid else "")


async def _refuse(app: App, tx: Transaction, case: Case, row: AppealRow, reason: str) -> Answer:
    await rows.set_frozen(tx, case.id, frozen=False)
    await rows.thaw_penalties(tx, case.id)
    due = await life.go_on(app, tx, case, row.made_at)
    await groups_changed(app, tx, [case.group_id])
    because = f"（{reason}）" if reason else ""
    then = say.STAYS_WAIVED if case.closed_as is Closure.WAIVED else say.GOES_ON
    if due is not None:
        then += say.GOES_ON_UNTIL.format(due=deadline(due))
    text = say.TELL_REFUSED.format(case=case.id, reason=because, then=then)
    untold = "" if await _tell(app, tx, case, row, text) else say.APPEAL_NOT_TOLD
    return Answer(True, say.REFUSED.format(id=row.id, case=case.id, then=then) + untold)


async def _tell(app: App, tx: Transaction, case: Case, row: AppealRow, text: str) -> bool:
    """Queue the answer to whoever appealed; False where no QQ of theirs is known."""
    to = own_matters.qq_of(app, row.made_by, row.employee_no)
    if to is None:
        return False
    act = acts.to_person(
        to,
        text,
        via_group=case.group_id,
        fallback=say.NOTICE_FALLBACK,
        purpose="appeal",
        key=f"appeal:{row.id}:answer",
        case_ids=[case.id],
    )
    await outbox.queue(app, tx, acts.meant_for(act, row.employee_no))
    return True
