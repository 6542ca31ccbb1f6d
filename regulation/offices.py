"""The history of offices: who owned and administered a group, as far as complete readings show it."""

from collections.abc import Iterable
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


def changes(
    held: Iterable[Office], members: Iterable[Member], read_at: datetime
) -> tuple[tuple[Office, ...], tuple[Office, ...]]:
    """Return (offices no longer held, offices newly held) by a complete list of members.

    `held`: the offices that the reading before showed.
    """
    live = {(m.user_id, m.role) for m in members if m.role is not Role.MEMBER}
    known = {(one.user_id, one.role): one for one in held}
    ended = tuple(one for key, one in known.items() if key not in live)
    begun = tuple(Office(user_id, role, read_at) for user_id, role in sorted(live - known.keys()))
    return ended, begun
