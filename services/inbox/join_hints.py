"""What helps a human to judge who somebody is."""

from datetime import date

from config.phrases import contests
from config.phrases import inbox as phrases
from db.queries.people import employees
from db.queries.people.contests import ContestRow
from regulation.cards.names import name_text
from regulation.model import Employee
from services.app import App
from services.inbox.item import Desk


def known_as(app: App, employee: Employee | None, row: int) -> str:
    """Return what the registry knows of somebody, and by `row` what was not judged, for a private list."""
    if employee is None:
        return phrases.JOIN_UNREAD.get(row, phrases.JOIN_UNKNOWN)
    status = employee.status(app.now().date())
    return phrases.JOIN_KNOWN.format(
        department=employee.department, name=employee.name, status=phrases.STATUS[status.value]
    )


def near_names(app: App, comment: str) -> str:
    """Return people whose whole name stands in a comment: a hint to humans, never a proof."""
    plain = "".join(name_text(comment).split())
    chunks = {plain[i : i + size] for size in (2, 3, 4) for i in range(min(len(plain), 80) - size + 1)}
    nos = [no for chunk in chunks if not chunk.isascii() for no in app.registry.by_name.get(chunk, ())]
    people_meant = [app.registry.by_no[no] for no in dict.fromkeys(nos)][:3]
    names = "、".join(f"{one.department} {one.name}" for one in people_meant)
    return phrases.JOIN_NEAR.format(names=names) if names else ""


async def whose_qq(desk: Desk, row: ContestRow) -> str:
    """Return between whom a contested QQ number stands, as the database names them."""
    both = await employees.load_some(desk.tx, [row.holder, row.claimant])
    by_no = {one.employee_no: _named(one, desk.app.now().date()) for one in both}
    template = contests.TWICE if row.holder == row.claimant else contests.ITEM
    return template.format(
        qq=row.user_id,
        holder=by_no.get(row.holder, row.holder),
        claimant=by_no.get(row.claimant, row.claimant),
        import_id=row.import_id,
    )


def _named(person: Employee, day: date) -> str:
    left = contests.LEFT if person.is_departed(day) else ""
    return contests.PERSON.format(name=person.name, no=person.employee_no, left=left)
