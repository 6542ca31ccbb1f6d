"""Words of admin staff about a case: waived, or dismissed as wrong; its penalties go with it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date

from config.phrases import penalties as say
from config.phrases.reports import CLOSURES
from db.engine import Transaction
from db.queries.cases import appeals as appeal_rows
from db.queries.cases import case_reports
from db.queries.cases import timelines as rows
from db.queries.cases.case_reports import ROSTER_UNDONE
from regulation.cases import stays_quiet
from regulation.duties import Code
from regulation.model import Case, Closure, Finding, GroupSnapshot
from regulation.penalties import Penalty
from services.answer import NEUTRAL, Answer
from services.app import App
from services.cases import life, own_matters
from services.cases.settling import asking_back, refunds
from services.followup import groups_changed
from services.talk.typed import day_before
from services.trail import record

_NOTHING: dict[Closure | None, str] = {
    Closure.DISMISSED: say.CASE_DISMISSED_ALREADY,
    Closure.WAIVED: say.CASE_WAIVED_ALREADY,
}


async def waive(app: App, case_id: int, *, by: int, reason: str) -> Answer:
    """`免除 V12`: close the case as waived, and undo its penalties."""
    until = day_before(reason, app.now().date())

    async def close(tx: Transaction, case: Case) -> bool:
        why = f"waived by {by}: {reason}"
        return await life.close_case(app, tx, case, Closure.WAIVED, why, until=until)

    return await _let_off(
        app, case_id, close, by=by, reason=reason, action="case waived", done=say.CASE_WAIVED, until=until
    )


async def dismiss(app: App, case_id: int, *, by: int, reason: str) -> Answer:
    """`撤销 V12`: dismiss the case as wrong, closed or not, and undo its penalties."""
    until = day_before(reason, app.now().date())

    async def close(tx: Transaction, case: Case) -> bool:
        return await dismiss_case(app, tx, case, why=reason, by=by, until=until)

    return await _let_off(
        app,
        case_id,
        close,
        by=by,
        reason=reason,
        action="case dismissed",
        done=say.CASE_DISMISSED,
        until=until,
    )


async def _let_off(
    app: App,
    case_id: int,
    close: Callable[[Transaction, Case], Awaitable[bool]],
    *,
    by: int,
    reason: str,
    action: str,
    done: str,
    until: date | None,
) -> Answer:
    async with app.database.transaction() as tx:
        await life.hold(tx, [case_id])
        case = await rows.get(tx, case_id)
        refused = await _refusal(app, tx, case, by)
        if case is None or refused is not None:
            return refused or NEUTRAL
        undone = await refunds.undo_all(app, tx, case, by=str(by), reason=reason)
        closed = await close(tx, case)
        if closed or undone:
            await record(app, tx, actor=str(by), action=action, subject=f"V{case_id}", reason=reason)
            await end_appeals(app, tx, case_id, by=by, reason=reason)
    return _answer(case, undone, closed=closed, done=done, until=until)


async def dismiss_case(
    app: App, tx: Transaction, case: Case, *, why: str, by: int | None = None, until: date | None = None
) -> bool:
    """Dismiss a case, and have its group looked at again; return whether it was not dismissed before.

    How a closed case was closed stays on its timeline. `until`: so long admin staff keep it quiet.
    """
    why = why if by is None else f"dismissed by {by}: {why}"
    changed = await life.close_case(app, tx, case, Closure.DISMISSED, why, until=until)
    if not changed:
        changed = await appeal_rows.dismiss_closed(tx, case.id)
        if changed:
            data = {"as": Closure.DISMISSED.value, "was": str(case.closed_as), "why": why}
            data |= {} if until is None else {"until": until.isoformat()}
            await life.note(app, tx, case.id, "dismissed", **data)
    await groups_changed(app, tx, [case.group_id])
    return changed


async def undo_import(
    app: App, tx: Transaction, found: Sequence[Case], *, by: str, unknown: Collection[str]
) -> str:
    """Undo the cases that an undone roster had brought: they stand in no record, and nobody owes for them.

    Who was removed for them is asked back, unless the registry no longer has them (`unknown`: employee
    numbers); returns what to say of that.
    """
    await life.hold(tx, [case.id for case in found])
    for case in found:
        await refunds.undo_all(app, tx, case, by=by, reason=ROSTER_UNDONE)
        await dismiss_case(app, tx, case, why=ROSTER_UNDONE)
    removed = [case for case in found if case.closed_as is Closure.REMOVED]
    return await asking_back.ask(app, tx, [case for case in removed if case.employee_no not in unknown])


async def end_appeals(app: App, tx: Transaction, case_id: int, *, by: int, reason: str) -> None:
    """Settle a waiting appeal whose case was just waived or dismissed: it has what it asked for."""
    for appeal in await appeal_rows.of_case(tx, case_id):
        if await appeal_rows.settle(tx, appeal.id, "upheld", str(by), app.now(), reason):
            await life.note(app, tx, case_id, "appeal", id=appeal.id, state="upheld", by=str(by))


async def not_settled(
    app: App, tx: Transaction, opening: Sequence[Finding], found: Sequence[Finding], snapshot: GroupSnapshot
) -> tuple[Finding, ...]:
    """Return those of `opening` that no person has waived or dismissed already, for reasons that still hold.

    `found`: all findings of the reading. A reading without a settled finding ends it: if the same thing
    happens again it is a new case.
    """
    seen = {(finding.code, finding.group_id, finding.subject): finding for finding in found}
    quiet: set[tuple[Code, int, str]] = set()
    for one in await case_reports.settled_by_hand(tx, snapshot.group.group_id):
        finding = seen.get(one.case.key)
        if finding is not None and stays_quiet(one, finding, snapshot.day):
            quiet.add(one.case.key)
        elif finding is None:
            await life.note(app, tx, one.case.id, "ended")
    return tuple(one for one in opening if (one.code, one.group_id, one.subject) not in quiet)


async def _refusal(app: App, tx: Transaction, case: Case | None, by: int) -> Answer | None:
    if case is None:
        return NEUTRAL
    own = await own_matters.is_own(app, tx, by, case=case)
    return Answer(False, say.OWN_MATTER.format(item=f"V{case.id}")) if own else None


def _answer(case: Case, undone: Sequence[Penalty], *, closed: bool, done: str, until: date | None) -> Answer:
    text = refunds.summary(undone)
    if closed:
        quiet = "" if until is None else say.CASE_QUIET.format(day=until.isoformat())
        return Answer(True, done.format(case=case.id, until=quiet, penalties=text))
    how = CLOSURES[case.closed_as.value] if case.closed_as is not None else ""
    if undone:
        return Answer(True, say.CASE_WAIVED_LATE.format(case=case.id, how=how, penalties=text))
    return Answer(False, _NOTHING.get(case.closed_as, say.CASE_NOTHING).format(case=case.id, how=how))
