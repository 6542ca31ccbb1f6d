"""What helps a human to judge who somebody is."""

from collections.abc import Mapping
from typing import Any

from config.phrases import contests
from config.phrases import inbox as phrases
from regulation.cards.names import name_text
from regulation.model import Employee
from services.app import App


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


def whose_qq(app: App, row: Mapping[str, Any]) -> str:
    """Return between whom a contested QQ number stands."""
    template = contests.TWICE if row["holder"] == row["claimant"] else contests.ITEM
    return template.format(
        qq=row["user_id"],
        holder=_named(app, row["holder"]),
        claimant=_named(app, row["claimant"]),
        import_id=row["import_id"],
    )


def _named(app: App, employee_no: str) -> str:
    person = app.registry.by_no.get(employee_no)
    left = contests.LEFT if person is not None and person.is_departed(app.now().date()) else ""
    name = person.name if person is not None else ""
    return contests.PERSON.format(name=name, no=employee_no, left=left)
