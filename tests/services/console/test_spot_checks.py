"""What was checked last stands first, whenever it was drawn."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from db.tables.work import spot_checks as table
from services.app import App
from services.console import spot_checks
from tests.company import GROUP, settle_in


@pytest.mark.dialects
async def test_pages_go_from_the_check_done_last_to_the_first(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settle_in(app)
    monkeypatch.setattr(spot_checks, "PAGE", 2)
    days = {1: 5, 2: 9, 3: None, 4: 2, 5: 9, 6: 7}
    rows = [
        {"id": n, "group_id": GROUP, "month": f"2026-{n:02}", "drawn_by": "bot", "seed": "5eed", "due_at": app.now(),
         "done_at": None if ago is None else app.now() - timedelta(days=ago), "outcome": "clean"}
        for n, ago in days.items()
    ]  # fmt: skip
    async with app.database.transaction() as tx:
        await tx.execute(insert(table), rows)
    shown: list[int] = []
    below: int | None = None
    for _ in range(3):
        page = await spot_checks.page(app, below)
        shown += [one.id for one in page.lines]
        below = page.below
    assert (shown, below) == ([4, 1, 6, 5, 2], None)
