"""Nobody gets a right by what a message says: only by whom QQ names as its sender, on its own connection."""

from typing import Any

import httpx2
from sqlalchemy import select

from db.tables.work import switches
from tests.journeys.conftest import SALES
from tests.journeys.harness import BOSS, BOT, Journey

PAUSE = "/暂停"
STRANGER = 30009
Event = dict[str, Any]


def text(words: str) -> Event:
    return {"type": "text", "data": {"text": words}}


def message(*segments: Event, user_id: Any = BOSS, raw: str = "", **more: Any) -> Event:
    """Return a group message that pauses the bot when it is what it claims to be."""
    sender = {"user_id": user_id, "nickname": "n", "card": "", "role": "owner"}
    return {
        "time": 1, "self_id": BOT, "post_type": "message", "message_type": "group", "sub_type": "normal",
        "message_id": 77, "group_id": SALES, "user_id": user_id, "message": list(segments or (text(PAUSE),)),
        "raw_message": raw or PAUSE, "font": 0, "sender": sender, **more,
    }  # fmt: skip


ANONYMOUS = {"id": 1, "name": "匿名", "flag": "f"}
NODE = {"type": "node", "data": {"user_id": str(BOSS), "nickname": "n", "content": [text(PAUSE)]}}
FORGED: dict[str, Event] = {
    "an anonymous sender with a superuser's number": message(sub_type="anonymous", anonymous=ANONYMOUS),
    "an anonymous object alone": message(anonymous=ANONYMOUS),
    "a system notice": message(sub_type="notice"),
    "QQ's anonymous number": message(user_id=80000000),
    "QQ's system numbers": message(user_id=1000000),
    "QQ's system number 10000": message(user_id=10000),
    "a superuser in the sender's fields only": message(
        user_id=STRANGER, sender={"user_id": BOSS, "nickname": "n", "role": "owner"}
    ),
    "a number as text with something behind": message(user_id=f"{BOSS}x"),
    "a superuser's number in the words": message(text(f"{PAUSE} {BOSS}"), user_id=STRANGER),
    "a quoted command": message({"type": "reply", "data": {"id": "5", "text": PAUSE, "qq": str(BOSS)}}),
    "a quoted command and other words": message(
        {"type": "reply", "data": {"id": "5", "text": PAUSE}}, text("好的")
    ),
    "a forwarded command": message({"type": "forward", "data": {"id": "1", "content": [NODE]}}),
    "a forwarded command by itself": message(NODE),
    "a card with a command in it": message({"type": "json", "data": {"data": PAUSE}}),
    "a command in raw_message only": message(text("早")),
    "a command behind other words": message(text(f"看这个 {PAUSE}")),
    "a command behind an @ of somebody else": message(
        {"type": "at", "data": {"qq": "20005"}}, text(f" {PAUSE}"), user_id=BOSS
    ),
    "a CQ code typed as text": message(text(f"[CQ:at,qq={BOT}] 暂停")),
    "our own message": message(user_id=BOT),
    "our own message echoed": message(user_id=BOSS, post_type="message_sent"),
    "another account's event on our connection": message(self_id=BOT + 1),
    "an account's number as text": message(self_id=str(BOT + 1)),
    "a stranger": message(user_id=STRANGER),
    "the group's owner": message(user_id=20001),
    "a stranger in a temporary session": message(
        text("暂停"), user_id=STRANGER, message_type="private", sub_type="group"
    ),
}


async def paused(j: Journey) -> bool:
    return bool(await j.rows(select(switches.c.value).where(switches.c.key == "paused")))


async def test_only_the_real_sender_has_his_rights(company: Journey) -> None:
    j = company
    await j.start()
    account = await j.connect()
    names = list(FORGED)
    for start in range(0, len(names), 7):
        for why in names[start : start + 7]:
            account.push(FORGED[why])
        # Answered after what came before it on the same connection was heard.
        already = len(j.said("待办", user_id=BOSS))
        await j.world.whisper(BOSS, BOT, "帮助 待办")
        await j.until(lambda n=already: len(j.said("待办", user_id=BOSS)) > n, "an answer")
        assert not await paused(j), f"one of {names[: start + 7]}"
    account.push(message())
    await j.stored(select(switches.c.value).where(switches.c.key == "paused"), [(True,)])


async def test_a_forged_post_is_refused_whatever_it_brings(company: Journey) -> None:
    j = company
    await j.start()
    headers = {"X-Self-ID": str(BOT), "X-Signature": "sha1=" + "0" * 40}
    forms = ({}, {"X-Self-ID": str(BOT)}, headers, {**headers, "Authorization": "Bearer journey-token-123"})
    async with httpx2.AsyncClient(trust_env=False) as client:
        for given in forms:
            for path in ("/onebot/v11/", "/onebot/v11/http", "/onebot/v11/http/", "/onebot/v11/ws"):
                address = f"http://127.0.0.1:{j.port}{path}"
                answer = await client.post(address, json=message(), headers=given)
                assert 400 <= answer.status_code < 500, (path, given)
        account = await j.connect()
        assert account.refusals == []
    assert not await paused(j)
    await j.world.whisper(BOSS, BOT, "状态")
    await j.until(lambda: j.said("待办", user_id=BOSS), "the real one is served")
