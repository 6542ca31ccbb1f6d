"""The membership plugin on the real services: odd events are taken calmly, and each only hastens a reading."""

import asyncio
from typing import Any

import nonebot
import pytest
from sqlalchemy import select

from db.tables.groups import groups
from db.tables.requests import join_requests as requests
from db.tables.work import outbox
from plugins.edge import Takers
from plugins.fields import Fields
from services.app import App
from tests.company import BOT, GROUP, OWNER, PLAIN, settle_in

# Before anything imports from it, as NoneBot demands; the simulation is collected later and does.
nonebot.load_plugin("plugins.membership")


async def receive(app: App, event: dict[str, Any]) -> None:
    """Have one event taken as the gateway hands it on; nothing may be called in QQ."""
    from plugins.membership import take_over

    take_over(app)
    await app.memory(Takers)[event["post_type"]](app, BOT, Fields({"time": 1, "self_id": BOT, **event}))


async def look_at(app: App) -> Any:
    async with app.database.reading() as tx:
        return (await tx.execute(select(groups.c.look_at).where(groups.c.group_id == GROUP))).scalar_one()


async def test_a_rename_has_the_group_looked_at_soon(app: App) -> None:
    await settle_in(app)
    assert await look_at(app) is None
    notice = {"post_type": "notice", "notice_type": "notify", "sub_type": "group_name", "group_id": GROUP}
    await receive(app, {**notice, "user_id": 1, "name_new": "新名"})
    assert await look_at(app) is not None


@pytest.mark.parametrize(
    ("kind", "sub_type"),
    [("notify", "gray_tip"), ("online_file_receive", ""), ("online_file_send", ""), ("flash_file", "")],
)
async def test_what_is_no_concern_is_passed_over_without_a_word(app: App, kind: str, sub_type: str) -> None:
    await settle_in(app)
    await receive(app, {**NOTICE, "notice_type": kind, "sub_type": sub_type, "content": "{}"})
    assert (app.tally.oddities, await look_at(app)) == (set(), None)


async def test_a_notice_with_mistyped_fields_is_passed_over(app: App) -> None:
    await settle_in(app)
    await receive(app, {"post_type": "notice", "notice_type": "group_card", "group_id": "x", "user_id": None})
    await receive(app, {"post_type": "notice", "notice_type": "no_such_thing", "group_id": GROUP})
    assert await look_at(app) is None


NOTICE = {"post_type": "notice", "group_id": GROUP, "user_id": PLAIN}
REQUEST = {"post_type": "request", "user_id": PLAIN, "comment": "张三 A001 0001", "flag": "1"}
HEARD: dict[str, dict[str, Any]] = {
    "increase": {**NOTICE, "notice_type": "group_increase", "sub_type": "approve", "operator_id": OWNER},
    "decrease": {**NOTICE, "notice_type": "group_decrease", "sub_type": "leave", "operator_id": OWNER},
    "dismissed": {**NOTICE, "notice_type": "group_dismiss"},
    "card": {**NOTICE, "notice_type": "group_card", "card_new": "郑平", "card_old": "采购部-郑平"},
    "rename": {**NOTICE, "notice_type": "notify", "sub_type": "group_name"},
    "admin": {**NOTICE, "notice_type": "group_admin", "sub_type": "set"},
    "asks": {**REQUEST, "request_type": "group", "sub_type": "add", "group_id": GROUP},
    "invites": {**REQUEST, "request_type": "group", "sub_type": "invite", "group_id": GROUP},
    "befriends": {**REQUEST, "request_type": "friend"},
}


@pytest.mark.parametrize("name", HEARD)
async def test_an_event_that_lacks_a_field_is_handled_or_logged_never_silent(app: App, name: str) -> None:
    """What a field of a wrong type becomes is seen in `gateway/test_shape.py`: it is said, and left out."""
    await settle_in(app)
    event = HEARD[name]
    for missing in (None, *(event.keys() - {"post_type"})):
        await begin_anew(app)
        before = await stored(app)
        fields = Fields({key: value for key, value in event.items() if key != missing})
        from plugins.membership.notices import take_notice
        from plugins.membership.requests import take_request

        take = take_request if event["post_type"] == "request" else take_notice
        await take(app, BOT, fields)
        await asyncio.gather(*(batch.drained() for batch in app.batches.values()))
        assert app.tally.oddities or await stored(app) != before, f"without {missing}: silence"


async def begin_anew(app: App) -> None:
    """Forget what the event before this one left."""
    app.tally.oddities.clear()
    app.memories.clear()
    async with app.database.transaction() as tx:
        await tx.execute(groups.update().values(look_at=None, gone_at=None, dismissed_at=None))
        for table in (requests, outbox):
            await tx.execute(table.delete())


async def stored(app: App) -> list[Any]:
    """Return every row that an event may change."""
    async with app.database.reading() as tx:
        return [(await tx.execute(table.select())).all() for table in (groups, requests, outbox)]
