"""What bounds a plan: modes, pause, rights, pace, what has been said and done already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from regulation.actions import Action, Remove
from regulation.checks import is_waived, why_unknown
from regulation.checks.people import said_name
from regulation.deadlines import day_of
from regulation.model import Case, GroupSnapshot, Member, Role
from regulation.policy import Mode, Policy
from regulation.registry import Registry

FRESH = timedelta(minutes=5)
"""How old a reading may be to plan from. The sender reads again before every single removal."""


Said = tuple[int, str, int | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """All that a plan must respect, besides the regulation itself.

    `mode`: the milder of group and general mode. `general_mode`: the general one alone, by which an
    unfiled group is told to file (None: `mode` decides that too). `bot_role`: of the account that
    serves this group, None when it is not in there. `in_hours`: `now` is inside working hours.
    `group_reminded_at`: last reminder sent, or tried, to this group; `reminded`: QQ → the person's last
    one in any group. By case id: `in_flight`, an act is queued; `awaiting`, in a batch that waits for
    confirmation; `released`, confirmed there, so never braked again. `told`: (case id, purpose, person, or
    None for nobody in particular) queued or said, with when it reached them; leave out what certainly failed,
    and it is said again. `removing`: whose removal from this group is queued, or was tried in the last
    hour, whatever caused it. `earlier`: the earlier of two clocks that differ too much: nothing is done
    by a deadline then, and only who has left by both is removed.
    """

    mode: Mode
    policy: Policy
    registry: Registry
    paused: bool = False
    general_mode: Mode | None = None
    bot_role: Role | None = None
    in_hours: bool = True
    group_reminded_at: datetime | None = None
    reminded: Mapping[int, datetime] = field(default_factory=dict[int, datetime])
    in_flight: frozenset[int] = frozenset()
    awaiting: frozenset[int] = frozenset()
    released: frozenset[int] = frozenset()
    told: Mapping[Said, datetime | None] = field(default_factory=dict[Said, datetime | None])
    removing: frozenset[int] = frozenset()
    earlier: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done now in one group, and what is not.

    `withheld`: the whole batch that a brake stopped, `why`: its reason (`group_limit`,
    `total_limit`), or why nothing at all was planned (`paused`, `observed`, `incomplete`, `stale`,
    `registry_empty`, `registry_stale`). `next_look`: case id → when to plan again if nothing changes,
    None for not by the clock; a time not after now asks for a fresh whole reading as soon as can be.
    `released`: the case ids whose removals a human confirmed.
    """

    actions: tuple[Action, ...] = ()
    withheld: tuple[Remove, ...] = ()
    why: str = ""
    next_look: Mapping[int, datetime | None] = field(default_factory=dict[int, datetime | None])
    released: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """One group at one moment, as the parts of a plan share it. `members`: by QQ number."""

    snapshot: GroupSnapshot
    limits: Limits
    now: datetime
    members: Mapping[int, Member]

    @property
    def unfiled(self) -> bool:
        """Tell whether the group is only observed, F1 notices aside."""
        return self.snapshot.group.filing is None and not self.snapshot.group.exempt

    @property
    def enforcing(self) -> bool:
        """Tell whether cards may be set and people removed."""
        return self.limits.mode is Mode.ENFORCE and not self.unfiled

    def is_spared(self, case: Case) -> bool:
        """Tell whether nothing is done about a case: under appeal, waived, or about nobody knows whom."""
        unsettled = case.user_id in self.snapshot.proving or self.limits.registry.is_contested(case.user_id)
        return case.frozen or unsettled or is_waived(case.code, case.user_id, self.snapshot)

    def is_told(self, case: Case, purpose: str, to: int | None = None) -> bool:
        """Tell whether this was said about this case to this person already."""
        return (case.id, purpose, to) in self.limits.told

    @property
    def addressees(self) -> list[int]:
        """Return who answers for the group: the owner first, then admins; no bots, nobody who departed."""
        day, registry = day_of(self.now), self.limits.registry
        officers = sorted(self.snapshot.officers, key=lambda m: m.role is not Role.OWNER)
        gone = {m.user_id for m in officers if (e := registry.employee_of(m.user_id)) and e.is_departed(day)}
        return [m.user_id for m in officers if m.user_id not in gone]

    def said_exactly(self, user_id: int) -> str:
        """Return how a member is named to whoever is asked to act: name, QQ number and card."""
        member = self.members.get(user_id)
        shown = "" if member is None else member.card or member.nickname
        return said_name(user_id, self.limits.registry, shown)


def set_scene(snapshot: GroupSnapshot, limits: Limits, now: datetime) -> Scene:
    """Return the scene of a plan."""
    return Scene(snapshot, limits, now, {member.user_id: member for member in snapshot.members})


def why_nothing(snapshot: GroupSnapshot, limits: Limits, now: datetime) -> str:
    """Return why nothing at all may be done in a group now, or an empty text."""
    if limits.paused:
        return "paused"
    unfiled = snapshot.group.filing is None and not snapshot.group.exempt
    mode = limits.general_mode if unfiled and limits.general_mode is not None else limits.mode
    if mode is Mode.OBSERVE:
        return "observed"
    unusable = limits.registry.is_unusable(now, limits.policy)
    if unusable is not None:
        return f"registry_{unusable}"
    if why_unknown(snapshot, limits.registry, limits.policy) is not None:
        return "incomplete"
    return "stale" if abs(now - snapshot.read_at) > FRESH else ""
