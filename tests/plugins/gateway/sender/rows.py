"""What the tests of the sender put into the outbox, and read of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from db.queries.work import outbox as rows
from db.tables.work import outbox, switches
from services.acts import Act, ActKind, Priority
from services.app import App
from services.outbox import queue
from simulator import World


async def put(app: App, *acts: Act) -> None:
    async with app.database.transaction() as tx:
        await queue(app, tx, *acts)


async def state_of(app: App, row_id: int = 1) -> dict[str, Any]:
    async with app.database.reading() as tx:
        found = await tx.execute(select(outbox).where(outbox.c.id == row_id))
        return dict(found.mappings().one())


async def settled(world: World, app: App, row_id: int = 1, within: float = 8.0) -> dict[str, Any]:
    """Wait until a row has ended; return it."""

    async def ended() -> dict[str, Any] | None:
        row = await state_of(app, row_id)
        return row if row["state"] in ("done", "unconfirmed", "dead", "dropped") else None

    row = await world.until(ended, within, f"row {row_id} to end")
    assert row is not None
    return row


async def pause(app: App, value: bool) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(switches.delete())
        await tx.execute(switches.insert().values(key="paused", value=value, set_by="test", set_at=app.now()))


def kick(user_id: int, group_id: int = 700001, deadline: datetime | None = None) -> Act:
    return Act(
        ActKind.REMOVE, Priority.REMOVE, {"code": "L1"}, group_id=group_id, user_id=user_id, deadline=deadline
    )


def card(user_id: int, text: str) -> Act:
    return Act(ActKind.SET_CARD, Priority.CARD, {"card": text}, group_id=700001, user_id=user_id)


def calls(world: World, action: str) -> list[dict[str, Any]]:
    return [call.params for call in world.calls if call.action == action]


async def counted(app: App) -> dict[tuple[str, str], dict[str, int]]:
    async with app.database.reading() as tx:
        return await rows.effect_counts(tx)
