"""Frames made harmless: what is kept of an event, and what is nothing at all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import Adapter

from plugins.gateway.incoming import frames

BOT = 10001
MESSAGE: dict[str, Any] = {
    "time": 1_795_339_604,
    "self_id": BOT,
    "post_type": "message",
    "message_type": "group",
    "sub_type": "normal",
    "group_id": 700001,
    "user_id": 20001,
    "message_id": 1,
    "message": [{"type": "text", "data": {"text": "收到"}}],
    "raw_message": "收到",
    "font": 14,
    "sender": {"user_id": 20001, "nickname": "张三", "card": "市场部-张三", "role": "member"},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


def message(*segments: Any) -> list[dict[str, Any]]:
    """Return what is left of these segments."""
    found = frames.read(json.dumps({**MESSAGE, "message": list(segments)}))
    assert found is not None
    return found["message"]


def test_an_ordinary_message_is_left_as_it_is() -> None:
    assert frames.read(json.dumps(MESSAGE)) == MESSAGE
    assert frames.read(json.dumps(MESSAGE, ensure_ascii=False).encode()) == MESSAGE


def test_an_answer_to_a_call_is_left_as_it_is() -> None:
    answer = {"echo": "7", "status": "ok", "data": [{"card": "x" * 90_000}] * 3}
    assert frames.read(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    "frame",
    ["", "null", "7", "[]", '"x"', "{", "[" * 200_000, '{"a":' * 100_000, b"\xff\x00", b"\x80",
     '{"self_id":1,"post_type":7}', '{"self_id":"x","post_type":"message"}', '{"post_type":"message"}',
     '{"n":' + "9" * 6000 + "}"],
)  # fmt: skip
def test_what_is_no_event_and_no_answer_is_nothing(frame: str | bytes) -> None:
    assert frames.read(frame) is None


@given(key=st.sampled_from(sorted(MESSAGE)), value=ANYTHING)
def test_any_value_in_any_field_raises_nothing_here_or_in_the_adapter(key: str, value: object) -> None:
    found = frames.read(json.dumps({**MESSAGE, key: value}))
    if found is not None:
        event = Adapter.json_to_event(found)
        assert event is not None
        event.get_log_string()


@pytest.mark.parametrize("told", [None, "now", -1, 2**70, 10**4000, float("nan"), float("inf"), [], True])
def test_an_event_with_a_senseless_time_is_kept(told: object) -> None:
    found = frames.read(json.dumps({**MESSAGE, "time": told}))
    assert found is not None
    assert found["time"] == 0


def test_half_a_surrogate_and_nul_are_replaced_and_whole_pairs_are_kept() -> None:
    frame = json.dumps({**MESSAGE, "sender": {"card": "张\ud83d三\x00👍", "nickname": "\udc00"}})
    found = frames.read(frame)
    assert found is not None
    assert found["sender"] == {"card": "张?三?👍", "nickname": "?"}


def test_member_lists_are_cleaned_too() -> None:
    found = frames.read(json.dumps({"echo": "1", "data": [{"card": "市场部-\ud800"}]}))
    assert found == {"echo": "1", "data": [{"card": "市场部-?"}]}


def test_segments_that_cannot_be_read_are_left_out_and_the_others_kept() -> None:
    text = {"type": "text", "data": {"text": "收到"}}
    odd = (None, "x", {"type": 5, "data": {}}, {"type": "text", "data": {}}, {"type": "at", "data": None})
    assert message(odd[0], text, *odd[1:]) == [text]


def test_what_a_reply_quotes_is_left_out_with_the_at_of_its_author() -> None:
    reply, text = {"type": "reply", "data": {"id": "1"}}, {"type": "text", "data": {"text": "/待办"}}
    author, bot = ({"type": "at", "data": {"qq": str(qq)}} for qq in (20005, BOT))
    assert message(reply, author, text) == [text]
    assert message(reply, bot, text) == [bot, text]
    assert message(author, text) == [author, text]
    codes = frames.read(json.dumps({**MESSAGE, "message": "[CQ:reply,id=1][CQ:at,qq=20005]/待办"}))
    assert codes is not None
    assert codes["message"] == "/待办"


def test_long_deep_and_wide_events_are_cut() -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = [deep]
    found = frames.read(
        json.dumps({**MESSAGE, "raw_message": "文" * 1_000_000, "more": deep, "l": [0] * 10**5})
    )
    assert found is not None
    assert len(json.dumps(found, ensure_ascii=False)) < 20_000


def test_a_pattern_that_takes_for_ever_on_some_keys_never_sees_them() -> None:
    spiteful = {"type": "x", "data": {"a": "=x" * 40, "键": 1}}
    event = Adapter.json_to_event(
        frames.read(json.dumps({**MESSAGE, "message": [spiteful, *MESSAGE["message"]]}))
    )
    assert event is not None
    event.get_log_string()
    codes = frames.read(json.dumps({**MESSAGE, "message": "[CQ:a,b=" * 100_000}))
    assert Adapter.json_to_event(codes) is not None
