"""Whoever asked for something hears what became of it, and why."""

from dataclasses import replace

import pytest

from db.queries.groups import memberships
from services.acts import ActOutcome, Lane
from services.app import App
from services.groups import card_help
from services.inbox import settle
from services.joining import rounds
from services.joining.heard import Heard
from services.people import registry, staff
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from tests import company as co

ROUTE = Route(co.BOT, (co.GROUP, co.OTHER), (co.GROUP, co.OTHER))
FAILED = ActOutcome("failed", "群主关闭了成员改名片")


@pytest.fixture
async def company(app: App) -> App:
    """市场部群 with 张总 in it, whose card is wrong and who asks for the right one."""
    qq = await co.settle_in(app)
    await co.filed(app)
    await registry.load(app)
    qq.lists[co.GROUP] = co.members(plain=(co.HEAD,))
    async with app.database.transaction() as tx:
        await co.seen(app, tx, co.GROUP)
        await co.group_rows.put(tx, co.GROUP, bot_role="admin")
    return app


async def told(app: App, user_id: int) -> list[str]:
    return [text for _, who, text in await co.sent(app) if who == user_id]


async def end_all(app: App, lane: Lane, outcome: ActOutcome) -> None:
    for row in await bookkeeping.claim(app, lane, ROUTE):
        for begun in await bookkeeping.begin(app, [row], co.BOT):
            await bookkeeping.end(app, begun, outcome)


async def test_whoever_asked_for_a_card_hears_why_it_was_not_set(company: App) -> None:
    assert "市场部-张总" in (await card_help.fix_card_of(company, co.HEAD, co.GROUP)).text
    await end_all(company, Lane.CARD, FAILED)
    (text,) = await told(company, co.HEAD)
    assert FAILED.detail in text
    assert "市场部群" in text
    assert await told(company, co.OWNER) == []


async def test_a_card_that_was_set_needs_no_word(company: App) -> None:
    await card_help.fix_card_of(company, co.HEAD, co.GROUP)
    await end_all(company, Lane.CARD, ActOutcome("done", confirmed_by="member_info"))
    assert await told(company, co.HEAD) == []


async def test_a_card_that_is_not_theirs_any_more_is_dropped_with_the_reason(company: App) -> None:
    await card_help.fix_card_of(company, co.HEAD, co.GROUP)
    await staff.depart(company, "A001", company.now().date(), by="10000")
    await end_all(company, Lane.CARD, FAILED)
    assert any("身份已变" in text for text in await told(company, co.HEAD))


async def test_whoever_asked_for_an_announcement_hears_why_there_is_none(company: App) -> None:
    await card_help.announce(company, co.GROUP, by=co.ADMIN)
    await end_all(company, Lane.MESSAGE, ActOutcome("failed", "机器人不是管理员"))
    (text,) = await told(company, co.ADMIN)
    assert "机器人不是管理员" in text


async def test_whoever_let_somebody_in_hears_why_qq_did_not(company: App) -> None:
    await rounds.hear(company, Heard(co.BOT, co.OTHER, co.HEAD, "", "f1"))
    (answer,) = await settle.settle(company, [("J", 1)], approve=True, by=co.PLAIN)
    assert answer.ok, answer.text
    before = len(await told(company, co.PLAIN))
    await end_all(company, Lane.ANSWER, ActOutcome("failed", "申请已过期"))
    (text,) = (await told(company, co.PLAIN))[before:]
    assert "申请已过期" in text
    assert [("J1" in text, "申请已过期" in text) for text in (await told(company, co.ROOT))[-1:]] == [
        (True, True)
    ]


async def test_admin_staff_who_answered_hear_once_that_it_had_no_effect(company: App) -> None:
    await rounds.hear(company, Heard(co.BOT, co.OTHER, co.HEAD, "", "f1"))
    assert (await settle.settle(company, [("J", 1)], approve=True, by=co.ROOT))[0].ok
    before = len(await told(company, co.ROOT))
    await end_all(company, Lane.ANSWER, ActOutcome("failed", "申请已过期"))
    (text,) = (await told(company, co.ROOT))[before:]
    assert text.startswith("J1：")
    assert "申请已过期" in text


async def test_without_a_group_the_only_wrong_card_is_meant_else_the_groups_are_named(company: App) -> None:
    async with company.database.transaction() as tx:
        right = replace(co.members(plain=(co.HEAD,))[-1], card="市场部-张总")
        await memberships.put_members(tx, co.OTHER, [right], company.now(), whole=True)
    assert "正在把您的群名片改成：市场部-张总" in (await card_help.fix_card_of(company, co.HEAD, None)).text
    async with company.database.transaction() as tx:
        await memberships.put_members(tx, co.OTHER, [replace(right, card="")], company.now(), whole=True)
    said = (await card_help.fix_card_of(company, co.HEAD, None)).text
    assert said.startswith("请写明是哪个群，例如：改名片 群=700001。您在的群：市场部群（700001）、")


async def test_the_bots_hand_is_offered_only_where_it_can(company: App) -> None:
    said = (await card_help.right_card_for(company, co.HEAD, co.GROUP)).text
    assert said == "请把群名片改成下面这一行，也可以发送「改名片」由机器人代改：\n市场部-张总"
    alone = "您的群名片应写成下面这一行，可以复制：\n市场部-王强"
    assert (await card_help.right_card_for(company, co.OWNER, co.GROUP)).text == alone
    async with company.database.transaction() as tx:
        await co.group_rows.put(tx, co.GROUP, bot_role="member")
    assert (await card_help.right_card_for(company, co.HEAD, co.GROUP)).text.startswith("您的群名片应写成")
