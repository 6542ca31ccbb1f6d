"""Words of admin staff about a case: waived, or dismissed as wrong; its penalties go with it."""

from collections.abc import Sequence

from config.phrases import penalties as say
from config.phrases.reports import CLOSURES
from db.engine import Transaction
from db.queries.cases import appeals as appeal_rows
from db.queries.cases import case_reports
from db.queries.cases import penalties as penalty_rows
from db.queries.cases import timelines as rows
from regulation.duties import Code
from regulation.model import Case, Closure, Finding, GroupSnapshot
from services.app import App
from services.cases import life, penalties
from services.followup import groups_changed
from services.naming import ids
from services.settling import Settled
from services.trail import record

_NOTHING: dict[Closure | None, str] = {
    Closure.DISMISSED: say.CASE_DISMISSED_ALREADY,
    Closure.WAIVED: say.CASE_WAIVED_ALREADY,
}
# Another card, another departure, another name is another breach; a count of days is not.
_TOLD_BY_DATA = frozenset({Code.C1, Code.L1, Code.T1, Code.F2, Code.F3})


async def waive(app: App, case_id: int, *, by: int, reason: str) -> Settled:
    """`免除 V12`: close the case as waived, and waive its penalties."""
    async with app.database.transaction() as tx:
        case = await rows.get(tx, case_id)
        if case is None:
            return Settled(False, say.NO_SUCH)
        waived = await penalties.waive_of_case(app, tx, case_id, by=by, reason=reason)
        closed = await life.close_case(app, tx, case, Closure.WAIVED, f"waived by {by}: {reason}")
        if closed or waived:
            await _on_record(app, tx, "case waived", case_id, by, reason)
            await end_appeals(app, tx, case_id, by=by, reason=reason)
    return _answer(case, waived, closed=closed, done=say.CASE_WAIVED)


async def dismiss(app: App, case_id: int, *, by: int, reason: str) -> Settled:
    """`撤销 V12`: dismiss the case as wrong, closed or not, and waive its penalties."""
    async with app.database.transaction() as tx:
        case = await rows.get(tx, case_id)
        if case is None:
            return Settled(False, say.NO_SUCH)
        waived, changed = await undo(app, tx, case, by=by, reason=reason)
        if changed or waived:
            await _on_record(app, tx, "case dismissed", case_id, by, reason)
            await end_appeals(app, tx, case_id, by=by, reason=reason)
    return _answer(case, waived, closed=changed, done=say.CASE_DISMISSED)


async def undo(app: App, tx: Transaction, case: Case, *, by: int, reason: str) -> tuple[list[int], bool]:
    """Dismiss a case, waive its penalties, have its group looked at again.

    Returns the penalties waived, and whether the case was not dismissed before. How a closed case
    was closed stays on its timeline.
    """
    why = f"dismissed by {by}: {reason}"
    waived = await penalties.waive_of_case(app, tx, case.id, by=by, reason=reason)
    changed = await life.close_case(app, tx, case, Closure.DISMISSED, why)
    if not changed:
        changed = await appeal_rows.dismiss_closed(tx, case.id)
        if changed:
            data = {"as": Closure.DISMISSED.value, "was": str(case.closed_as), "why": why}
            await life.note(app, tx, case.id, "dismissed", **data)
    await groups_changed(app, tx, [case.group_id])
    return waived, changed


async def end_appeals(app: App, tx: Transaction, case_id: int, *, by: int, reason: str) -> None:
    """Settle a waiting appeal whose case was just waived or dismissed: it has what it asked for."""
    for appeal in await appeal_rows.of_case(tx, case_id):
        if await appeal_rows.settle(tx, appeal["id"], "upheld", str(by), app.now(), reason):
            await life.note(app, tx, case_id, "appeal", id=appeal["id"], state="upheld", by=str(by))


async def not_settled(
    app: App, tx: Transaction, opening: Sequence[Finding], found: Sequence[Finding], snapshot: GroupSnapshot
) -> tuple[Finding, ...]:
    """Return those of `opening` that no person has waived or dismissed already, unchanged since.

    `found`: all findings of the reading. A whole reading without a settled finding ends it: if the
    same thing happens again it is a new case.
    """
    if not opening and not snapshot.whole:
        return ()
    seen = {(finding.code, finding.group_id, finding.subject): finding for finding in found}
    settled: set[tuple[Code, int, str]] = set()
    for case in await case_reports.settled_by_hand(tx, snapshot.group.group_id):
        finding = seen.get(case.key)
        if finding is not None and _is_same(case, finding):
            settled.add(case.key)
        elif finding is None and snapshot.whole:
            await life.note(app, tx, case.id, "ended")
    return tuple(one for one in opening if (one.code, one.group_id, one.subject) not in settled)


def _is_same(case: Case, finding: Finding) -> bool:
    return case.reason == finding.reason and (
        case.code not in _TOLD_BY_DATA or dict(case.data) == dict(finding.data)
    )


async def paid_of(tx: Transaction, penalty_ids: list[int]) -> list[int]:
    """Return those of these penalties that had been paid."""
    found: list[int] = []
    for penalty_id in penalty_ids:
        row = await penalty_rows.get(tx, penalty_id)
        if row is not None and row["paid_at"] is not None:
            found.append(penalty_id)
    return found


async def _on_record(app: App, tx: Transaction, action: str, case_id: int, by: int, reason: str) -> None:
    subject = f"V{case_id}"
    await record(app, tx, actor=str(by), source="chat", action=action, subject=subject, reason=reason)


def _answer(case: Case, waived: list[int], *, closed: bool, done: str) -> Settled:
    text = say.CASE_PENALTIES.format(ids=ids("P", waived)) if waived else ""
    if closed:
        return Settled(True, done.format(case=case.id, penalties=text))
    how = CLOSURES[case.closed_as.value] if case.closed_as is not None else ""
    if waived:
        return Settled(True, say.CASE_WAIVED_LATE.format(case=case.id, how=how, penalties=text))
    return Settled(False, _NOTHING.get(case.closed_as, say.CASE_NOTHING).format(case=case.id, how=how))
