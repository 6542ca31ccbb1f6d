"""Rosters to be taken over, and all that an undo must restore."""

from sqlalchemy import select

from db.queries.people import registry as registry_rows
from db.tables import metadata
from services.app import App

THREE = [
    ["A001", "王芳", "市场部", "正式", 10001, "13800000001", ""],
    ["A002", "李雷", "市场部/华东组", "试用", "10002;10003", "13800000002", ""],
    ["A003", "韩梅", "采购部", "正式", "", "", ""],
]


async def everything(app: App) -> dict[str, list[tuple[object, ...]]]:
    """All that an undo must restore."""
    names = ("employees", "transfers", "identities", "departments", "grants")
    found: dict[str, list[tuple[object, ...]]] = {}
    async with app.database.reading() as tx:
        for name in names:
            table = metadata.tables[name]
            rows = await tx.execute(select(*(c for c in table.c if c.name != "swept_on")))
            found[name] = sorted((tuple(row) for row in rows), key=repr)
        _, as_of = await registry_rows.state(tx)
        found["as_of"] = [(as_of,)]
    return found


def crowd(count: int, status: str = "正式") -> list[list[str]]:
    return [[f"B{n:03}", f"员工{n}", "市场部", status, "", "", ""] for n in range(count)]
