"""The filing of a group (备案, 四.1.1): its states, who may take which step, what it must say.

`draft → with the head → with admin staff → approved | returned | withdrawn | closed`. A returned or
withdrawn filing can be handed in again.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from regulation.groups.scope import ScopeReading
from regulation.model import Employee, FilingState, Kind
from regulation.registry import Registry

SHORTEST_PURPOSE = 4
LONGEST_DISCUSSION = 90


class Actor(StrEnum):
    """In what capacity somebody acts on a filing. Superusers are admin staff too."""

    OFFICER = "officer"
    HEAD = "head"
    ADMIN_STAFF = "admin_staff"
    SUPERUSER = "superuser"


class Step(StrEnum):
    """What can be done with a filing."""

    HAND_IN = "hand_in"
    CONSENT = "consent"
    RETURN = "return"
    WITHDRAW = "withdraw"
    CLOSE = "close"


class Refusal(StrEnum):
    """Why a step is not taken. `NOT_NOW`: the filing is in no state for it."""

    NOT_NOW = "not_now"
    NOT_ENTITLED = "not_entitled"


_DESK = frozenset({Actor.ADMIN_STAFF, Actor.SUPERUSER})
_HEAD = frozenset({Actor.HEAD, Actor.SUPERUSER})
_OFFICE = frozenset({Actor.OFFICER, Actor.SUPERUSER})
_UNDER_REVIEW = frozenset({FilingState.WITH_HEAD, FilingState.WITH_ADMIN})
_STEPS: dict[tuple[FilingState, Step], tuple[frozenset[Actor], FilingState]] = {
    (FilingState.WITH_HEAD, Step.CONSENT): (_HEAD, FilingState.WITH_ADMIN),
    (FilingState.WITH_HEAD, Step.RETURN): (_HEAD, FilingState.RETURNED),
    (FilingState.WITH_ADMIN, Step.CONSENT): (_DESK, FilingState.APPROVED),
    (FilingState.WITH_ADMIN, Step.RETURN): (_DESK, FilingState.RETURNED),
    (FilingState.DRAFT, Step.WITHDRAW): (_OFFICE, FilingState.WITHDRAWN),
    (FilingState.WITH_HEAD, Step.WITHDRAW): (_OFFICE, FilingState.WITHDRAWN),
    (FilingState.WITH_ADMIN, Step.WITHDRAW): (_OFFICE, FilingState.WITHDRAWN),
    (FilingState.APPROVED, Step.CLOSE): (_OFFICE | _DESK, FilingState.CLOSED),
}


def advance(
    state: FilingState,
    step: Step,
    actors: frozenset[Actor],
    *,
    has_head: bool = True,
    short: bool = False,
) -> FilingState | Refusal:
    """Return the state after `step`, or why it is refused.

    `actors`: every capacity in which the person may act here. `has_head`: `route` found somebody;
    where there is none the filing goes straight to admin staff. `short`: a change of what is filed
    (备案变更), which admin staff alone review. Nobody but a head or a superuser takes a head's step.
    """
    if step is Step.HAND_IN:
        return _hand_in(state, actors, to_head=has_head and not short)
    found = _STEPS.get((state, step))
    if found is None:
        return Refusal.NOT_NOW
    entitled, after = found
    return after if actors & entitled else Refusal.NOT_ENTITLED


def _hand_in(state: FilingState, actors: frozenset[Actor], *, to_head: bool) -> FilingState | Refusal:
    if state in _UNDER_REVIEW or state is FilingState.APPROVED:
        return Refusal.NOT_NOW
    if not actors & _OFFICE:
        return Refusal.NOT_ENTITLED
    return FilingState.WITH_HEAD if to_head else FilingState.WITH_ADMIN


def route(owner: Employee, registry: Registry, day: date) -> tuple[Employee, ...]:
    """Return the heads of whom one reviews this owner's filing; empty: straight to admin staff.

    Heads of the owner's department or, failing that, of the nearest parent; the owner himself
    doesn't count, so that an only head's own filing goes to the next head above.
    """
    return registry.heads_of(owner.department, day, besides=owner.employee_no)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to file. `owner`: the live owner's employee, None without an identity."""

    purpose: str
    scope: ScopeReading
    owner: Employee | None
    kind: Kind = Kind.QQ_GROUP
    issue: str = ""
    ends_on: date | None = None
    established_on: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a filing from being handed in: the command's `field`, the `reason`, what fills it."""

    field: str
    reason: str
    data: tuple[str, ...] = ()


def missing_for_filing(draft: Draft, day: date) -> tuple[Problem, ...]:
    """Return everything that keeps a draft from being handed in on `day`; empty when nothing does.

    Fields: 用途, 范围, 群主, 成立, 议题, 截止. Reasons: `too_short`, `missing`, `unknown`, `ambiguous`
    (`data`: the words), `unverified`, `departed`, `in_future`, `past`, `too_late` (`data`: the last day).
    """
    found = [*_purpose(draft), *_scope(draft), *_owner(draft, day)]
    if draft.established_on is not None and draft.established_on > day:
        found.append(Problem("成立", "in_future"))
    if draft.kind is Kind.DISCUSSION:
        if not draft.issue.strip():
            found.append(Problem("议题", "missing"))
        found += _end(draft.ends_on, day)
    return tuple(found)


def may_prolong(ends_on: date | None, until: date, day: date, *, prolonged: bool) -> Problem | None:
    """Return why a discussion group may not be prolonged to `until`, or None; the head consents, once.

    Reasons: `once`, `not_later` than the end filed, `past`, `too_late` (over 90 days from `day`).
    """
    if prolonged:
        return Problem("截止", "once")
    if ends_on is not None and until <= ends_on:
        return Problem("截止", "not_later")
    return next(iter(_end(until, day)), None)


def number(year: int, n: int) -> str:
    """Return the number of a year's `n`th approved filing: `备案2026-0012`."""
    return f"备案{year}-{n:04d}"


def _purpose(draft: Draft) -> list[Problem]:
    enough = len("".join(draft.purpose.split())) >= SHORTEST_PURPOSE
    return [] if enough else [Problem("用途", "too_short", (str(SHORTEST_PURPOSE),))]


def _scope(draft: Draft) -> list[Problem]:
    reading = draft.scope
    found = [Problem("范围", "unknown", reading.unknown)] if reading.unknown else []
    if reading.ambiguous:
        found.append(Problem("范围", "ambiguous", reading.ambiguous))
    if not found and reading.is_empty:
        found.append(Problem("范围", "missing"))
    return found


def _owner(draft: Draft, day: date) -> list[Problem]:
    if draft.owner is None:
        return [Problem("群主", "unverified")]
    return [Problem("群主", "departed")] if draft.owner.is_departed(day) else []


def _end(ends_on: date | None, day: date) -> list[Problem]:
    last = day + timedelta(days=LONGEST_DISCUSSION)
    if ends_on is None:
        return [Problem("截止", "missing")]
    if ends_on < day:
        return [Problem("截止", "past")]
    return [Problem("截止", "too_late", (last.isoformat(),))] if ends_on > last else []
