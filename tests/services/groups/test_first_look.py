"""The first look at an old group with many wrong cards: one explanation, an offer to the owner, then batches."""

from datetime import timedelta

import pytest

from regulation.model import Employee, Member
from services.acts import ActKind
from services.app import App
from services.groups import card_help
from tests.company import GROUP, OWNER, PEOPLE, FakeQQ, registry_of
from tests.conftest import StoppedClock
from tests.services.cases.test_life_of_a_case import look, qq

__all__ = ["qq"]


@pytest.mark.dialects
async def test_many_wrong_cards_bring_one_explanation_then_batches_within_the_pace(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    crowd = [(Employee(f"B{n:03}", f"某{chr(0x4E00 + n)}", "市场部"), 26000 + n) for n in range(50)]
    app.registry = registry_of([*PEOPLE, *crowd])
    qq.lists[GROUP] += [Member(user_id, card="") for _, user_id in crowd]
    first = await look(app, qq)
    said = [row for row in first if row.kind is ActKind.SEND_GROUP]
    assert len(said) == 1
    assert "部门-姓名" in str(said[0].payload)
    assert not [part for part in said[0].payload["parts"] if "at" in part]
    offers = [row for row in first if row.kind is ActKind.SEND_PRIVATE and "群公告" in str(row.payload)]
    assert [row.user_id for row in offers] == [OWNER]

    clock.time += timedelta(minutes=30)
    assert [row for row in await look(app, qq) if row.kind is ActKind.SEND_GROUP] == []
    clock.time += timedelta(minutes=31)
    batch = [row for row in await look(app, qq) if row.kind is ActKind.SEND_GROUP]
    assert len(batch) == 1
    assert len([part for part in batch[0].payload["parts"] if "at" in part]) == 20


async def test_the_owners_word_publishes_the_announcement_once(app: App, qq: FakeQQ) -> None:
    assert "部门-姓名" in (await card_help.announce(app, GROUP, by=OWNER)).text
    await card_help.announce(app, GROUP, by=OWNER)
    notices = [row for row in await look(app, qq) if row.kind is ActKind.GROUP_NOTICE]
    assert [row.group_id for row in notices] == [GROUP]
