"""The membership plugin under nonebug: odd events are taken calmly, and each only hastens a reading."""

from typing import Any

import nonebot
from nonebot.adapters.onebot.v11 import Adapter, Bot
from nonebug import App as NoneBugApp
from sqlalchemy import select

from db.tables.groups import groups
from services.app import App
from services.context import use_app
from tests.company import BOT, GROUP, settle_in


async def receive(app: App, event: dict[str, Any]) -> None:
    """Let the real matchers handle one raw event; nothing may be called in QQ."""
    use_app(app)
    if nonebot.get_plugin("membership") is None:
        nonebot.load_plugin("plugins.membership")
    from plugins.membership import notices, requests

    base = {"time": 1, "self_id": BOT}
    async with NoneBugApp().test_matcher([notices, requests]) as ctx:
        adapter = ctx.create_adapter(base=Adapter)
        bot = ctx.create_bot(base=Bot, adapter=adapter, self_id=str(BOT))
        parsed = Adapter.json_to_event({**base, **event})
        assert parsed is not None
        ctx.receive_event(bot, parsed)


async def look_at(app: App) -> Any:
    async with app.database.reading() as tx:
        return (await tx.execute(select(groups.c.look_at).where(groups.c.group_id == GROUP))).scalar_one()


async def test_a_rename_has_the_group_looked_at_soon(app: App) -> None:
    await settle_in(app)
    assert await look_at(app) is None
    notice = {"post_type": "notice", "notice_type": "notify", "sub_type": "group_name", "group_id": GROUP}
    await receive(app, {**notice, "user_id": 1, "name_new": "新名"})
    assert await look_at(app) is not None


async def test_a_notice_with_mistyped_fields_is_passed_over(app: App) -> None:
    await settle_in(app)
    await receive(app, {"post_type": "notice", "notice_type": "group_card", "group_id": "x", "user_id": None})
    await receive(app, {"post_type": "notice", "notice_type": "no_such_thing", "group_id": GROUP})
    assert await look_at(app) is None
