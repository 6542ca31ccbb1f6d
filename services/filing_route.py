"""Who reviews a filing: the head of the owner's department, then admin staff."""

from collections.abc import Mapping
from typing import Any

from regulation.model import Employee
from services.app import App


def heads_of_filing(app: App, row: Mapping[str, Any]) -> tuple[Employee, ...]:
    """Return the heads who review this filing; empty: it goes straight to admin staff.

    Where the owner is that head himself, the next head above.
    """
    return reviewers(app, row["department"], row["owner_id"])


def reviewers(app: App, department: str, owner_id: int | None) -> tuple[Employee, ...]:
    """Return the heads of a department who may review what `owner_id` files."""
    owner = app.registry.employee_of(owner_id) if owner_id is not None else None
    if not department:
        return ()
    besides = owner.employee_no if owner is not None else None
    return app.registry.heads_of(department, app.now().date(), besides=besides)
