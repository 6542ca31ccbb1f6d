"""Who reviews a filing: the head of the owner's department, then admin staff."""

from regulation.groups.filing import route
from regulation.model import Employee
from services.app import App


def heads_of_filing(app: App, owner_id: int | None, department: str) -> tuple[Employee, ...]:
    """Return the heads who review this filing; empty: it goes straight to admin staff.

    Heads of the department of the owner as filed; where he is that head himself, the next above.
    """
    today = app.now().date()
    owner = app.registry.employee_of(owner_id) if owner_id is not None else None
    if owner is not None:
        return route(owner, app.registry, today)
    path = app.registry.tree.called(department)
    return app.registry.heads_of(path, today) if path else ()
