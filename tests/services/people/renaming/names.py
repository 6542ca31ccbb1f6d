"""A department by its new name, and how a roster or a restart brings it."""

from dataclasses import replace

from sqlalchemy import select, update

from db.queries.cases import timelines
from db.tables.registry import employees
from regulation.model import Case
from regulation.policy import DepartmentNames
from services.app import App
from services.cases import audit
from services.people import registry, renaming
from tests import company as co

NEW = "市场营销中心"
RENAMED = DepartmentNames(renamed={"市场部": NEW})
PEOPLE = (co.HEAD, co.OWNER, co.ADMIN)


async def roster_renames(app: App, old: str = "市场部", new: str = NEW) -> None:
    """The new roster calls the department by its new name."""
    async with app.database.transaction() as tx:
        below = employees.c.department.startswith(old)
        for row in (await tx.execute(select(employees).where(below))).mappings().all():
            named = row["department"].replace(old, new)
            mine = employees.c.employee_no == row["employee_no"]
            await tx.execute(update(employees).where(mine).values(department=named))
        await registry.bump(tx)
    await registry.refresh(app)


async def restart(app: App, names: DepartmentNames) -> int | None:
    """Start the bot anew with these names in the policy file."""
    app.policy = replace(app.policy, departments=names)
    await registry.load(app)
    return await renaming.take_up(app, names)


async def found(app: App, code: str) -> list[Case]:
    await audit.audit_group(app, co.GROUP)
    async with app.database.reading() as tx:
        return [case for case in await timelines.open_of_group(tx, co.GROUP) if case.code == code]
