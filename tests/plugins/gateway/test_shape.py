"""Every field that the bot uses, of every event, in every type that JSON has: read, or said to be odd."""

import json
from pathlib import Path
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import Adapter, MessageEvent

from plugins.gateway.incoming import frames
from tests import recorded
from tests.recorded import needs_recordings

CASE = Path(__file__).resolve().parents[4] / "shared" / "cases" / "rosters" / "29-level-a-number.json"
BASE = {"time": 1_795_340_000, "self_id": 10000}
TEXT = {"type": "text", "data": {"text": "状态"}}
SENDER = {"user_id": 20001, "nickname": "张三", "card": "市场部-张三", "role": "member", "level": "1"}
MESSAGE = {"post_type": "message", "message_id": 7, "user_id": 20001, "message": [TEXT], "raw_message": "状态",
           "font": 14, "sender": SENDER}  # fmt: skip
NOTICE = {"post_type": "notice", "group_id": 700001, "user_id": 20001}
REQUEST = {"post_type": "request", "user_id": 20001, "comment": "张三 A001 0001", "flag": "1795339604868000"}
EVENTS: dict[str, dict[str, Any]] = {
    "a private message": {**MESSAGE, "message_type": "private", "sub_type": "friend"},
    "a group message": {**MESSAGE, "message_type": "group", "sub_type": "normal", "group_id": 700001},
    "somebody came": {**NOTICE, "notice_type": "group_increase", "sub_type": "approve", "operator_id": 5},
    "somebody went": {**NOTICE, "notice_type": "group_decrease", "sub_type": "leave", "operator_id": 5},
    "a card": {**NOTICE, "notice_type": "group_card", "card_new": "市场部-张三", "card_old": ""},
    "a rename": {**NOTICE, "notice_type": "notify", "sub_type": "group_name", "name_new": "新名"},
    "a file": {**NOTICE, "notice_type": "offline_file", "file": {"name": "a.csv", "size": 5, "url": "http://a/b"}},
    "logged out": {**NOTICE, "notice_type": "bot_offline", "tag": "下线", "message": "重新登录"},
    "a request": {**REQUEST, "request_type": "group", "sub_type": "add", "group_id": 700001, "invitor_id": 3},
    "a friend": {**REQUEST, "request_type": "friend"},
    "a heartbeat": {"post_type": "meta_event", "meta_event_type": "heartbeat", "interval": 5000,
                    "status": {"online": True, "good": True}},
}  # fmt: skip
TYPES: tuple[Any, ...] = (True, 5, -5, 2**60, 1.5, 7.0, "", "words", "7", [], [None], {}, {"a": []})
# Words of ours stand in for these, and where one is missing the event says just that.
NAMES = {"post_type", "message_type", "notice_type", "request_type", "meta_event_type", "sub_type"}


def read(event: dict[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
    """Return what is made of an event, and what was said of it."""
    odd: list[str] = []
    return frames.read(json.dumps({**BASE, **event}), odd.append), odd


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_by_the_standard_is_left_as_it_is(name: str) -> None:
    assert read(EVENTS[name]) == ({**BASE, **EVENTS[name]}, [])


@pytest.mark.parametrize("name", EVENTS)
def test_any_field_of_any_type_is_read_or_said_to_be_odd(name: str) -> None:
    event = EVENTS[name]
    for field in event.keys() - NAMES:
        for value in TYPES:
            found, odd = read({**event, field: value})
            assert found is not None or odd, f"{field}={value!r} is gone in silence"
            same = found is not None and field in found and same_meaning(found[field], value)
            assert same or odd, f"{field}={value!r} became {found} in silence"
            if found is not None:
                others = {key: one for key, one in found.items() if key != field}
                assert others == {key: one for key, one in {**BASE, **event}.items() if key != field}
                assert is_right_class(found)


@pytest.mark.parametrize("name", EVENTS)
def test_a_field_that_is_missing_or_null_costs_nothing_else(name: str) -> None:
    event = EVENTS[name]
    for field in event.keys() - NAMES:
        without = {key: value for key, value in event.items() if key != field}
        for told in (without, {**event, field: None}):
            found, odd = read(told)
            assert found is not None or odd
            if found is not None:
                assert is_right_class(found)
                assert {**found, **without} == {**found}


@pytest.mark.parametrize("part", ["card", "nickname", "level", "title", "age", "role", "user_id", "area"])
def test_a_senders_fields_of_any_type_cost_no_command(part: str) -> None:
    for value in (*TYPES, None):
        found, odd = read({**EVENTS["a group message"], "sender": {**SENDER, part: value}})
        assert found is not None
        assert is_right_class(found)
        assert odd or value is None or same_meaning(found["sender"][part], value)


def test_a_message_without_what_only_the_adapter_wants_is_a_message() -> None:
    bare = {key: value for key, value in EVENTS["a private message"].items() if key not in
            ("font", "raw_message", "sub_type", "message_id", "sender")}  # fmt: skip
    found, odd = read({**bare, "to_me": "x", "reply": 5, "original_message": []})
    assert odd == []
    assert is_right_class(found)


@pytest.mark.skipif(not CASE.exists(), reason="the case file is kept elsewhere")
def test_the_message_that_was_lost_for_a_level_is_read() -> None:
    odd: list[str] = []
    found = frames.read(CASE.read_text("utf-8"), odd.append)
    assert is_right_class(found)
    assert odd == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"message": 5}, "message.private.friend: message is number, nothing can be done"),
        ({"user_id": []}, "message.private.friend: user_id is list, nothing can be done"),
        ({"message_type": "guild"}, "message.guild.friend: no private or group message"),
        ({"post_type": 5}, "an event with post_type number, self_id number"),
        ({"self_id": {}}, "an event with post_type text, self_id object"),
    ],
)
def test_what_has_no_shape_is_said_with_its_type(wrong: dict[str, Any], said: str) -> None:
    found, odd = read({**EVENTS["a private message"], **wrong})
    assert found is None
    assert said in odd


def test_an_anonymous_message_stays_one_whatever_it_says_of_it() -> None:
    for told in (TYPES[0], "x", [], {}, {"id": "5"}):
        found, _ = read({**EVENTS["a group message"], "anonymous": told})
        assert found is not None
        assert found["anonymous"] is not None
        assert is_right_class(found)


@needs_recordings
def test_every_recorded_event_is_read_and_none_is_odd() -> None:
    for event in recorded.events():
        odd: list[str] = []
        found = frames.read(json.dumps(event), odd.append)
        assert is_right_class(found), event
        assert odd == [], event


def is_right_class(found: dict[str, Any] | None) -> bool:
    """Tell whether the adapter makes of this event what its handlers are called with."""
    assert found is not None
    event = Adapter.json_to_event(found)
    return event is not None and (found["post_type"] != "message" or isinstance(event, MessageEvent))


def same_meaning(found: object, told: object) -> bool:
    """Tell whether what was read says the same as what was sent."""
    if isinstance(told, list | dict):
        return found == told or found == [told]
    if isinstance(told, bool) or isinstance(found, bool):
        return found == told
    return str(found) == (str(int(told)) if isinstance(told, float) and told.is_integer() else str(told))
