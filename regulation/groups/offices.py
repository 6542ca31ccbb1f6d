"""The history of offices: who owned and administered a group, as far as complete readings show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from regulation.model import Member, Role


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody's time as owner or admin of a group, as read: certain in [`since`, `until`].

    `until`: the last complete reading that still showed it; None while the newest one does.
    """

    user_id: int
    role: Role
    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Tell whether readings before and after `moment` (or at it) both showed the office."""
        return self.since <= moment and (self.until is None or moment <= self.until)


def holders(members: Iterable[Member]) -> list[Member]:
    """Return owner and admins among members, whoever they are."""
    plain = Role.MEMBER
    return [m for m in members if m.role is not plain]


def changes(
    held: Iterable[Office], members: Sequence[Member], read_at: datetime, *, short: bool = False
) -> tuple[tuple[Office, ...], tuple[Office, ...]]:
    """Return (offices no longer held, offices newly held) by a complete list of members.

    `held`: the offices that the reading before showed. `short`: the list may lack somebody; an office is
    over then only where its holder is seen without it, or somebody else owns the group.
    """
    live = {(m.user_id, m.role) for m in holders(members)}
    known = {(one.user_id, one.role): one for one in held}
    seen, owned = set[int](), any(role is Role.OWNER for _, role in live)
    if short:
        seen = {m.user_id for m in members}
    ended = tuple(
        one
        for key, one in known.items()
        if key not in live and (not short or one.user_id in seen or (owned and one.role is Role.OWNER))
    )
    begun = tuple(Office(user_id, role, read_at) for user_id, role in sorted(live - known.keys()))
    return ended, begun
