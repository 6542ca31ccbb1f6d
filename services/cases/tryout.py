"""Trying out changed parameters: which cases would open, close or fall due otherwise. Nothing is changed.

The last stored readings are judged twice, by the parameters in force and by the changed ones, so that
nothing is put down to the change that would happen anyway. It works in a thread, one at a time, and stops
after a while: what was not looked at then is said.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen, memberships
from db.queries.groups.last_seen import GroupRow
from regulation.cases import days_for
from regulation.checks import Inspection, inspect
from regulation.deadlines import due_at
from regulation.duties import DUTIES
from regulation.model import Case, Finding, GroupSnapshot
from regulation.policy import Policy
from services.app import App
from services.groups.view import load_groups, stored_snapshot
from services.naming import group_names, sentence, sentence_of, who

LONGEST = timedelta(seconds=30)
MOST_NAMED = 300
_TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Would:
    """What would happen to one person or group. `id`: of the open case, None for one that would open."""

    id: int | None
    code: str
    title: str
    group_id: int
    group: str
    person: str
    what: str
    user_id: int | None = None
    employee_no: str | None = None
    was: datetime | None = None
    now: datetime | None = None


@dataclass(slots=True)
class TryOut:
    """What changed parameters would bring: the first of each kind by name, and how many there are in all.

    `groups` were judged; of `unknown` nothing can be said; `left_out` were not reached in time.
    """

    opened: list[Would] = field(default_factory=list[Would])
    closed: list[Would] = field(default_factory=list[Would])
    moved: list[Would] = field(default_factory=list[Would])
    counts: dict[str, int] = field(default_factory=lambda: {"opened": 0, "closed": 0, "moved": 0})
    groups: int = 0
    unknown: int = 0
    left_out: int = 0

    def add(self, kind: str, one: Would) -> None:
        """Count one, and name it while there is room."""
        self.counts[kind] += 1
        named: list[Would] = getattr(self, kind)
        if len(named) < MOST_NAMED:
            named.append(one)


class _Turn(asyncio.Lock):
    """One try at a time: each looks at everything that is stored."""


@dataclass(frozen=True, slots=True)
class _Reading:
    snapshot: GroupSnapshot
    open_cases: Sequence[Case]
    name: str


async def try_out(app: App, policy: Policy) -> TryOut:
    """Judge every stored reading by `policy` beside the parameters in force."""
    async with app.memory(_Turn):
        found = TryOut()
        async with app.database.reading() as tx:
            rows = await last_seen.get_many(tx)
        ids = [group_id for group_id, row in sorted(rows.items()) if row.gone_at is None]
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST.total_seconds()
        for start in range(0, len(ids), _TOGETHER):
            if loop.time() > until:
                found.left_out = len(ids) - start
                break
            readings = await _load(app, ids[start : start + _TOGETHER], rows)
            await asyncio.to_thread(_judge, app, readings, policy, found)
    return found


async def _load(app: App, ids: Sequence[int], rows: Mapping[int, GroupRow]) -> list[_Reading]:
    async with app.database.reading() as tx:
        groups, names = await load_groups(app, tx, ids), await group_names(tx, ids)
        found: list[_Reading] = []
        for group_id in ids:
            members = await memberships.members(tx, group_id)
            snapshot = stored_snapshot(app, groups[group_id], rows[group_id], members)
            open_cases = await case_rows.open_of_group(tx, group_id)
            found.append(_Reading(snapshot, open_cases, names[group_id]))
    return found


def _judge(app: App, readings: Sequence[_Reading], policy: Policy, found: TryOut) -> None:
    registry = app.registry
    for reading in readings:
        before = inspect(reading.snapshot, registry, app.policy)
        after = inspect(reading.snapshot, registry, policy)
        if after.unknown is not None:
            found.unknown += 1
            continue
        found.groups += 1
        for finding in _new(before, after, reading.open_cases):
            found.add("opened", _would_open(app, finding, reading.name))
        for case, kind, was, due in _changed(before, after, reading.open_cases, app.policy, policy):
            found.add(kind, _would_change(app, case, reading.name, was, due))


def _new(before: Inspection, after: Inspection, open_cases: Sequence[Case]) -> Iterator[Finding]:
    known = {(one.code, one.group_id, one.subject) for one in before.findings}
    known |= {case.key for case in open_cases}
    return (one for one in after.findings if (one.code, one.group_id, one.subject) not in known)


def _changed(
    before: Inspection, after: Inspection, open_cases: Sequence[Case], old: Policy, new: Policy
) -> Iterator[tuple[Case, str, datetime | None, datetime | None]]:
    """Yield the open cases that would close, or fall due at another time."""
    was = {(one.code, one.group_id, one.subject) for one in before.findings}
    still = {(one.code, one.group_id, one.subject) for one in after.findings}
    for case in open_cases:
        if case.key in was and case.key not in still and after.unknown is None:
            yield case, "closed", case.due_at, None
        elif case.key in still and case.first_reminded_at is not None and case.due_at is not None:
            told = case.first_reminded_at
            due = due_at(told, days_for(case.code, new), new)
            if due != due_at(told, days_for(case.code, old), old):
                yield case, "moved", case.due_at, due


def _would_open(app: App, one: Finding, group: str) -> Would:
    return Would(
        id=None,
        code=one.code.value,
        title=DUTIES[one.code].title,
        group_id=one.group_id,
        group=group,
        person=who(app, one.user_id, one.employee_no),
        what=sentence_of(one.code.value, one.reason, one.data),
        user_id=one.user_id,
        employee_no=one.employee_no,
    )


def _would_change(app: App, case: Case, group: str, was: datetime | None, now: datetime | None) -> Would:
    return Would(
        id=case.id,
        code=case.code.value,
        title=DUTIES[case.code].title,
        group_id=case.group_id,
        group=group,
        person=who(app, case.user_id, case.employee_no),
        what=sentence(case),
        user_id=case.user_id,
        employee_no=case.employee_no,
        was=was,
        now=now,
    )
