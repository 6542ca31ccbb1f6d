"""Join requests that wait: settled by people, or decided anew."""

from collections.abc import Collection
from dataclasses import dataclass

from config.phrases.held import HELD
from config.phrases.joining import REPLIES
from db.engine import Transaction
from db.queries.joining import requests as rows
from db.queries.joining.requests import RequestRow
from db.queries.people import employees
from db.queries.people import identities as identity_rows
from regulation.duties import Code
from regulation.join_gate import Decision, judge_again
from regulation.model import Group
from regulation.policy import Mode
from services.answer import Answer
from services.app import App
from services.groups.view import effective_mode, load_group
from services.joining import early_admission, join_notices, proofs, rounds
from services.joining.heard import answer_act, heard_of
from services.outbox import queue
from services.people import identities, registry
from services.ports import UnreachableError

# Rows of the table that hold what another look at the registry may settle: unusable, no phone, another QQ.
_NOT_KNOWN = frozenset({1, 5, 6})


@dataclass(slots=True)
class _Seen:
    """The registry by which waiting requests were looked at last."""

    version: int = -1


async def settle(app: App, request_id: int, *, approve: bool, by: int, reason: str = "") -> Answer:
    """Answer a waiting request as a human decided; once, by whoever is first (rights are the caller's)."""
    async with app.database.transaction() as tx:
        row = await rows.get(tx, request_id)
        if row is None:
            return Answer(False, HELD["unknown"])
        refused, warning = await _if_let_in(app, tx, row, by) if approve else (None, "")
        if refused is not None:
            return refused
        how = "approve" if approve else "reject"
        if not await rows.settle(
            tx, request_id, state="answering", settled_by=str(by), settled_at=app.now(), settled_as=how
        ):
            return Answer(False, join_notices.settled_already(app, row))
        heard = heard_of(row)
        if approve and row.row == 6 and row.employee_no:
            await identities.bind(app, tx, row.user_id, row.employee_no, "admin", str(by))
        text = (reason.strip() or HELD["default_reject"])[:30]
        await queue(app, tx, answer_act(heard, request_id, approve=approve, reason=text, by=str(by)))
        await join_notices.note_settled(app, tx, row, approve=approve, by=by, reason=reason)
    await registry.refresh(app)
    return Answer(True, HELD["approved" if approve else "rejected"].format(id=request_id) + warning)


async def _if_let_in(app: App, tx: Transaction, row: RequestRow, by: int) -> tuple[Answer | None, str]:
    """Return why nobody may let this person in now, and what helps instead, or None.

    And why whoever is let in would be asked to leave again, for the one who lets them in; "" if not. Somebody
    departed by now is neither let in nor bound, as `绑定` does it.
    """
    known = await identity_rows.get(tx, row.user_id)
    if known is not None and known.contested:
        return Answer(False, HELD["contested"].format(id=row.id)), ""
    number = row.employee_no if known is None else known.employee_no
    person = await employees.get(tx, number) if number else None
    refused = None if person is None else identities.why_not_bind(app, person)
    if refused is not None:
        return Answer(False, HELD["departed"].format(id=row.id, why=refused)), ""
    group = await load_group(app, tx, row.group_id)
    judged = judge_again(person, group, app.registry, app.policy, app.now())
    # Nobody but the head lets in whoever is on probation (row 9); where nobody can be judged (rows 1 and 2),
    # whoever settles the request knows better.
    if person is not None and judged.row == 9:
        return await early_admission.why_held(app, tx, person.employee_no, group.group_id, row.id, by=by), ""
    if await effective_mode(tx, group) is Mode.OBSERVE:
        return None, ""
    waived = {code for who, code in group.waivers if who == row.user_id}
    if person is None:
        leaves = judged.reason == "identity_lost" and not waived & {Code.M1, Code.D1}
        return None, HELD["still_unverified"] if leaves else ""
    return None, HELD["still_out_of_scope"] if judged.row == 8 and Code.M2 not in waived else ""


async def decide_waiting(
    app: App, group_id: int, employee_no: str | None = None, *, held_by: Collection[int] | None = None
) -> int:
    """Decide this group's waiting requests anew, where an identity or a known claim allows it.

    After a filing was approved or an early admission consented to. The full comment is never
    stored, so a request without an identity keeps waiting for a human unless its proof held then.
    `held_by`: only what these rows of the table hold.
    """
    done = 0
    # Whoever proved themselves a moment ago is to be known here, whichever process heard them.
    await proofs.all_bound(app)
    await proofs.make_good(app)
    async with app.database.transaction() as tx:
        group = await load_group(app, tx, group_id)
        if await effective_mode(tx, group) is not Mode.ENFORCE:
            return 0
        for row in await rows.unsettled(tx, take=True, group_id=group_id):
            if employee_no is not None and row.employee_no != employee_no:
                continue
            if held_by is not None and row.row not in held_by:
                continue
            done += await _decide_again(app, tx, row, group)
    return done


async def look_again(app: App) -> int:
    """Decide anew what waited to be told whose a QQ number is, once the registry says so; return how many.

    Nobody who was bound since, or whom a new roster names, is left to people for what was not known then.
    """
    seen, version = app.memory(_Seen), app.registry.version
    if seen.version == version:
        return 0
    async with app.database.reading() as tx:
        held = [row for row in await rows.unsettled(tx) if row.row in _NOT_KNOWN]
    known = {row.group_id for row in held if app.registry.employee_of(row.user_id) is not None}
    done = sum([await decide_waiting(app, group_id, held_by=_NOT_KNOWN) for group_id in sorted(known)])
    seen.version = version
    return done


async def decide_again(app: App, tx: Transaction, row: RequestRow) -> bool:
    """Decide one waiting request anew; return whether it is answered by that."""
    return await _decide_again(app, tx, row, await load_group(app, tx, row.group_id)) > 0


async def decide_anew(app: App, group_id: int | None = None) -> None:
    """Decide waiting join requests anew where they may be answered now; of all groups when None."""
    async with app.database.reading() as tx:
        waiting = {row.group_id for row in await rows.unsettled(tx)}
    for one in sorted(waiting if group_id is None else waiting & {group_id}):
        await decide_waiting(app, one)


async def _decide_again(app: App, tx: Transaction, row: RequestRow, group: Group) -> int:
    if app.registry.employee_of(row.user_id) is None:
        return 0
    heard = heard_of(row)
    now = app.now()
    locked = await identities.locked(tx, [heard.user_id], now)
    try:
        verdict = rounds.judge(app, heard, group, locked, now, app.registry)
    except UnreachableError:
        return 0
    if verdict.answer is Decision.HOLD:
        return 0
    judged = {"verdict": verdict.answer.value, "reason": verdict.reason, "settled_by": "bot"}
    if not await rows.settle(tx, row.id, state="answering", settled_at=app.now(), row=verdict.row, **judged):
        return 0
    approve = verdict.answer is Decision.APPROVE
    reason = REPLIES.get(verdict.reply, "")
    await queue(app, tx, answer_act(heard, row.id, approve=approve, reason=reason))
    return 1
