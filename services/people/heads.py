"""Whose step it is: the head of the department of a group's owner."""

from db.engine import Transaction
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from regulation.model import Employee
from services.app import App


async def department_of(app: App, tx: Transaction, group_id: int) -> str:
    """Return the department of the group's owner; the filed one where he has no identity; else ""."""
    row = await group_rows.get(tx, group_id)
    owner = app.registry.employee_of(row.owner_id) if row and row.owner_id else None
    if owner is not None:
        return owner.department
    filing = await filings.approved(tx, group_id)
    return app.registry.tree.called(filing.department) if filing is not None else ""


async def heads_for(app: App, tx: Transaction, group_id: int) -> tuple[Employee, ...]:
    """Return the heads who consent to early admission into a group; empty: admin staff do."""
    department = await department_of(app, tx, group_id)
    return app.registry.heads_of(department, app.now().date()) if department else ()
