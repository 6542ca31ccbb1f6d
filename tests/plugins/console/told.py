"""What a page says after an act, and what it left behind."""

import re

import httpx2
from sqlalchemy import Table, select

from db.tables.work import audit_trail
from services.app import App


async def said_after(one: httpx2.AsyncClient, answer: httpx2.Response) -> str:
    """Return what the page after an act says about it."""
    assert answer.status_code == 303, answer.text
    text = (await one.get(answer.headers["location"])).text
    found = re.search(r'<ul class="told">(.*?)</ul>', text, re.DOTALL)
    return "" if found is None else re.sub(r"<[^>]+>|\s", "", found[1])


async def trail_lines(app: App) -> list[tuple[str, str, str, str]]:
    async with app.database.reading() as tx:
        columns = (audit_trail.c.actor, audit_trail.c.source, audit_trail.c.action, audit_trail.c.subject)
        return [tuple(row) for row in await tx.rows(select(*columns).order_by(audit_trail.c.id))]


async def state_of(app: App, table: Table, name: str = "state") -> str:
    async with app.database.reading() as tx:
        return (await tx.execute(select(table.c[name]))).scalars().one()
