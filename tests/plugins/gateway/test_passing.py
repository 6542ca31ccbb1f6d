"""What is let go by when there is no room: talk, never a command; and the card is looked at all the same."""

from typing import Any

import pytest
from sqlalchemy import select

from db.tables.groups import groups
from plugins.gateway.incoming import overflow
from services.app import App
from tests import company as co


@pytest.fixture
def database_url(sqlite_template: bytes, tmp_path: Any) -> str:
    """SQLite alone: nothing here differs."""
    path = tmp_path / "test.db"
    path.write_bytes(sqlite_template)
    return f"sqlite+aiosqlite:///{path}"


def said(*segments: tuple[str, dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """Return a group message of these segments."""
    parts = [{"type": kind, "data": data} for kind, data in segments]
    base = {"message_type": "group", "group_id": co.GROUP, "user_id": co.PLAIN, "message": parts}
    return {**base, "sender": {"card": "采购部-郑平"}, **fields}


@pytest.mark.parametrize(
    "event",
    [said(("text", {"text": "收到"})), said(("at", {"qq": "5"}), ("text", {"text": "/x"})), said(),
     said(message="收到 /帮助"), said(message="[CQ:at,qq=5] 好"), said(message=None)],
)  # fmt: skip
def test_talk_is_ordinary(event: dict[str, Any]) -> None:
    assert overflow.is_ordinary(event, str(co.BOT))


@pytest.mark.parametrize(
    "event",
    [said(("text", {"text": " /待办"})), said(("text", {"text": "／待办"})), said(("at", {"qq": str(co.BOT)})),
     said(("text", {"text": "在吗"}), ("at", {"qq": co.BOT})), said(message="/帮助"),
     said(message=f"[CQ:at,qq={co.BOT}] 帮助"), said(("text", {"text": "你好"}), message_type="private")],
)  # fmt: skip
def test_what_may_be_a_command_is_not(event: dict[str, Any]) -> None:
    assert not overflow.is_ordinary(event, str(co.BOT))


async def test_a_wrong_card_seen_in_passing_has_the_group_looked_at_once(app: App) -> None:
    await co.settle_in(app)
    overflow.glance(app, said())
    assert await look_at(app) is None, "the right card is no news"
    overflow.glance(app, said(sender={"card": "郑平"}))
    await overflow.looked(app)
    assert await look_at(app) is not None


@pytest.mark.parametrize(
    "event",
    [said(group_id=2**70), said(user_id=None), said(sender=[]), said(sender={"card": 5}), said(anonymous={}),
     said(message_type="private", sender={"card": "郑平"})],
)  # fmt: skip
async def test_odd_fields_raise_nothing_and_are_no_news(app: App, event: dict[str, Any]) -> None:
    await co.settle_in(app)
    overflow.glance(app, event)
    await overflow.looked(app)
    assert await look_at(app) is None


async def look_at(app: App) -> Any:
    """Return when the group is to be looked at."""
    async with app.database.reading() as tx:
        return (await tx.execute(select(groups.c.look_at).where(groups.c.group_id == co.GROUP))).scalar_one()
