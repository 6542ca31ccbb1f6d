"""What is shown of one employee besides the registry: groups and open cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from db.engine import Transaction
from db.tables.cases import cases
from db.tables.groups import groups, memberships
from db.values import Reader
from regulation.model import Role


@dataclass(frozen=True, slots=True)
class Seen:
    """A group that a QQ number was seen in, and is or, from `gone_at` on, was."""

    group_id: int
    user_id: int
    name: str
    role: Role
    gone_at: datetime | None

    @property
    def called(self) -> str:
        """Return the group's name, else its number."""
        return self.name or str(self.group_id)


_SEEN = Reader(Seen, memberships, groups)
_SEEN_OF = (
    _SEEN.select.join(groups, groups.c.group_id == memberships.c.group_id)
    .where(memberships.c.user_id.in_(bindparam("ids", expanding=True)))
    .order_by(memberships.c.group_id)
)


async def memberships_of(tx: Transaction, user_ids: Sequence[int]) -> list[Seen]:
    """Return every group that these QQ numbers were seen in, once for each of them, by group."""
    if not user_ids:
        return []
    return await _SEEN.all(tx, _SEEN_OF, {"ids": list(user_ids)})


async def open_cases(tx: Transaction, employee_no: str, user_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return (case id, code) of the open cases about one person."""
    about = or_(cases.c.employee_no == employee_no, cases.c.user_id.in_(user_ids))
    wanted = select(cases.c.id, cases.c.code).where(about, cases.c.closed_at.is_(None)).order_by(cases.c.id)
    return [(row.id, row.code) for row in await tx.execute(wanted)]
