"""Whoever is marked as departed, be it by mistake, can still see and contest what is held against them."""

import re

import pytest

from db.tables.cases import cases, penalties
from plugins.commands import dispatch
from regulation.model import Member, Role
from services.acts import ActKind, Lane
from services.app import App
from services.cases import audit
from services.inbox import settle
from services.joining import invitations
from services.people import registry, staff
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from tests import company as co
from tests.company import BOT, GROUP, HEAD, OWNER, PLAIN, ROOT, STAFF, FakeQQ
from tests.conftest import StoppedClock
from tests.services.cases.living import look, powerless, stored

EVERYONE = {"everyone": True, "departments": [], "employee_nos": []}


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A filed group for everybody: 王强 owns it, 郑平 is in it."""
    made = await co.settle_in(app)
    made.lists[GROUP] = [
        Member(OWNER, card="市场部-王强", role=Role.OWNER),
        Member(HEAD, card="市场部-张总", role=Role.ADMIN),
        Member(BOT, role=Role.ADMIN),
        Member(PLAIN, card="采购部-郑平"),
    ]
    await co.filed(app, scope=EVERYONE, owner_id=None, admin_ids=None)
    await registry.load(app)
    await audit.audit_group(app, GROUP)
    return made


async def ask(app: App, user_id: int, words: str) -> str:
    said = await dispatch.answer(app, dispatch.Line(BOT, user_id, None, words), dispatch.Throttle())
    assert said is not None
    return said[1].text


async def befriended(app: App, user_id: int) -> bool:
    """Tell whether somebody's friend request is accepted."""
    await invitations.befriended(app, BOT, user_id, f"f{app.now():%d}")
    claimed = await bookkeeping.claim(app, Lane.ANSWER, Route(BOT, (GROUP,), (GROUP,)))
    begun = await bookkeeping.begin(app, claimed, BOT) if claimed else ()
    return [row.kind for row in begun] == [ActKind.ANSWER_FRIEND]


async def test_somebody_wrongly_departed_and_removed_finds_and_contests_it(app: App, qq: FakeQQ) -> None:
    await staff.depart(app, "A009", by=str(ROOT))
    await look(app, qq)
    assert PLAIN not in {member.user_id for member in qq.lists[GROUP]}
    assert await befriended(app, PLAIN)
    record = await ask(app, PLAIN, "我的")
    assert "您已离职。如有误" in record
    [item] = re.findall(r"申诉 (V\d+)", record)
    assert f"{item} 离职未退群 · 市场部群" in record
    answer = await ask(app, PLAIN, f"申诉 {item} 我没有离职")
    assert "已收到" in answer
    [settled] = await settle.settle(app, [("S", 1)], approve=True, by=STAFF, reason="名册有误")
    assert settled.ok
    [text] = [text for _, to, text in await co.sent(app) if to == PLAIN and "申诉成立" in text]
    assert "可以重新申请加入" in text
    assert item not in await ask(app, PLAIN, "我的")


async def test_an_owner_wrongly_departed_contests_a_fine(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    powerless(qq)
    await staff.depart(app, "A009", by=str(ROOT))
    await look(app, qq)
    clock.move(days=4)
    await look(app, qq)
    rows = await stored(app, penalties.c.id, penalties.c.liable_user_id)
    [number] = [number for number, who in rows if who == OWNER]
    await settle.settle(app, [("P", number)], approve=True, by=STAFF)
    await staff.depart(app, "A002", by=str(ROOT))
    assert f"P{number} 20.00 元 已确认" in await ask(app, OWNER, "我的")
    assert "已收到" in await ask(app, OWNER, f"申诉 P{number} 并未离职，当天已转让")
    assert ("appealed",) in [row[1:] for row in await stored(app, penalties.c.id, penalties.c.state)]


async def test_whoever_left_long_ago_has_neither_a_right_nor_a_friend(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await staff.depart(app, "A009", by=str(ROOT))
    await look(app, qq)
    clock.move(days=8)
    [item] = [number for number, code in await stored(app, cases.c.id, cases.c.code) if code == "L1"]
    assert not await befriended(app, PLAIN)
    assert "申诉 V" not in await ask(app, PLAIN, "我的")
    assert "7 天" in await ask(app, PLAIN, f"申诉 V{item} 我没有离职")
    for words in ("待办", "名片", f"违规 V{item}", "群检查"):
        assert await ask(app, PLAIN, words) == dispatch.phrases.NEUTRAL
