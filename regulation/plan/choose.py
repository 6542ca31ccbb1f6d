"""Choosing what to do: `plan(cases, snapshot, limits, now) -> Plan(actions, withheld, why, next_look)`.

The only place where actions are chosen. Modes, pause, protected people, waivers, appeals, pace and
brakes are decided here and in the parts it is made of: `removals`, `notices`, `reminders`, `limits`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from regulation.actions import Action, Remove, Tell
from regulation.cases import STARTS_CLOCK, due_after_notice
from regulation.deadlines import next_opening
from regulation.duties import Code
from regulation.model import Case, CaseStatus, GroupSnapshot
from regulation.plan.limits import FRESH, Limits, Plan, Scene, set_scene, why_nothing
from regulation.plan.notices import TO_VERIFY, choose_filing_notice, choose_notices
from regulation.plan.reminders import choose_card_acts
from regulation.plan.removals import choose_removals
from regulation.plan.removals import why_not_remove as _why_not_remove
from regulation.policy import Policy

__all__ = [
    "FRESH",
    "Limits",
    "Plan",
    "brake_run",
    "plan",
    "why_not_remove",
]


def plan(cases: Sequence[Case], snapshot: GroupSnapshot, limits: Limits, now: datetime) -> Plan:
    """Return what is to be done now about a group's open cases, all or nothing of a braked batch.

    `cases` that are closed or of other groups are passed over. Overdue cases should be marked as such
    before, so that what corrects a card loses no proposal. Nothing is planned while paused, observed,
    or from anything but a fresh complete reading.
    """
    group_id = snapshot.group.group_id
    mine = [c for c in cases if c.group_id == group_id and c.status is not CaseStatus.CLOSED]
    nothing = why_nothing(snapshot, limits, now)
    if nothing:
        again = now if nothing in ("incomplete", "stale") else None
        return Plan(why=nothing, next_look={c.id: again for c in mine})
    scene = set_scene(snapshot, limits, now)
    if scene.unfiled:
        said = tuple(choose_filing_notice(mine, scene))
        return Plan(said, next_look=_at_deadlines(mine, scene))
    return _plan_filed(mine, scene)


def _plan_filed(cases: Sequence[Case], scene: Scene) -> Plan:
    removals = choose_removals(cases, scene)
    notices = choose_notices(cases, scene, removals)
    cards = choose_card_acts(cases, scene)
    looks = _at_deadlines(cases, scene) | _last_calls(cases, scene)
    looks |= _verifications_left(cases, scene, notices) | cards.next_look
    actions: tuple[Action, ...] = (*removals.removes, *notices, *cards.actions)
    why = "group_limit" if removals.withheld else ""
    return Plan(actions, removals.withheld, why, looks, scene.limits.released)


def brake_run(plans: Sequence[Plan], removed_in_last_hour: int, policy: Policy) -> tuple[Plan, ...]:
    """Return the run's plans, all their removals withheld if together they are too many.

    `removed_in_last_hour`: removals over all groups in the last hour, those under way included. What
    a human confirmed (`Plan.released`) is neither counted nor withheld. What a group's own brake
    withheld stays so.
    """
    removals = [removal for one in plans for removal in _unconfirmed(one)]
    if not removals or len(removals) + removed_in_last_hour <= policy.safety.max_removals_total:
        return tuple(plans)
    return tuple(_without_removals(one) for one in plans)


def why_not_remove(case: Case, snapshot: GroupSnapshot, limits: Limits, now: datetime) -> str:
    """Return why one case's person must not be removed now, or an empty text: the sender's last look.

    Everything that `plan` asks but the brakes and what is queued: see `removals.why_not_remove` and
    `Plan.why` for the words.
    """
    nothing = why_nothing(snapshot, limits, now)
    if nothing or case.group_id != snapshot.group.group_id or case.status is CaseStatus.CLOSED:
        return nothing or "not_found"
    return _why_not_remove(case, set_scene(snapshot, limits, now))


def _unconfirmed(one: Plan) -> list[Remove]:
    return [a for a in one.actions if isinstance(a, Remove) and a.case_id not in one.released]


def _without_removals(one: Plan) -> Plan:
    braked = _unconfirmed(one)
    if not braked:
        return one
    stopped = {removal.case_id for removal in braked}
    rest = tuple(a for a in one.actions if not (isinstance(a, Remove) and a.case_id in stopped))
    return replace(one, actions=rest, withheld=(*one.withheld, *braked), why="total_limit")


def _at_deadlines(cases: Sequence[Case], scene: Scene) -> dict[int, datetime | None]:
    """Return each case's next deadline: its own, or of somebody who was told later than others."""
    by_id = {case.id: case for case in cases}
    ahead: dict[int, list[datetime]] = {
        case.id: [case.due_at] if case.due_at is not None and case.due_at > scene.now else []
        for case in cases
    }
    for (case_id, purpose, _), reached_at in scene.limits.told.items():
        if case_id in by_id and reached_at is not None and purpose in STARTS_CLOCK:
            due = due_after_notice(by_id[case_id], reached_at, scene.limits.policy)
            ahead[case_id] += [due] if due > scene.now else []
    return {case_id: min(dates, default=None) for case_id, dates in ahead.items()}


def _last_calls(cases: Sequence[Case], scene: Scene) -> dict[int, datetime | None]:
    """Return when a discussion group's initiator gets the last call: a day before the deadline."""
    day = timedelta(days=1)
    ours = [c for c in cases if c.code is Code.D2 and c.due_at is not None]
    return {c.id: c.due_at - day for c in ours if c.due_at is not None and c.due_at - day > scene.now}


def _verifications_left(
    cases: Sequence[Case], scene: Scene, notices: Sequence[Tell]
) -> dict[int, datetime | None]:
    """Return when to look again at members who could not be told yet how to verify their name."""
    said = {case_id for tell in notices if tell.purpose == "verify" for case_id in tell.case_ids}
    left = [
        c
        for c in cases
        if c.code in TO_VERIFY and c.id not in said and not scene.is_told(c, "verify", c.user_id)
    ]
    left = [c for c in left if not scene.is_spared(c)]
    wait = timedelta(minutes=scene.limits.policy.reminders.per_group_minutes if scene.limits.in_hours else 0)
    at = next_opening(scene.now + wait, scene.limits.policy.hours)
    return {c.id: at if c.due_at is None or c.due_at <= scene.now else min(at, c.due_at) for c in left}
