"""`员工`: what is known of somebody, for admin staff in private; of the phone only whether it is known."""

from collections.abc import Sequence
from datetime import date

from config.phrases.mine import EMPLOYMENT
from config.phrases.registry import CARD, STAFF
from db.engine import Transaction
from db.queries.people import identities
from db.queries.people import staff as rows
from db.queries.people.staff import Seen
from regulation.cards.names import name_text
from regulation.claims.identity import Identity
from regulation.claims.proofs import find_number
from regulation.model import Employee, Transfer
from services.answer import Answer
from services.app import App
from services.naming import moment
from services.people import registry
from services.talk.typed import qq_of

_GROUPS = 12
_ALIKE = 50


def find_people(app: App, text: str) -> tuple[Employee, ...]:
    """Return whom an employee number, a QQ number or a name means; number first."""
    value = text.strip()
    by_number = find_number(value, app.registry)
    if by_number is not None:
        return (by_number,)
    if (qq := qq_of(value)) is not None:
        found = app.registry.employee_of(qq)
        return () if found is None else (found,)
    return app.registry.named(value)


def meant(app: App, text: str) -> str | None:
    """Return the one employee number that a number or a name means, or None."""
    found = find_people(app, text)
    return found[0].employee_no if len(found) == 1 else None


def alike(app: App, text: str) -> tuple[Employee, ...]:
    """Return whose name holds `text`: candidates to be shown, never taken for who was meant."""
    part = name_text(text)
    names = [name for name in app.registry.by_name if part and part in name]
    return tuple(
        app.registry.by_no[no] for name in sorted(names)[:_ALIKE] for no in app.registry.by_name[name]
    )


def not_one(app: App, text: str) -> Answer:
    """Answer a number or name that means nobody, or several."""
    found, value = find_people(app, text), text.strip()[:60]
    if not found and (qq := qq_of(value)) is not None:
        return Answer(False, STAFF["unbound"].format(qq=qq), "")
    template = STAFF["several" if found else "alike"]
    found = found or alike(app, value)
    if not found:
        return Answer(False, STAFF["nobody"].format(value=value), "")
    listed = "；".join(f"{one.employee_no} {one.name} {one.department}" for one in found[:10])
    return Answer(False, template.format(value=value, count=len(found), listed=listed), "")


async def show(app: App, text: str) -> Answer:
    """Show the card of whom `text` means."""
    await registry.refresh(app)
    found = find_people(app, text)
    async with app.database.reading() as tx:
        if len(found) == 1:
            return Answer(True, "\n".join(await _lines(app, tx, found[0])), "")
        qq = qq_of(text)
        seen = await rows.memberships_of(tx, [qq]) if qq is not None and not found else []
    said = [not_one(app, text).text, *(_groups(seen) if seen else [])]
    return Answer(False, "\n".join(said), "")


async def _lines(app: App, tx: Transaction, person: Employee) -> list[str]:
    today = app.now().date()
    bound = await identities.load_of(tx, [person.employee_no])
    status = EMPLOYMENT[person.status(today)]
    head = CARD["head"] if person.is_head else ""
    title = " · ".join(part for part in (status, person.title, head) if part)
    lines = [
        CARD["who"].format(name=person.name, no=person.employee_no, department=person.department, title=title)
    ]
    if person.also_in:
        lines.append(CARD["also_in"].format(paths="、".join(person.also_in)))
    if dates := _dates(person):
        lines.append(dates)
    phone = CARD["phone_known"] if person.phone_hash else CARD["phone_unknown"]
    lines.append(CARD["contact"].format(phone=phone, qqs=_qqs(bound)))
    lines += [_move(move, today) for move in person.transfers[-3:]]
    seen = await rows.memberships_of(tx, [one.user_id for one in bound])
    lines += _groups(seen)
    if cases := await rows.open_cases(tx, person.employee_no, [one.user_id for one in bound]):
        lines.append(CARD["cases"].format(cases="、".join(f"V{case} {code}" for case, code in cases[:10])))
    return lines


def _dates(person: Employee) -> str:
    named = {
        "hired": person.hired_on,
        "regularized": person.regularized_on,
        "departed": person.departed_on,
    }
    parts = [CARD[name].format(day=day.isoformat()) for name, day in named.items() if day is not None]
    if person.departed_on is not None and person.departure_known_on is not None:
        parts.append(CARD["known"].format(day=person.departure_known_on.isoformat()))
    return "，".join(parts)


def _qqs(bound: Sequence[Identity]) -> str:
    if not bound:
        return CARD["no_qq"]
    return "；".join(
        CARD["qq"].format(qq=one.user_id, method=CARD[one.method], day=one.verified_at.date().isoformat())
        for one in bound
    )


def _move(move: Transfer, today: date) -> str:
    done = CARD["open"] if move.is_open(today) else CARD["done"].format(day=move.handover_on)
    return CARD["move"].format(old=move.from_department, new=move.to_department, since=move.since, done=done)


def _groups(seen: Sequence[Seen]) -> list[str]:
    """Say where somebody is and was, each group once however many of their QQs are in it."""
    inside = {one.group_id: one for one in seen if one.gone_at is None}
    leaving = sorted((one.gone_at, one.group_id) for one in seen if one.gone_at is not None)
    when = {group_id: at for at, group_id in leaving if group_id not in inside}
    left = {one.group_id: one for one in seen if one.group_id in when}
    times = "；".join(f"{left[g].called} {moment(at)}" for g, at in list(when.items())[:_GROUPS])
    if not inside:
        return [CARD["left_all"].format(count=len(left), times=times) if left else CARD["no_groups"]]
    named = "、".join(_name(one) for one in list(inside.values())[:_GROUPS])
    lines = [CARD["inside"].format(count=len(inside), groups=named)]
    return [*lines, CARD["left"].format(count=len(left), times=times)] if left else lines


def _name(one: Seen) -> str:
    return one.called + CARD.get(f"role_{one.role.value}", "")
