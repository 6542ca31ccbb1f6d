"""What is told to whom about cases: owners to file, officers what the bot can't do, people how to verify.

Each is said once a case, `purpose` and person, so that whoever takes office later is told anew.
Purposes: `file` (F1 and F3 of an unfiled group, one message), `notice` (whoever answers for the group,
that there is a case), `last_call` (D2, on the last day), `verify` (a member, how to have the name
verified), `cannot_remove` (owner and admins), `hand_over` (heads of the department), `admin_staff` (no
addressee: all admin staff). `cases.STARTS_CLOCK` says which start a deadline.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from regulation.actions import Tell
from regulation.cases import due_after_notice
from regulation.checks.missing_supervisor import NO_HEAD, owner_department
from regulation.checks.unfiled_group import IN_REVIEW
from regulation.deadlines import day_of, due_said
from regulation.duties import DUTIES, Code
from regulation.model import Case, Role
from regulation.plan.limits import Scene
from regulation.plan.removals import AT_ONCE, Removals, may_go

TO_FILE = (Code.F1, Code.F3)
ABOUT_GROUP = (Code.F2, Code.F3, Code.S1, Code.D2)
ABOUT_MEMBERS = (Code.M1, Code.M2, Code.M3, Code.D1)
TO_VERIFY = (Code.M1, Code.D1)
VERIFY_AT_ONCE = 20
_NAMED = 20
_LAST_DAY = timedelta(days=1)


def choose_notices(cases: Sequence[Case], scene: Scene, removals: Removals) -> list[Tell]:
    """Return everything to be said now about these cases of a filed or exempt group."""
    said = [*_about_group(cases, scene), *_about_members(cases, scene)]
    said += choose_verifications(cases, scene)
    said += _cannot_remove(removals.powerless, scene)
    return said + _hand_over(removals.officers, scene)


def choose_filing_notice(cases: Sequence[Case], scene: Scene) -> list[Tell]:
    """Return the one notice to the owner of an unfiled group; it serves F1 and F3 alike (四.1.1).

    Without an addressee where no owner or admin answers for the group: others stand in for them.
    """
    open_ones = [c for c in cases if c.code in TO_FILE and c.reason != IN_REVIEW and not scene.is_spared(c)]
    to = next(iter(scene.addressees), None)
    untold = [c for c in open_ones if not scene.is_told(c, "file", to)]
    if not untold:
        return []
    reserved = next((c.data.get("keyword", "") for c in open_ones if c.code is Code.F3), "")
    return [_tell(scene, "file", "file", to, untold, {"reserved": reserved}, "file.fallback")]


def choose_verifications(cases: Sequence[Case], scene: Scene) -> list[Tell]:
    """Return kind messages to members whose name isn't verified, in working hours, a few at a time."""
    if not scene.limits.in_hours or scene.unfiled:
        return []
    waiting = [c for c in cases if c.code in TO_VERIFY and c.user_id in scene.members]
    waiting = [c for c in waiting if not scene.is_told(c, "verify", c.user_id) and not scene.is_spared(c)]
    waiting.sort(key=lambda c: (c.opened_at, c.id))
    return [
        _tell(scene, _worded("verify", [c], scene), "verify", c.user_id, [c], due, "verify.fallback")
        for c in waiting[:VERIFY_AT_ONCE]
        for due in [{"due": _due([c], scene)}]
    ]


def _about_group(cases: Iterable[Case], scene: Scene) -> list[Tell]:
    """Tell the owner (of D2 the initiator) about duties of the group as such, one message a case."""
    said: list[Tell] = []
    for case in cases:
        to = _liable(case, scene)
        done = case.reason == IN_REVIEW
        if to is None or done or case.code not in ABOUT_GROUP or scene.is_spared(case):
            continue
        purpose = _purpose(case, scene, to)
        if purpose and not scene.is_told(case, purpose, to):
            due = _due([case], scene, to if purpose == "notice" else None)
            fields = {**case.data, **_duty(case.code), "due": due}
            no_head = case.code is Code.S1 and case.reason == NO_HEAD
            template = f"{purpose}.{case.code}" + (f".{NO_HEAD}" if no_head else "")
            said.append(_tell(scene, template, purpose, to, [case], fields, "notice.fallback"))
    return said


def _purpose(case: Case, scene: Scene, to: int) -> str:
    if not scene.is_told(case, "notice", to):
        return "notice"
    soon = case.due_at is not None and scene.now < case.due_at <= scene.now + _LAST_DAY
    return "last_call" if case.code is Code.D2 and soon else ""


def _liable(case: Case, scene: Scene) -> int | None:
    filing = scene.snapshot.group.filing
    if case.code is Code.D2 and filing is not None and filing.initiator_id in scene.members:
        return filing.initiator_id
    return next(iter(scene.addressees), None)


def _about_members(cases: Iterable[Case], scene: Scene) -> list[Tell]:
    """Tell the owner who doesn't belong and by when, one message a duty however many they are."""
    to = next(iter(scene.addressees), None)
    untold = [c for c in cases if c.code in ABOUT_MEMBERS and not scene.is_told(c, "notice", to)]
    said: list[Tell] = []
    for code in ABOUT_MEMBERS:
        new = [c for c in untold if c.code is code and not scene.is_spared(c)]
        if new and to is not None:
            fields = _people(new, scene, to)
            template = _worded(f"notice.{code}", new, scene) if code is Code.M1 else f"notice.{code}"
            said.append(_tell(scene, template, "notice", to, new, fields, "notice.fallback"))
    return said


def _worded(template: str, cases: Iterable[Case], scene: Scene) -> str:
    """Return the template that speaks of leaving only where there is somebody who may have to."""
    return template if any(may_go(case, scene) for case in cases) else f"{template}.staying"


def _cannot_remove(powerless: Sequence[Case], scene: Scene) -> list[Tell]:
    """Tell owner and admins whom they must remove, as the bot can't or may not; by when and why.

    Where the mode is no more than 提醒, only for who must go at once: of the others the owner knows.
    """
    asked = [c for c in powerless if scene.enforcing or c.code in AT_ONCE]
    said: list[Tell] = []
    for code in sorted({c.code for c in asked}):
        for to in scene.addressees:
            new = [c for c in asked if c.code is code and not scene.is_told(c, "cannot_remove", to)]
            if new:
                fields = {**_people(new, scene, to), "cause": "right" if scene.enforcing else "mode"}
                template, fallback = f"cannot_remove.{code}", "cannot_remove.fallback"
                said.append(_tell(scene, template, "cannot_remove", to, new, fields, fallback))
    return said


def _hand_over(officers: Sequence[Case], scene: Scene) -> list[Tell]:
    """Tell a department's heads and admin staff that an office must be handed over first."""
    registry = scene.limits.registry
    heads = registry.heads_of(owner_department(scene.snapshot, registry), day_of(scene.now))
    reached = [own[0] for head in heads if (own := registry.qqs_of(head.employee_no))]
    said: list[Tell] = []
    for case in officers:
        if case.user_id is None:
            continue
        role = "群主" if scene.members[case.user_id].role is Role.OWNER else "管理员"
        fields = {**_people([case], scene), "role": role}
        new = [to for to in reached if not scene.is_told(case, "hand_over", to)]
        said += [_tell(scene, "hand_over", "hand_over", to, [case], fields) for to in new]
        if not scene.is_told(case, "admin_staff"):
            said.append(_tell(scene, "hand_over", "admin_staff", None, [case], fields))
    return said


def _people(cases: Sequence[Case], scene: Scene, to: int | None = None) -> dict[str, str]:
    """Say who and by when: people so that nobody is taken for another, their number, the duty, the deadline.

    At most 20 are named. `to`: to whom it is said for the first time.
    """
    named = [scene.said_exactly(c.user_id) for c in cases if c.user_id is not None]
    people = "、".join(named[:_NAMED]) + (f" 等 {len(named)} 人" if len(named) > _NAMED else "")
    return {"people": people, "count": str(len(named)), **_duty(cases[0].code), "due": _due(cases, scene, to)}


def _duty(code: Code) -> dict[str, str]:
    return {"code": code.value, "title": DUTIES[code].title, "clause": DUTIES[code].clause}


def _due(cases: Iterable[Case], scene: Scene, to: int | None = None) -> str:
    """Return by when: the earliest deadline there is; whoever is told first (`to`) has the whole span."""
    untold = [c for c in cases if to is not None or c.first_reminded_at is None]
    due = [due_after_notice(c, scene.now, scene.limits.policy) for c in untold]
    due += [c.due_at for c in cases if c not in untold and c.due_at is not None]
    return due_said(min(due)) if due else ""


def _tell(
    scene: Scene,
    template: str,
    purpose: str,
    to: int | None,
    cases: Sequence[Case],
    fields: Mapping[str, str],
    fallback: str | None = None,
) -> Tell:
    return Tell(
        template=template,
        fields={"group": scene.snapshot.name, **fields},
        user_id=to,
        group_id=None if to is None else scene.snapshot.group.group_id,
        fallback=fallback,
        case_ids=tuple(c.id for c in cases),
        purpose=purpose,
    )
