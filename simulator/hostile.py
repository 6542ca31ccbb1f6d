"""Frames that no sane implementation would send: what a bot must survive.

Nothing from strangers asks the bot for anything in a form that it should follow; who is entitled sends
commands and files among it, most of them as spoilt. An honest request afterwards shows that it still works.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from simulator.onebot.events import Event

Frame = str | bytes
_SURROGATES = ("\ud83d", "张\udc00三", "\udfff\ud800", "市场部-张三\ud800")
_ODD_TEXTS = (
    "",
    "\x00",
    "张三\x00",
    "\u200b" * 3000,
    "\u202e\u2066市场部-张三",
    "e" + "\u0301" * 2000,
    "[CQ:at,qq=all][CQ:image,file=file:///etc/passwd]",
    "[CQ:reply,id=1]" * 50,
    "[CQ:a,b=" * 900,
    "&#91;CQ:at&#44;qq=all&#93;",
    "'; DROP TABLE employees; --",
    "{0}{}%s%n" * 20,
    "<red>x</red></blue>" * 10,
    "１２３４",
    "²",
)
_NUMBERS = (0, -1, 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 2**64, 10**40, 10**4000, 1.5, 1e300, -0.0)
_OTHER = (None, True, False, [], {}, [[]], {"a": {}}, [None], [{"type": None}], "NaN", [1, 2, 3])
_NOTICES = (
    "group_increase",
    "group_decrease",
    "group_dismiss",
    "group_card",
    "group_admin",
    "group_name_change",
    "offline_file",
    "friend_add",
    "bot_offline?",
    "group_upload",
    "notify",
    "未知",
    "x" * 300,
)
_COMMANDS = ("帮助", "状态", "待办", "违规", "罚单", "群列表", "我的", "名片", "群检查", "同意 J0", "驳回 P0",
             "导出 违规", "员工", "绑定", "免除 V0")  # fmt: skip
_WRONG_FRAMES: tuple[Frame, ...] = (
    "",
    "null",
    "[]",
    "0",
    '"text"',
    "{",
    "{}",
    "not json",
    "NaN",
    "[" * 100_000,
    '{"post_type":' * 5_000,
    b"\xff\xfe\x00binary",
    b"\x80\x81\x82",
    b"{}",
    "\ufeff{}",
    '{"echo":"1","status":"ok","retcode":0,"data":null}',
    '{"echo":"' + "9" * 5000 + '"}',
    '{"echo":[1],"data":{}}',
    '{"post_type":"message","self_id":' + "9" * 5000 + "}",
    '[{"post_type":"message"}]',
    '{"post_type":["message"],"self_id":{}}',
)


def frames(
    count: int, account: int, groups: Sequence[int], seed: int = 0, entitled: Sequence[int] = ()
) -> Iterator[Frame]:
    """Yield `count` hostile frames for an account that is in `groups`; the same ones for the same seed.

    One in fifty is a command or a file from one of `entitled`.
    """
    chance = random.Random(seed)
    for _ in range(count):
        if chance.random() < 0.06:
            yield chance.choice(_WRONG_FRAMES)
            continue
        event = _event(chance, account, groups)
        if entitled and chance.random() < 0.02:
            event |= _order(chance, groups) | {"post_type": "message", "user_id": chance.choice(entitled)}
        event = _spoilt(chance, event)
        text = json.dumps(event)
        if chance.random() < 0.01:
            text = text.replace('"user_id": ', '"user_id": ' + "[" * 200 + "]" * 200 + ', "was": ', 1)
        yield text.encode() if chance.random() < 0.05 else text


def _event(chance: random.Random, account: int, groups: Sequence[int]) -> Event:
    """Return an event as an implementation might mean it, about groups that often don't exist."""
    group_id = chance.choice((*groups, chance.randrange(1, 2**53)))
    event: Event = {
        "time": 1_795_339_604,
        "self_id": account,
        "user_id": chance.choice((20001, 20005, chance.randrange(1, 2**53))),
        "group_id": group_id,
    }
    kind = chance.choices(("message", "notice", "request", "meta_event", "else"), (60, 20, 5, 10, 5))[0]
    event["post_type"] = kind if kind != "else" else chance.choice(("message_sent", "未知", "x" * 500))
    if kind == "message":
        return event | _message(chance)
    if kind == "notice":
        event |= {"notice_type": chance.choice(_NOTICES), "sub_type": chance.choice(("", "approve", "kick"))}
        if event["notice_type"] in ("group_decrease", "group_dismiss"):
            event["group_id"] = chance.randrange(10**9, 2**53)
        return event | {"card_new": _text(chance), "operator_id": 0, "file": {"name": _text(chance)}}
    if kind == "request":
        event |= {"request_type": chance.choice(("group", "friend", "x")), "comment": _text(chance)}
        return event | {"sub_type": chance.choice(("add", "invite", "?")), "flag": chance.choice(("", [], 7))}
    return event | {"meta_event_type": "heartbeat", "status": {"online": "?", "good": 1}, "interval": 5000}


def _order(chance: random.Random, groups: Sequence[int]) -> Event:
    """Return what somebody entitled may want of the bot: read only, or about what doesn't exist."""
    words = chance.choice(_COMMANDS) + chance.choice(("", "", " " + _text(chance)[:2000]))
    data = {"file": _text(chance)[:200], "file_id": f"/none-{chance.randrange(99)}", "file_size": "1000"}
    file, text = {"type": "file", "data": data}, {"type": "text", "data": {"text": words}}
    private = {"message_type": "private", "message": [file if chance.random() < 0.3 else text]}
    spoken = {"message_type": "group", "group_id": groups[0], "message": "/" + words}
    return _message(chance) | {"sub_type": "friend"} | chance.choice((private, private, spoken))


def _message(chance: random.Random) -> Event:
    text = _text(chance)
    segments: list[Any] = [{"type": "text", "data": {"text": text}}]
    segments += chance.sample(_SEGMENTS, chance.randrange(3))
    chance.shuffle(segments)
    return {
        "message_type": chance.choice(("group", "group", "private", "x")),
        "sub_type": chance.choice(("normal", "friend", "anonymous", "notice")),
        "message_id": chance.choice((1, 2**40, -5)),
        "message": segments if chance.random() < 0.8 else text,
        "raw_message": text,
        "font": 14,
        "sender": {"user_id": 20001, "nickname": _text(chance), "card": _text(chance), "role": "member"},
    }


_SEGMENTS: tuple[Any, ...] = (
    {"type": "at", "data": {"qq": "all"}},
    {"type": "at", "data": {}},
    {"type": "reply", "data": {"id": "x"}},
    {"type": "reply", "data": {"id": 10**30}},
    {"type": "text", "data": {}},
    {"type": "text", "data": {"text": 5}},
    {"type": "json", "data": {"data": "{" * 3000}},
    {"type": "x", "data": {"a": "=x" * 40, "键": 1}},
    {
        "type": "file",
        "data": {"file": "../../etc/passwd", "file_size": "9" * 400, "url": "file:///etc/passwd"},
    },
    {"type": "forward", "data": {"content": [[[[[]]]]]}},
    {"type": 5, "data": None},
    "text",
    None,
    7,
)


def _text(chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < 0.0005:
        return chance.choice(("文", "[CQ:", "a=")) * 350_000
    if drawn < 0.15:
        return chance.choice(_SURROGATES)
    if drawn < 0.4:
        return chance.choice(_ODD_TEXTS)
    if drawn < 0.5:
        return "/" + "".join(chr(chance.randrange(0x20, 0xD7FF)) for _ in range(chance.randrange(1, 60)))
    return chance.choice(("收到", "市场部-张三", "明天上午开会", "👍"))


def _spoilt(chance: random.Random, event: Event) -> Event:
    """Return the event with up to three fields missing, or of another type or size."""
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        key = chance.choice(list(event))
        if chance.random() < 0.3:
            del event[key]
        else:
            event[key] = chance.choice((*_NUMBERS, *_OTHER, *_SURROGATES, *_ODD_TEXTS))
        if not event:
            break
    return event
