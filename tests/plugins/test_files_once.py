"""A file that is delivered again, as a message or as a notice, is taken once."""

import pytest
from sqlalchemy import select

from db.tables.registry import imports
from services.app import App
from services.context import use_app
from services.ports import ReceivedFile
from tests import company as co
from tests.plugins.commands.test_hearing import event, hear
from tests.plugins.test_membership import receive

ROSTER = "工号,姓名,部门\nA001,张三,市场部".encode()


@pytest.fixture(autouse=True)
async def with_file(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(account: int, file: ReceivedFile, *, limit: int) -> bytes:
        return ROSTER

    use_app(app)
    qq = await co.settle_in(app)
    monkeypatch.setattr(qq, "fetch_file", fetch, raising=False)


async def previews(app: App) -> list[str]:
    async with app.database.reading() as tx:
        return [row.state for row in await tx.execute(select(imports.c.state).order_by(imports.c.id))]


@pytest.mark.dialects
async def test_a_message_with_a_file_that_comes_again_brings_no_second_preview(app: App) -> None:
    file = {"type": "file", "data": {"file": "名册.csv", "file_id": "/1"}}
    for message_id in (7, 7, 8):
        await hear(event(file, user_id=co.STAFF, group_id=None, message_id=message_id))
    assert await previews(app) == ["dropped", "previewed"]


async def test_neither_does_a_notice(app: App) -> None:
    file = {"name": "名册.csv", "size": 9, "url": "http://example.com/"}
    for time in (5, 5, 9):
        notice = {"post_type": "notice", "notice_type": "offline_file", "user_id": co.STAFF}
        await receive(app, {**notice, "time": time, "file": file})
    assert await previews(app) == ["dropped", "previewed"]
