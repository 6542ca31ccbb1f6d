"""Who is removed now, who can't be, and the brakes: removing people safely (三.3, 四.1.3, 四.1.5).

Nobody is removed but members of the fresh list read a moment ago, for a breach that this very
list shows again. Owners, admins, our accounts, superusers and robots are never removed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from regulation.actions import Remove
from regulation.checks import CHECKS
from regulation.duties import Code
from regulation.model import Case, Member, Role
from regulation.plan.limits import Scene
from regulation.policy import Safety

AT_ONCE = frozenset({Code.L1, Code.T1})
AFTER_DUE = frozenset({Code.M1, Code.M2, Code.M3, Code.D1})
REMOVABLE = AT_ONCE | AFTER_DUE
_CHECKS = tuple(one for one in CHECKS if one.CODE in REMOVABLE)


@dataclass(frozen=True, slots=True)
class Removals:
    """What came of the cases whose time has come.

    `removes`: to be done. `withheld`: the whole batch when the group's brake stopped it.
    `officers`: cases about an owner or admin, whom nobody removes. `powerless`: cases that the bot
    would act on, had it the mode or the right to.
    """

    removes: tuple[Remove, ...] = ()
    withheld: tuple[Remove, ...] = ()
    officers: tuple[Case, ...] = ()
    powerless: tuple[Case, ...] = ()


def choose_removals(cases: Sequence[Case], scene: Scene) -> Removals:
    """Sort the cases that are ripe into removals, withheld ones and those to escalate."""
    ripe = [case for case in cases if is_ripe(case, scene) and not scene.is_spared(case)]
    found = _found_again(ripe, scene)
    real = [case for case in ripe if case.key in found and _person(case, scene) is not None]
    officers = tuple(case for case in real if _is_officer(case, scene))
    common = [case for case in real if not _is_officer(case, scene) and not _is_protected(case, scene)]
    if not scene.enforcing or scene.limits.bot_role not in (Role.OWNER, Role.ADMIN):
        return Removals(officers=officers, powerless=tuple(common))
    removes, withheld = _braked(common, scene)
    return Removals(removes, withheld, officers)


def is_ripe(case: Case, scene: Scene) -> bool:
    """Tell whether a case's person is to leave now: L1 and T1 at once, the others after the deadline.

    Of the others somebody must have been told, if there is anybody to tell.
    """
    if case.code in AT_ONCE:
        return True
    if scene.limits.earlier is not None or case.code not in AFTER_DUE:
        return False
    if case.due_at is None or scene.now < case.due_at:
        return False
    return case.first_reminded_at is not None or not scene.addressees


def why_not_remove(case: Case, scene: Scene) -> str:
    """Return why a case's person must not be removed now, or an empty text; brakes are not asked.

    `not_enforcing`, `not_ripe`, `frozen`, `waived`, `gone`, `not_found`, `officer`, `protected`,
    `no_right`.
    """
    if not scene.enforcing:
        return "not_enforcing"
    if case.code not in REMOVABLE or not is_ripe(case, scene):
        return "not_ripe"
    if scene.is_spared(case):
        return "frozen" if case.frozen else "waived"
    if _person(case, scene) is None:
        return "gone"
    if case.key not in _found_again([case], scene):
        return "not_found"
    if _is_officer(case, scene):
        return "officer"
    if _is_protected(case, scene):
        return "protected"
    return "" if scene.limits.bot_role in (Role.OWNER, Role.ADMIN) else "no_right"


def may_go(case: Case, scene: Scene) -> bool:
    """Tell whether a case's person may be asked to leave at all: neither an officer nor protected."""
    return not _is_officer(case, scene) and not _is_protected(case, scene)


def exceeds(count: int, members: int, safety: Safety) -> bool:
    """Tell whether a batch of `count` in a group of `members` is over both of the group's limits."""
    return count > safety.max_removals and count > safety.max_removal_ratio * members


def _person(case: Case, scene: Scene) -> Member | None:
    return None if case.user_id is None else scene.members.get(case.user_id)


def _is_officer(case: Case, scene: Scene) -> bool:
    person = _person(case, scene)
    return person is not None and person.role is not Role.MEMBER and not _is_protected(case, scene)


def _is_protected(case: Case, scene: Scene) -> bool:
    """Tell whether a person is one of ours, a superuser or a robot: never removed, never escalated."""
    person = _person(case, scene)
    ours = scene.snapshot.bot_ids | scene.snapshot.superusers
    return person is None or person.is_robot or person.user_id in ours


def _found_again(cases: Iterable[Case], scene: Scene) -> frozenset[tuple[Code, int, str]]:
    """Judge these cases' people once more on this list: no removal without an effective reason."""
    wanted = {case.user_id for case in cases}
    present = tuple(member for user_id, member in scene.members.items() if user_id in wanted)
    if not present:
        return frozenset()
    limits = scene.limits
    at = limits.earlier or scene.snapshot.read_at
    part = replace(scene.snapshot, members=present, read_at=at)
    return frozenset(
        (finding.code, finding.group_id, finding.subject)
        for one in _CHECKS
        for finding in one.check(part, limits.registry, limits.policy)
    )


def _braked(common: Sequence[Case], scene: Scene) -> tuple[tuple[Remove, ...], tuple[Remove, ...]]:
    """Return (removals to do, the batch withheld): all of a batch or nothing.

    What is queued, was done in the last hour, or waits for confirmation counts as part of the batch,
    so that no batch gets past the brake in slices.
    """
    limits = scene.limits
    waiting = [c for c in common if c.id in limits.awaiting and c.id not in limits.released]
    flying = {c.user_id for c in common if c.id in limits.in_flight}
    asked = {c.user_id for c in waiting} | flying
    chosen = _one_a_person([c for c in common if c.user_id not in asked], limits.released)
    released = [c for c in chosen if c.id in limits.released]
    fresh = [c for c in chosen if c.id not in limits.released]
    unconfirmed = {c.user_id for c in common if c.id in limits.in_flight - limits.released}
    count = len({c.user_id for c in (*fresh, *waiting)} | unconfirmed | limits.removing)
    size = len(scene.members.keys() | limits.removing) + scene.snapshot.left_out
    if fresh and exceeds(count, size, limits.policy.safety):
        return _removes(released), _removes(_one_a_person([*waiting, *fresh], limits.released))
    return _removes([*released, *fresh]), ()


def _one_a_person(cases: Sequence[Case], released: frozenset[int]) -> list[Case]:
    """Return one case a person: a confirmed one, else one that is acted on at once, else the oldest."""
    by_urgency = sorted(cases, key=lambda c: (c.id not in released, c.code not in AT_ONCE, c.id))
    chosen: dict[int | None, Case] = {}
    for case in by_urgency:
        chosen.setdefault(case.user_id, case)
    return sorted(chosen.values(), key=lambda c: c.id)


def _removes(cases: Iterable[Case]) -> tuple[Remove, ...]:
    return tuple(Remove(c.group_id, c.user_id, c.id, c.code) for c in cases if c.user_id is not None)
