"""What is remembered of cards: right everywhere, wrong or let be where it was seen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.queries.cases import waivers
from services.app import App
from services.cases import audit
from services.groups import cards_seen
from tests.company import GROUP, OTHER, OWNER, FakeQQ, filed, settle_in

RIGHT, PASSING, WRONG = "市场部-王强", "市场部 王强", "王强"


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    made = await settle_in(app)
    await filed(app, GROUP)
    await filed(app, OTHER, scope={"everyone": True, "departments": [], "employee_nos": []})
    return made


def show(qq: FakeQQ, group_id: int, card: str) -> None:
    qq.lists[group_id] = [replace(m, card=card) if m.user_id == OWNER else m for m in qq.lists[group_id]]


async def test_a_card_that_is_right_in_one_group_is_right_in_all(app: App, qq: FakeQQ) -> None:
    show(qq, GROUP, RIGHT)
    await audit.audit_group(app, GROUP)
    assert cards_seen.known_right(app, OTHER, OWNER, RIGHT)
    assert not cards_seen.known_right(app, GROUP, OWNER, WRONG)


async def test_only_the_card_last_seen_passes_besides_the_right_one(app: App, qq: FakeQQ) -> None:
    show(qq, GROUP, PASSING)
    await audit.audit_group(app, GROUP)
    assert cards_seen.known_right(app, OTHER, OWNER, PASSING)
    show(qq, GROUP, RIGHT)
    await audit.audit_group(app, GROUP)
    assert not cards_seen.known_right(app, OTHER, OWNER, PASSING)
    assert cards_seen.known_right(app, OTHER, OWNER, RIGHT)


@pytest.mark.dialects
async def test_a_card_put_right_is_news_where_it_was_wrong(app: App, qq: FakeQQ) -> None:
    show(qq, GROUP, WRONG)
    show(qq, OTHER, RIGHT)
    await audit.audit_group(app, GROUP)
    await audit.audit_group(app, OTHER)
    assert cards_seen.known_right(app, OTHER, OWNER, RIGHT)
    assert not cards_seen.known_right(app, GROUP, OWNER, RIGHT)
    assert cards_seen.needs_reading(app, GROUP, OWNER, RIGHT)


async def test_a_card_that_one_group_waives_is_wrong_in_the_others(app: App, qq: FakeQQ) -> None:
    show(qq, GROUP, WRONG)
    async with app.database.transaction() as tx:
        until = app.now() + timedelta(days=1)
        row = {"user_id": OWNER, "employee_no": "A002", "code": "C1", "group_id": GROUP, "until": until}
        await waivers.add(tx, **row, reason="x", made_by=10000, made_at=app.now())
    await audit.audit_group(app, GROUP)
    assert cards_seen.known_right(app, GROUP, OWNER, WRONG)
    assert not cards_seen.known_right(app, OTHER, OWNER, WRONG)
    assert cards_seen.needs_reading(app, OTHER, OWNER, WRONG)
