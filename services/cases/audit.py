"""Audit: a reading → all checks → cases. Acting on them is `services.cases.enforcing`'s work.

An event merely hastens what the audit would find, so everything seen in QQ ends up here.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from config.phrases.groups import UNKNOWN
from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.cases import case_acts
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.joining import requests as request_rows
from regulation.cases import Changes, asks_otherwise, is_overdue, reconcile
from regulation.checks import Inspection, inspect
from regulation.duties import Code
from regulation.model import Case, CaseStatus, GroupSnapshot, Role
from regulation.registry import Registry
from services.app import App
from services.cases import escalation, life
from services.cases.settling import dismissals, penalties
from services.groups import cards_seen, storing
from services.groups.view import load_group, snapshot_of, stored_snapshot
from services.people import registry
from services.ports import Reading, UnreachableError
from services.watching import clock

RETRY = timedelta(seconds=60)
_UNTOLD = {"status": CaseStatus.OPEN.value, "first_reminded_at": None, "due_at": None}
log = logging.getLogger("qungui")


class _Locks(defaultdict[int, asyncio.Lock]):
    """One lock a group: its readings are taken in turn."""

    def __init__(self) -> None:
        super().__init__(asyncio.Lock)


@dataclass(frozen=True, slots=True)
class AuditOutcome:
    """What one audit of a group gave. `unknown` says why nothing can be said, else None.

    `new`, `closed`: how many cases it opened and closed. `quiet`: how many breaches, by duty, are no open
    case because they were waived or dismissed. `snapshot` (with only those members that a plan looks at) and
    `bot_role` are None without a usable reading.
    """

    group_id: int
    findings: int = 0
    new: int = 0
    closed: int = 0
    unknown: str | None = None
    quiet: Mapping[Code, int] = field(default_factory=dict[Code, int])
    snapshot: GroupSnapshot | None = None
    bot_role: Role | None = None


async def audit_group(app: App, group_id: int, *, max_age: float = 5.0) -> AuditOutcome:
    """Read a group afresh, run every check, and bring its cases up to date."""
    try:
        reading = await app.qq.read_members(group_id, max_age=max_age)
    except UnreachableError as error:
        await _note_unknown(app, group_id, str(error))
        return AuditOutcome(group_id, unknown=str(error))
    return await take_reading(app, reading)


async def audit_one_of_many(app: App, group_id: int, *, max_age: float) -> AuditOutcome:
    """Like `audit_group`, for whoever goes through many: a mistake of ours is recorded, the others go on."""
    try:
        return await audit_group(app, group_id, max_age=max_age)
    except Exception:  # the job's edge
        log.exception("group %d was not judged", group_id)
        await _note_unknown(app, group_id, UNKNOWN["failed"])
        return AuditOutcome(group_id, unknown=UNKNOWN["failed"])


async def take_reading(app: App, reading: Reading) -> AuditOutcome:
    """Store a reading and bring the group's cases up to date with it, in one transaction."""

    async def take(tx: Transaction) -> AuditOutcome:
        await tx.lock(Lock.GROUP, reading.group_id)
        await case_rows.hold_open(tx, reading.group_id)
        row = await storing.store_group(app, tx, reading)
        snapshot = snapshot_of(app, await load_group(app, tx, reading.group_id, row), reading)
        known = await registry.must_be_current(app, tx)
        if not reading.complete:
            return await _judge(app, tx, known, snapshot, reading.bot_role)
        looked = await storing.store_members(app, tx, known, snapshot)
        return await _judge(app, tx, known, looked.snapshot, reading.bot_role, looked)

    async with app.memory(_Locks)[reading.group_id]:
        return await registry.run_current(app, take)


async def audit_stored(app: App, group_id: int) -> AuditOutcome:
    """Judge the last stored reading again, with today's registry; needs no QQ."""

    async def take(tx: Transaction) -> AuditOutcome:
        await tx.lock(Lock.GROUP, group_id)
        await case_rows.hold_open(tx, group_id)
        row = await group_rows.get(tx, group_id)
        if row is None or row.complete_at is None or row.gone_at is not None:
            return AuditOutcome(group_id, unknown=UNKNOWN["never"])
        members = await memberships.members(tx, group_id)
        group = await load_group(app, tx, group_id)
        known = await registry.must_be_current(app, tx)
        return await _judge(app, tx, known, stored_snapshot(app, group, row, members), None)

    return await registry.run_current(app, take)


async def _judge(
    app: App,
    tx: Transaction,
    known: Registry,
    snapshot: GroupSnapshot,
    bot_role: Role | None,
    looked: storing.Looked | None = None,
) -> AuditOutcome:
    group_id = snapshot.group.group_id
    snapshot = replace(snapshot, proving=await request_rows.being_bound(tx))
    # Whoever was bound between the two looks is in the registry that is committed now.
    await registry.must_still_be(known, tx)
    sieved = None if looked is None else looked.sieved
    judged = snapshot if sieved is None else replace(snapshot, members=sieved.judge)
    inspection = inspect(snapshot, known, app.policy, judged)
    if looked is not None:
        await storing.settle(app, tx, known, judged, sieved, inspection)
    before = await case_rows.open_of_group(tx, group_id)
    changes = await _changes(app, tx, inspection, before, snapshot, known)
    opened = await _apply(app, tx, changes, snapshot)
    # By a clock that is wrong nothing is overdue: nobody is blamed for what may not be late.
    if inspection.unknown is None and clock.earlier(app) is None:
        gone = {case.id for case, _ in changes.closed}
        still = [c for c in before if c.id not in gone and c.user_id not in inspection.contested]
        await life.start_spans(app, tx, still, snapshot.read_at)
        await _turn_overdue(app, tx, still + opened, snapshot)
    if inspection.unknown is None:
        await escalation.cards_too_long(app, tx, judged)
    cards_seen.learn(app, snapshot, inspection, known, judged)
    await group_rows.put(tx, group_id, audited_at=app.now(), unknown_because=inspection.unknown)
    return AuditOutcome(
        group_id,
        findings=len(inspection.findings),
        new=len(opened),
        closed=len(changes.closed),
        unknown=inspection.unknown,
        quiet=_quiet(inspection, [*before, *opened]),
        snapshot=_for_a_plan(snapshot, [*before, *opened]),
        bot_role=bot_role,
    )


async def _changes(
    app: App,
    tx: Transaction,
    inspection: Inspection,
    before: Sequence[Case],
    snapshot: GroupSnapshot,
    known: Registry,
) -> Changes:
    """Return what an inspection means for the group's open cases."""
    group_id = snapshot.group.group_id
    acted = await case_acts.acted_on(tx, group_id)
    # Where the list is whole it says itself who has left.
    about = [case.user_id for case in before if case.user_id is not None] if snapshot.short else []
    left = await memberships.gone(tx, group_id, about)
    changes = reconcile(inspection, before, snapshot, known, acted=acted, left=left)
    if inspection.unknown is not None:
        return changes
    # What was waived or dismissed stays so as long as nothing about it changed.
    opening = await dismissals.not_settled(app, tx, changes.opened, inspection.findings, snapshot)
    return replace(changes, opened=opening)


def _quiet(inspection: Inspection, known: Sequence[Case]) -> Counter[Code]:
    """Count what a reading shows that is no case: waived by a running waiver, or by a person's word."""
    keys = {case.key for case in known}
    found = (*inspection.findings, *inspection.waived)
    return Counter(f.code for f in found if (f.code, f.group_id, f.subject) not in keys)


def _for_a_plan(snapshot: GroupSnapshot, open_cases: Sequence[Case]) -> GroupSnapshot:
    """Leave out whom no plan looks at: those of a thousand big groups would fill the memory meanwhile."""
    filing = snapshot.group.filing
    wanted = {case.user_id for case in open_cases} | snapshot.bot_ids
    wanted.update(m.user_id for m in snapshot.officers)
    wanted.add(filing.initiator_id if filing is not None else None)
    kept = tuple([m for m in snapshot.members if m.user_id in wanted])
    return replace(snapshot, members=kept, left_out=len(snapshot.members) - len(kept))


async def _apply(app: App, tx: Transaction, changes: Changes, snapshot: GroupSnapshot) -> list[Case]:
    for case, closure in changes.closed:
        await life.close_case(app, tx, case, closure, "reading")
    for case, finding in changes.continuing:
        if dict(case.data) != dict(finding.data) or case.reason != finding.reason:
            anew = _UNTOLD if asks_otherwise(case, finding) else {}
            await case_rows.change(tx, case.id, data=dict(finding.data), reason=finding.reason, **anew)
            await life.note(app, tx, case.id, "seen", reason=finding.reason, seen=dict(finding.data))
    await case_rows.still_seen(tx, [case.id for case, _ in changes.continuing], snapshot.read_at)
    return await life.open_cases(app, tx, changes.opened, snapshot)


async def _turn_overdue(
    app: App, tx: Transaction, open_cases: Sequence[Case], snapshot: GroupSnapshot
) -> None:
    """Mark what is still so after its deadline, and propose what it costs whom, once."""
    late = [case for case in open_cases if is_overdue(case, snapshot.read_at)]
    for case in late:
        if case.overdue_at is None:
            at = max(case.due_at or snapshot.read_at, case.opened_at)
            await case_rows.change(tx, case.id, status=CaseStatus.OVERDUE.value, overdue_at=at)
            due = case.due_at.isoformat() if case.due_at else ""
            await life.note(app, tx, case.id, "overdue", due=due)
    await penalties.propose_for(app, tx, late, snapshot)


async def _note_unknown(app: App, group_id: int, why: str) -> None:
    async with app.database.transaction() as tx:
        row = await group_rows.get(tx, group_id)
        if row is None or row.gone_at is not None:
            return
        if row.dismissed_at is not None:
            # Dissolved, as QQ said: the list that still had it is read again.
            app.hastened.add("groups")
        await group_rows.put(tx, group_id, unknown_because=why[:200])
        await group_rows.look_no_later(tx, [group_id], app.now() + RETRY)
