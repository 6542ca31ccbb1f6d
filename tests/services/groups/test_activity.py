"""Active days: a bit per group and day, and never a word of any message."""

from typing import Any

import pytest

from db.queries.groups import activity
from db.queries.groups import last_seen as group_rows
from services.app import App
from services.groups import activity as discussion


async def days(app: App, group_id: int = 700001) -> int:
    from datetime import date

    async with app.database.reading() as tx:
        return (await activity.active_days(tx, [group_id], date(2026, 2, 1))).get(group_id, 0)


async def test_counts_days_not_messages(app: App, clock: Any) -> None:
    for _ in range(3):
        for _ in range(50):
            discussion.note_activity(app, 700001, app.now())
        await discussion.flush(app)
        clock.move(days=1)
    assert await days(app) == 3
    assert await days(app, 700002) == 0


async def test_writes_nothing_twice(app: App) -> None:
    discussion.note_activity(app, 700001, app.now())
    assert await discussion.flush(app) == 1
    discussion.note_activity(app, 700001, app.now())
    assert await discussion.flush(app) == 0


@pytest.mark.dialects
async def test_old_days_are_forgotten(app: App, clock: Any) -> None:
    discussion.note_activity(app, 700001, app.now())
    await discussion.flush(app)
    clock.move(days=100)
    await discussion.forget_old_activity(app)
    assert await days(app) == 0


@pytest.mark.dialects
async def test_made_up_groups_leave_nothing_behind(app: App, clock: Any) -> None:
    async with app.database.transaction() as tx:
        await group_rows.put(tx, 700001, first_seen_at=app.now())
    for group_id in range(700001, 700001 + 5000):
        discussion.note_activity(app, group_id, app.now())
    assert await discussion.flush(app) == 1
    assert await days(app) == 1
