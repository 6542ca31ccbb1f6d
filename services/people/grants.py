"""Rights and identities given by people who may: granting admin staff, binding and unbinding QQ numbers."""

from collections.abc import Sequence

from config.phrases.registry import IDENTITY, STAFF
from db.engine import Transaction
from db.queries.cases import timelines
from db.queries.people import employees, offices
from db.queries.people import identities as identity_rows
from db.queries.people import renumbered as renumbered_rows
from db.queries.work.outbox import OutboxRow
from regulation.model import Employee
from services import acts, outbox, trail
from services.answer import Answer
from services.app import App
from services.cases import own_matters
from services.cases.settling import renumbered
from services.people import identities, registry, roles

# As many cases as one line names.
_NAMED = 5


async def grant(app: App, employee_no: str, *, by: int) -> Answer:
    """Grant the rights of admin staff to a verified, active employee of the admin department."""
    async with app.database.transaction() as tx:
        person = await employees.get(tx, employee_no)
        if person is None:
            return Answer(False, STAFF["unknown"].format(no=employee_no), "")
        if person.is_departed(app.now().date()):
            return Answer(False, STAFF["is_departed"].format(name=person.name, no=employee_no), "")
        if not roles.in_admin_department(app, person):
            admin = app.policy.company.admin_department
            text = STAFF["not_admin_department"].format(name=person.name, no=employee_no, department=admin)
            return Answer(False, text, "")
        if not await identity_rows.load_of(tx, [employee_no]):
            return Answer(False, STAFF["not_verified"].format(name=person.name, no=employee_no), "")
        if not await employees.grant(tx, employee_no, by, app.now()):
            return Answer(False, STAFF["granted_already"].format(name=person.name, no=employee_no), "")
        await trail.record(app, tx, actor=str(by), action="grant", subject=employee_no)
        await _tell(app, tx, employee_no, granted=True)
    return Answer(True, STAFF["granted"].format(name=person.name, no=employee_no), "")


async def revoke(app: App, employee_no: str, *, by: int) -> Answer:
    """Take the rights of admin staff back."""
    async with app.database.transaction() as tx:
        person = await employees.get(tx, employee_no)
        if person is None:
            return Answer(False, STAFF["unknown"].format(no=employee_no), "")
        if not await employees.revoke(tx, employee_no):
            return Answer(False, STAFF["not_granted"].format(name=person.name, no=employee_no), "")
        await trail.record(app, tx, actor=str(by), action="revoke", subject=employee_no)
        await _tell(app, tx, employee_no, granted=False)
    return Answer(True, STAFF["revoked"].format(name=person.name, no=employee_no), "")


async def _tell(app: App, tx: Transaction, employee_no: str, *, granted: bool) -> None:
    """Tell whoever was granted or lost the rights, on every QQ of theirs."""
    text = STAFF["you_granted" if granted else "you_revoked"]
    for one in await identity_rows.load_of(tx, [employee_no]):
        act = acts.to_person(one.user_id, text, purpose="rights")
        act.payload.update(employee_no=employee_no, granted=granted)
        await outbox.queue(app, tx, act)


async def still_so(tx: Transaction, row: OutboxRow) -> bool:
    """Tell whether the rights that a message speaks of are as it says, now that it is about to be sent.

    One that was written before an update says only its words: those are taken at their word.
    """
    employee_no = row.payload.get("employee_no")
    if employee_no is None:
        return True
    return (await offices.granted_at(tx, employee_no) is not None) is row.payload["granted"]


async def bind_by_staff(
    app: App, user_id: int, employee_no: str, *, by: int, former: str | None = None
) -> Answer:
    """Bind a QQ number to an employee on the word of admin staff.

    `former`: the number they had before; what is held against them under it goes with them.
    """
    async with app.database.transaction() as tx:
        person = await employees.get(tx, employee_no)
        if person is None:
            return Answer(False, STAFF["unknown"].format(no=employee_no), "")
        if (refused := identities.why_not_bind(app, person)) is not None:
            return Answer(False, refused, "")
        if former is not None:
            refused = await _why_not_former(app, tx, user_id, employee_no, former, by)
            if refused is not None:
                return Answer(False, refused, "")
        before = await identity_rows.get(tx, user_id)
        known = before is not None and (before.employee_no, before.method) == (employee_no, "admin")
        if before is not None and known and not before.contested and former is None:
            same = IDENTITY["staff_same"].format(qq=user_id, name=person.name, no=employee_no)
            return Answer(False, same, "")
        holder = await employees.get(tx, before.employee_no) if before is not None else None
        earlier = await employees.load_some(tx, await timelines.numbers_noted(tx, user_id))
        formers = await _formers(tx, user_id)
        await identities.bind(app, tx, user_id, employee_no, "admin", str(by))
        if former is not None and former not in await _formers(tx, user_id):
            # Whoever had the number's QQ had its rights; else they are a superuser's to give.
            theirs = before is not None and before.employee_no == former
            rights = theirs or by in app.superusers()
            await renumbered.renumber(app, tx, user_id, former, employee_no, by=str(by), rights=rights)
        changed = formers ^ await _formers(tx, user_id)
        left = former is not None and await offices.granted_at(tx, former) is not None
    await registry.refresh(app)
    moved = holder is not None and holder.employee_no != employee_no
    key = "staff_moved" if moved else "staff_bound"
    before_name = holder.name if holder else ""
    text = IDENTITY[key].format(qq=user_id, name=person.name, no=employee_no, before=before_name)
    if changed:
        key = "renumbered_undone" if employee_no in changed else "renumbered"
        text += IDENTITY[key].format(former="、".join(sorted(changed)))
        text += IDENTITY["rights_left"].format(former=former, no=employee_no) if left else ""
    elif (former_no := _perhaps_former(person, [holder, *earlier])) is not None:
        text += IDENTITY["renumbered_perhaps"].format(qq=user_id, no=employee_no, former=former_no)
    elif moved and holder is not None:
        text += await _standing(app, user_id, holder.employee_no, holder.name)
    return Answer(True, text, "")


def _perhaps_former(person: Employee, others: Sequence[Employee | None]) -> str | None:
    """Return the number of the first of these people who may be this person, or None."""
    return next((one.employee_no for one in others if one and renumbered.may_be_one(one, person)), None)


async def _standing(app: App, user_id: int, employee_no: str, name: str) -> str:
    """Say what is still held against somebody by a QQ that is theirs no more, and how a mistake is undone."""
    async with app.database.reading() as tx:
        held = [f"V{case.id}" for case in await timelines.standing_of(tx, user_id, employee_no)]
    if not held:
        return ""
    listed = "、".join(held[:_NAMED])
    if len(held) > _NAMED:
        listed = IDENTITY["standing_more"].format(cases=listed, count=len(held))
    return IDENTITY["standing"].format(name=name, cases=listed, first=held[0])


async def _formers(tx: Transaction, user_id: int) -> set[str]:
    return {row.former_no for row in await renumbered_rows.of(tx, [user_id])}


async def _why_not_former(
    app: App, tx: Transaction, user_id: int, employee_no: str, former: str, by: int
) -> str | None:
    """Return why a number can't be called somebody's former one by whoever says so.

    It is nobody's, its holder has a QQ, or it may be the speaker's own, and what is held against it would
    be another's.
    """
    if former == employee_no or await employees.get(tx, former) is None:
        return STAFF["unknown"].format(no=former)
    if await renumbered.is_used(tx, former, but=user_id):
        return IDENTITY["not_former"].format(former=former)
    _, own = own_matters.own(app, by)
    if own not in (None, employee_no) and await own_matters.is_own(app, tx, by, people=[(by, former)]):
        return IDENTITY["own_former"].format(former=former)
    return None


async def unbind_by_staff(app: App, user_id: int, *, by: int) -> Answer:
    """Unbind a QQ number on the word of admin staff."""
    async with app.database.transaction() as tx:
        employee_no = await identities.unbind(app, tx, user_id, str(by))
        if employee_no is None:
            return Answer(False, IDENTITY["nobody"].format(qq=user_id), "")
        person = await employees.get(tx, employee_no)
    await registry.refresh(app)
    name = person.name if person else ""
    text = IDENTITY["unbound"].format(qq=user_id, name=name, no=employee_no)
    return Answer(True, text + await _standing(app, user_id, employee_no, name), "")
