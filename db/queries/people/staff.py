"""What is shown of one employee besides the registry: groups and open cases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from db.engine import Transaction
from db.tables.cases import cases
from db.tables.groups import groups, memberships


async def memberships_of(tx: Transaction, user_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return group, QQ, name, role and when they left, of every group these QQ numbers were seen in."""
    if not user_ids:
        return []
    wanted = (
        select(
            memberships.c.group_id,
            memberships.c.user_id,
            groups.c.name,
            memberships.c.role,
            memberships.c.seen_at,
            memberships.c.gone_at,
        )
        .join(groups, groups.c.group_id == memberships.c.group_id)
        .where(memberships.c.user_id.in_(user_ids))
        .order_by(memberships.c.group_id)
    )
    return [dict(row) for row in (await tx.execute(wanted)).mappings()]


async def open_cases(tx: Transaction, employee_no: str, user_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return (case id, code) of the open cases about one person."""
    about = or_(cases.c.employee_no == employee_no, cases.c.user_id.in_(user_ids))
    wanted = select(cases.c.id, cases.c.code).where(about, cases.c.closed_at.is_(None)).order_by(cases.c.id)
    return [(row.id, row.code) for row in await tx.execute(wanted)]
