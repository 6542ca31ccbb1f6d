"""Talk, which is no command, and the look at the card of whoever talks."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import Adapter, MessageEvent
from nonebot.adapters.onebot.v11.bot import _check_at_me  # pyright: ignore[reportPrivateUsage]
from sqlalchemy import select

from db.queries.groups import activity
from db.tables.groups import groups
from plugins.commands import reading
from plugins.gateway.incoming import frames, talk
from plugins.gateway.incoming.lines import kind_of
from services.app import App
from services.groups import activity as discussion
from tests import company as co


def said(*segments: tuple[str, dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """Return a group message of these segments."""
    parts = [{"type": kind, "data": data} for kind, data in segments]
    base = {
        "time": 1, "self_id": co.BOT, "post_type": "message", "message_type": "group", "sub_type": "normal",
        "message_id": 1, "group_id": co.GROUP, "user_id": co.PLAIN, "message": parts, "raw_message": "", "font": 0,
    }  # fmt: skip
    return {**base, "sender": {"card": "采购部-郑平"}, **fields}


@pytest.mark.parametrize(
    "event",
    [said(("text", {"text": "收到"})), said(("at", {"qq": "5"}), ("text", {"text": "/x"})), said(),
     said(message="收到 /帮助"), said(message="[CQ:at,qq=5] 好"), said(message="[CQ:face,id=1]/帮助")],
)  # fmt: skip
def test_talk_is_ordinary(event: dict[str, Any]) -> None:
    assert talk.is_talk(event, str(co.BOT))


@pytest.mark.parametrize(
    "event",
    [said(("text", {"text": " /待办"})), said(("text", {"text": "／待办"})), said(("at", {"qq": str(co.BOT)})),
     said(("text", {"text": "在吗"}), ("at", {"qq": co.BOT})), said(message="/帮助"),
     said(message=f"[CQ:at,qq={co.BOT}] 帮助"), said(("text", {"text": "你好"}), message_type="private")],
)  # fmt: skip
def test_what_may_be_a_command_is_not(event: dict[str, Any]) -> None:
    assert not talk.is_talk(event, str(co.BOT))


async def test_a_wrong_card_seen_in_passing_has_the_group_looked_at_once(app: App) -> None:
    await co.settle_in(app)
    talk.look(app, said())
    assert await look_at(app) is None, "the right card is no news"
    talk.look(app, said(sender={"card": "郑平"}))
    await talk.looked(app)
    assert await look_at(app) is not None


_PIECES = st.sampled_from(
    [("text", {"text": text}) for text in ("/帮助", " ／待办", "收到", "", "\u3000/x", "同意 J1")]
    + [("at", {"qq": qq}) for qq in (str(co.BOT), co.BOT, "5", "all")]
    + [("face", {"id": "1"}), ("image", {"file": "/帮助"}), ("reply", {"id": "1"})]
)
_CODES = st.sampled_from(
    ["/帮助", "收到", " ", f"[CQ:at,qq={co.BOT}]", "[CQ:at,qq=5]", "[CQ:face,id=1]", "&#91;", "&amp;"]
)


@given(st.lists(_PIECES, max_size=4) | st.lists(_CODES, max_size=4).map("".join))
def test_nothing_in_talk_would_be_taken_for_a_command(written: Any) -> None:
    """Whatever a message is made of, as the frame and NoneBot's adapter read it."""
    made = said(message=written) if isinstance(written, str) else said(*written)
    data = frames.read(json.dumps(made))
    if data is None or not talk.is_talk(data, str(co.BOT)):
        return
    event = Adapter.json_to_event(data)
    if isinstance(event, MessageEvent):
        _check_at_me(object(), event)  # pyright: ignore[reportArgumentType]
        assert reading.command_text(event, co.BOT) is None


@pytest.mark.parametrize("fields", [{}, {"message": "/帮助"}, {"message": None, "group_id": None}])
def test_what_the_account_itself_said_is_no_talk(fields: dict[str, Any]) -> None:
    data = frames.read(json.dumps(said() | {"post_type": "message_sent", "user_id": co.BOT} | fields))
    assert data is None or (not talk.is_talk(data, str(co.BOT)) and kind_of(data) is None)


async def test_talk_marks_its_day_and_leaves_no_word(app: App) -> None:
    await co.settle_in(app)
    talk.look(app, said(("text", {"text": "一句话"})))
    await discussion.flush(app)
    async with app.database.reading() as tx:
        assert await activity.active_days(tx, [co.GROUP], app.now().date()) == {co.GROUP: 1}


async def test_talk_costs_no_database_and_no_task(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    await co.settle_in(app)
    before = asyncio.all_tasks()
    monkeypatch.setattr(app, "database", None)
    talk.look(app, said(("text", {"text": "大家好"})))
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(
    "event",
    [said(user_id=80000000), said(user_id=1000000), said(user_id=0), said(user_id=10000), said(user_id=co.BOT),
     said(sub_type="anonymous"), said(anonymous={"id": 1, "name": "匿名", "flag": "f"})],
)  # fmt: skip
async def test_anonymous_and_system_senders_and_ourselves_are_nobody(app: App, event: dict[str, Any]) -> None:
    await co.settle_in(app)
    talk.look(app, event | {"sender": {"card": "郑平"}})
    await talk.looked(app)
    await discussion.flush(app)
    assert await look_at(app) is None
    async with app.database.reading() as tx:
        assert await activity.active_days(tx, [co.GROUP], app.now().date()) == {}


@pytest.mark.parametrize(
    "event", [said(sender={}), said(sender={"card": None}), said(message_type="private")]
)
async def test_what_says_no_card_is_no_news(app: App, event: dict[str, Any]) -> None:
    await co.settle_in(app)
    talk.look(app, event)
    await talk.looked(app)
    assert await look_at(app) is None


async def look_at(app: App) -> Any:
    """Return when the group is to be looked at."""
    async with app.database.reading() as tx:
        return (await tx.execute(select(groups.c.look_at).where(groups.c.group_id == co.GROUP))).scalar_one()
