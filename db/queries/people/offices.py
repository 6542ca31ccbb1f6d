"""Who may do what: rights granted to employees, and live offices in groups."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select

from db.engine import Transaction
from db.tables.groups import groups, memberships
from db.tables.identities import grants
from db.tables.work import audit_trail
from regulation.model import Role


async def granted(tx: Transaction) -> dict[str, datetime]:
    """Return to whom a superuser granted the right of admin staff, and when: employee number → moment."""
    found = await tx.execute(select(grants.c.employee_no, grants.c.granted_at))
    return {row.employee_no: row.granted_at for row in found}


async def granted_at(tx: Transaction, employee_no: str) -> datetime | None:
    """Return when this employee was granted the right of admin staff, or None."""
    wanted = select(grants.c.granted_at).where(grants.c.employee_no == employee_no)
    return (await tx.execute(wanted)).scalar_one_or_none()


async def office(tx: Transaction, group_id: int, user_id: int) -> tuple[Role | None, datetime | None]:
    """Return a person's role in a group as last read (None: not in it), and when that was."""
    columns = (groups.c.owner_id, groups.c.admin_ids, groups.c.complete_at, groups.c.gone_at)
    found = await tx.execute(select(*columns).where(groups.c.group_id == group_id))
    group = found.one_or_none()
    if group is None or group.gone_at is not None:
        return None, None
    if group.owner_id == user_id:
        return Role.OWNER, group.complete_at
    if user_id in (group.admin_ids or ()):
        return Role.ADMIN, group.complete_at
    member = select(memberships.c.user_id).where(
        memberships.c.group_id == group_id, memberships.c.user_id == user_id, memberships.c.gone_at.is_(None)
    )
    inside = (await tx.execute(member)).first()
    return (None if inside is None else Role.MEMBER), group.complete_at


async def officers(tx: Transaction, group_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return owner (first) and admins of these groups as last read, our own accounts included."""
    found: dict[int, tuple[int, ...]] = {}
    for start in range(0, len(group_ids), 500):
        wanted = select(groups.c.group_id, groups.c.owner_id, groups.c.admin_ids).where(
            groups.c.group_id.in_(group_ids[start : start + 500]), groups.c.gone_at.is_(None)
        )
        for group_id, owner_id, admin_ids in await tx.rows(wanted):
            owner: tuple[int, ...] = () if owner_id is None else (owner_id,)
            found[group_id] = tuple(dict.fromkeys((*owner, *(admin_ids or ()))))
    return found


async def officers_where(tx: Transaction, owners: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return owner and admins, as last read, of the groups that one of these accounts owns."""
    wanted = select(groups.c.group_id).where(groups.c.owner_id.in_(owners), groups.c.gone_at.is_(None))
    return await officers(tx, list((await tx.execute(wanted)).scalars()))


async def offices_of(tx: Transaction, user_id: int) -> tuple[int, ...]:
    """Return the groups where this person was last seen as owner or admin."""
    wanted = (
        select(groups.c.group_id)
        .outerjoin(
            memberships,
            (memberships.c.group_id == groups.c.group_id) & (memberships.c.user_id == user_id),
        )
        .where(
            groups.c.gone_at.is_(None),
            or_(
                groups.c.owner_id == user_id,
                memberships.c.role.in_((Role.OWNER.value, Role.ADMIN.value))
                & memberships.c.gone_at.is_(None),
            ),
        )
    )
    return tuple(sorted((await tx.execute(wanted)).scalars()))


async def inviter_of(tx: Transaction, group_id: int) -> int | None:
    """Return who invited us into a group, by the last invitation that was accepted, or None."""
    wanted = select(audit_trail.c.actor).where(
        audit_trail.c.subject == f"G{group_id}", audit_trail.c.action == "invite_accepted"
    )
    found = (await tx.execute(wanted.order_by(audit_trail.c.id.desc()).limit(1))).scalar_one_or_none()
    return int(found) if found is not None and found.isdecimal() else None
