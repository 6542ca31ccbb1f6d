"""Who may do what: rights granted to employees, and live offices in groups."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from db.engine import Transaction
from db.tables.groups import groups, memberships
from db.tables.identities import grants
from db.tables.work import audit_trail
from db.writing.parts import in_parts
from regulation.model import Role

# Made once: every look at a page asks them.
_GRANTS = select(grants.c.employee_no, grants.c.granted_at)
_GRANTED_AT = select(grants.c.granted_at).where(grants.c.employee_no == bindparam("no"))
_OFFICERS = select(groups.c.group_id, groups.c.owner_id, groups.c.admin_ids).where(
    groups.c.group_id.in_(bindparam("ids", expanding=True)), groups.c.gone_at.is_(None)
)
_OWNED_BY = select(groups.c.group_id).where(
    groups.c.owner_id.in_(bindparam("owners", expanding=True)), groups.c.gone_at.is_(None)
)
_OFFICES_OF = (
    select(groups.c.group_id)
    .outerjoin(
        memberships,
        (memberships.c.group_id == groups.c.group_id) & (memberships.c.user_id == bindparam("who")),
    )
    .where(
        groups.c.gone_at.is_(None),
        or_(
            groups.c.owner_id == bindparam("who"),
            memberships.c.role.in_((Role.OWNER.value, Role.ADMIN.value)) & memberships.c.gone_at.is_(None),
        ),
    )
)


async def granted(tx: Transaction) -> dict[str, datetime]:
    """Return to whom a superuser granted the right of admin staff, and when: employee number → moment."""
    return {row[0]: row[1] for row in await tx.fetch(_GRANTS, {})}


async def granted_at(tx: Transaction, employee_no: str) -> datetime | None:
    """Return when this employee was granted the right of admin staff, or None."""
    found = await tx.fetch(_GRANTED_AT, {"no": employee_no})
    return found[0][0] if found else None


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
    for part in in_parts(group_ids):
        for group_id, owner_id, admin_ids in await tx.fetch(_OFFICERS, {"ids": part}):
            owner: tuple[int, ...] = () if owner_id is None else (owner_id,)
            found[group_id] = tuple(dict.fromkeys((*owner, *(admin_ids or ()))))
    return found


async def officers_where(tx: Transaction, owners: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return owner and admins, as last read, of the groups that one of these accounts owns."""
    if not owners:
        return {}
    owned = await tx.fetch(_OWNED_BY, {"owners": list(owners)})
    return await officers(tx, [group_id for (group_id,) in owned])


async def offices_of(tx: Transaction, user_id: int) -> tuple[int, ...]:
    """Return the groups where this person was last seen as owner or admin."""
    return tuple(sorted(group_id for (group_id,) in await tx.fetch(_OFFICES_OF, {"who": user_id})))


async def inviter_of(tx: Transaction, group_id: int) -> int | None:
    """Return who invited us into a group, by the last invitation that was accepted, or None."""
    wanted = select(audit_trail.c.actor).where(
        audit_trail.c.subject == f"G{group_id}", audit_trail.c.action == "invite_accepted"
    )
    found = (await tx.execute(wanted.order_by(audit_trail.c.id.desc()).limit(1))).scalar_one_or_none()
    return int(found) if found is not None and found.isdecimal() else None
