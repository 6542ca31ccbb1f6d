"""Who somebody is, here and now: every right is looked up at the moment of its use.

An employee is a QQ number with a verified identity whose employee is not departed. Owner and
admin are live roles in QQ. Whoever departs loses every right that moment, superusers too: but what is
held against them, be it by mistake, they can still contest.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from db.engine import Transaction
from db.queries.people import offices as rows
from regulation.cards.names import department_key
from regulation.model import Employee, Member, Role, is_within
from services import acts, outbox
from services.acts import Act
from services.app import App
from services.followup import groups_changed
from services.ports import Reading, UnreachableError

FRESH = timedelta(minutes=10)
HOUR = timedelta(hours=1)
OFFICES = (Role.OWNER, Role.ADMIN)


class Who(StrEnum):
    """What an asker may be; one person may be several of these."""

    ANYONE = "任何人"
    EMPLOYEE = "员工"
    FORMER = "已离职"
    OFFICER = "群主、群管理员"
    HEAD = "部门主管"
    ADMIN_STAFF = "行政部"
    SUPERUSER = "超级用户"


async def roles_of(
    app: App, tx: Transaction, user_id: int, group_id: int | None = None, *, hint: Role | None = None
) -> frozenset[Who]:
    """Return what this person is now; OFFICER is meant of `group_id`, or of any group when None.

    OFFICER is taken from the last reading, or from `hint`, the role that QQ put on their message:
    who acts on it confirms it with `is_officer_now` first, outside of a transaction.
    """
    found = {Who.ANYONE}
    employee = app.registry.active_employee_of(user_id, app.now().date())
    if employee is not None:
        found.add(Who.EMPLOYEE)
        if employee.is_head:
            found.add(Who.HEAD)
    elif app.registry.employee_of(user_id) is not None:
        found.add(Who.FORMER)
    if await is_admin_staff(app, tx, user_id):
        found.add(Who.ADMIN_STAFF)
    if user_id in app.superusers():
        found.add(Who.SUPERUSER)
    if counts_as_officer(app, user_id) and await _was_officer(app, tx, user_id, group_id, hint):
        found.add(Who.OFFICER)
    return frozenset(found)


async def holds_office(app: App, user_id: int, group_id: int, *, seen: bool = False) -> bool:
    """Tell whether this person is owner or admin by a reading made for it, as whoever decides must be.

    Where one of our accounts owns a group without admins, whoever stands in for them counts as one.
    `seen`: QQ put an office on what they just wrote there. No transaction may be open. Raises
    `UnreachableError` where QQ doesn't say, to whoever was seen with an office there; to anyone else it is
    the same as of a group that doesn't exist.
    """
    if not counts_as_officer(app, user_id):
        return False
    try:
        reading, member = await _read_for(app, user_id, group_id)
    except UnreachableError:
        async with app.database.reading() as tx:
            if not seen and group_id not in await offices_of(app, tx, user_id):
                return False
        raise
    role = None if member is None else member.role
    async with app.database.transaction() as tx:
        stored, _ = await rows.office(tx, group_id, user_id)
        if stored is not role:
            # QQ tells of no change of owner: whoever has the office now is to be known soon.
            await groups_changed(app, tx, [group_id])
        officers = [m.user_id for m in reading.members if m.role in OFFICES]
        return role in OFFICES or await _stands_in(app, tx, user_id, group_id, officers)


async def _read_for(app: App, user_id: int, group_id: int) -> tuple[Reading, Member | None]:
    """Return a reading made now, and somebody's row in it; raises where it doesn't tell of them."""
    reading = await app.qq.read_members(group_id, max_age=0.0)
    member = next((member for member in reading.members if member.user_id == user_id), None)
    if member is None and not reading.complete:
        raise UnreachableError(reading.why_incomplete)
    return reading, member


async def is_officer_now(app: App, user_id: int, group_id: int) -> bool:
    """Tell whether this person is owner or admin of a group, and counts as one: enough to be shown things.

    The stored role serves while its reading is fresh; else QQ is asked, so no transaction may be open. Where
    QQ gives no answer, the stored role serves.
    """
    if not counts_as_officer(app, user_id):
        return False
    async with app.database.reading() as tx:
        role, read_at = await rows.office(tx, group_id, user_id)
    fresh = read_at is not None and abs(app.now() - read_at) <= FRESH
    if app.gateway is not None and not fresh:
        try:
            reading = await app.gateway.read_members(group_id, max_age=60.0)
        except UnreachableError:
            return role in OFFICES
        member = next((member for member in reading.members if member.user_id == user_id), None)
        if member is not None or reading.complete:
            return member is not None and member.role in OFFICES
    return role in OFFICES


async def is_admin_staff(app: App, tx: Transaction, user_id: int) -> bool:
    """Tell whether this person is admin staff now."""
    if user_id in app.superusers():
        return True
    employee = app.registry.active_employee_of(user_id, app.now().date())
    if employee is None or not in_admin_department(app, employee):
        return False
    return _holds(app, user_id, await rows.granted_at(tx, employee.employee_no))


def _holds(app: App, user_id: int, granted_at: datetime | None) -> bool:
    """Tell whether a right granted to a person is this QQ's: not where a roster bound it since.

    A column that slipped by a row would hand a clerk's rights to whoever stands beside them.
    """
    identity = app.registry.identities.get(user_id)
    if granted_at is None or identity is None:
        return False
    return identity.method != "roster" or identity.verified_at <= granted_at


async def admin_staff(app: App, tx: Transaction) -> tuple[int, ...]:
    """Return the QQ numbers of superusers and of granted, active employees of the admin department."""
    day = app.now().date()
    found = set(app.superusers())
    for employee_no, granted_at in (await rows.granted(tx)).items():
        employee = app.registry.by_no.get(employee_no)
        if employee is not None and not employee.is_departed(day) and in_admin_department(app, employee):
            found.update(qq for qq in app.registry.qqs_of(employee_no) if _holds(app, qq, granted_at))
    return tuple(sorted(found))


def departed_superusers(app: App) -> str:
    """Name the superusers of `.env` whose employee has departed; empty: none."""
    gone = sorted(app.settings.superusers - app.superusers())
    return "、".join(f"{name_of(app, user_id)}（QQ {user_id}）" for user_id in gone)


async def tell_admin_staff(
    app: App,
    tx: Transaction,
    text: str,
    *,
    public: str | None = None,
    key: str | None = None,
    purpose: str = "staff",
    but: Collection[int | None] = (),
    only: Collection[int | None] | None = None,
    item: tuple[str, str] | None = None,
) -> None:
    """Queue `text` privately to each of the admin staff, and `public` (nothing personal) to ADMIN_GROUP.

    `but`: who is told the same in another role. `only`: nobody but these (None: the group). `item`: the item
    of the inbox, and its stage, without which it is not said.
    """
    for act in await _for_staff(app, tx, text, public, purpose):
        act = act if item is None else acts.while_open(act, *item)
        if (act.user_id is None or act.user_id not in but) and (only is None or act.user_id in only):
            once = None if key is None else f"{key}:{act.user_id or 'group'}"
            await outbox.queue(app, tx, replace(act, key=once))


async def tell_admin_staff_rarely(
    app: App,
    tx: Transaction,
    text: str,
    *,
    note: str,
    every: timedelta = HOUR,
    public: str | None = None,
    purpose: str = "staff",
    not_before: datetime | None = None,
) -> bool:
    """Do as `tell_admin_staff`, unless `note` was said within `every` or waits to be said: then False."""
    told = await _for_staff(app, tx, text, public, purpose)
    return await outbox.queue_rarely(
        app, tx, note, every, *(replace(act, not_before=not_before) for act in told)
    )


async def _for_staff(app: App, tx: Transaction, text: str, public: str | None, purpose: str) -> list[Act]:
    told = [acts.to_person(user_id, text, purpose=purpose) for user_id in await admin_staff(app, tx)]
    if public is not None and app.settings.admin_group is not None:
        told.append(acts.to_group(app.settings.admin_group, public, purpose=purpose))
    return told


async def officers_of(app: App, tx: Transaction, group_id: int) -> tuple[int, ...]:
    """Return owner (first) and admins of a group as last read, without our own and departed people."""
    found = (await rows.officers(tx, [group_id])).get(group_id, ())
    return tuple(user_id for user_id in found if counts_as_officer(app, user_id))


async def answering_for(app: App, tx: Transaction, group_id: int) -> tuple[int, ...]:
    """Return who is asked about a group: its owner, else an admin, else who invited us, else admin staff.

    An owner who is one of our accounts, or departed, answers for nothing.
    """
    officers = await officers_of(app, tx, group_id)
    if officers:
        return officers[:1]
    inviter = await rows.inviter_of(tx, group_id)
    if inviter is not None and app.registry.active_employee_of(inviter, app.now().date()) is not None:
        return (inviter,)
    return await admin_staff(app, tx)


def counts_as_officer(app: App, user_id: int) -> bool:
    """Tell whether an owner or admin is a person whose office counts: not us, not departed."""
    if user_id in app.own_accounts():
        return False
    return not app.registry.has_departed(user_id, app.now().date())


async def offices_of(app: App, tx: Transaction, user_id: int) -> tuple[int, ...]:
    """Return the groups where this person was last seen as owner or admin, or stands in for our account."""
    ours = await rows.officers_where(tx, app.own_accounts())
    instead = [number for number, held in ours.items() if await _stands_in(app, tx, user_id, number, held)]
    return tuple(sorted({*await rows.offices_of(tx, user_id), *instead}))


async def _stands_in(
    app: App, tx: Transaction, user_id: int, group_id: int, officers: Collection[int]
) -> bool:
    """Tell whether this person answers for a group of which none but our accounts are `officers`."""
    ours_alone = bool(officers) and app.own_accounts().issuperset(officers)
    return ours_alone and user_id in await answering_for(app, tx, group_id)


def name_of(app: App, user_id: int | None) -> str:
    """Return how a person is called in private lists: name if verified, else the QQ number."""
    if user_id is None:
        return "未知"
    employee = app.registry.employee_of(user_id)
    return f"QQ {user_id}" if employee is None else employee.name


def actor_name(app: App, actor: str | None) -> str:
    """Return how an actor of the records is called: a QQ number as text, `terminal` or `bot`."""
    if actor is not None and actor.isdecimal():
        return name_of(app, int(actor))
    return {"terminal": "终端", "bot": "群规", "qq": "QQ 里的管理员"}.get(actor or "", actor or "未知")


def heads_reached(app: App, heads: tuple[Employee, ...]) -> tuple[int, ...]:
    """Return the verified QQ numbers of these heads."""
    return tuple(dict.fromkeys(qq for head in heads for qq in app.registry.qqs_of(head.employee_no)))


async def _was_officer(
    app: App, tx: Transaction, user_id: int, group_id: int | None, hint: Role | None
) -> bool:
    if group_id is None:
        return bool(await offices_of(app, tx, user_id))
    role, _ = await rows.office(tx, group_id, user_id)
    if role in OFFICES or hint in OFFICES:
        return True
    held = (await rows.officers(tx, [group_id])).get(group_id, ())
    return await _stands_in(app, tx, user_id, group_id, held)


def in_admin_department(app: App, employee: Employee) -> bool:
    """Tell whether somebody works in the admin department or below it, whatever it is called today."""
    tree = app.registry.tree
    wanted = department_key(tree.called(app.policy.company.admin_department))
    paths = (employee.department, *employee.also_in)
    return any(_is_below(department_key(tree.called(path)), wanted) for path in paths)


def _is_below(path: str, wanted: str) -> bool:
    return is_within(path, wanted) or wanted in path.split("/")
