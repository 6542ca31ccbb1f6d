"""What a crash left in hand is looked for by reading; only where there is any is it taken over."""

import pytest

from services.app import App
from services.sender import takeover


async def test_where_nobody_left_anything_nothing_is_written(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.database, "transaction", None)

    assert await takeover.take_over(app) == []
