"""Every call the project makes, held against NapCat's published schema where that is at hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.gateway import calls
from plugins.gateway.calls import Call

SHARED = Path(__file__).parents[4] / "shared" / "onebot"
_SCHEMA = next(SHARED.glob("napcat-*-openapi.json"), None)

EVERY: tuple[Call, ...] = (
    calls.version_info(),
    calls.friend_list(),
    calls.group_list(),
    calls.group_info(700001),
    calls.member_list(700001),
    calls.member_info(700001, 20001),
    calls.system_messages(),
    calls.ignored_requests(),
    calls.answer_request("1795339604868000", approve=True),
    calls.answer_request("1795339604868000", approve=False, reason="请写明工号", sub_type="invite"),
    calls.answer_friend("1795339604868000", approve=True),
    calls.kick(700001, 20001),
    calls.napcat_kick_many(700001, [20001, 20002]),
    calls.set_card(700001, 20001, "市场部-张三"),
    calls.group_message(
        700001, [{"type": "text", "data": {"text": "x"}}, {"type": "at", "data": {"qq": "20001"}}]
    ),
    calls.group_message(700001, [calls.picture(b"png")]),
    calls.private_message(20001, [{"type": "text", "data": {"text": "x"}}], 700001),
    calls.private_file(20001, "a.xlsx", b"x", 700001),
    calls.group_file(700001, "a.xlsx", b"x"),
    calls.get_file("/file-1"),
    calls.private_file_url("/file-1"),
    calls.group_notice(700001, "公告"),
)
# Other implementations' own actions, which NapCat's schema can't know.
ELSEWHERE = {calls.lagrange_requests().action, calls.llbot_kick_many(1, [2]).action}


@pytest.mark.skipif(_SCHEMA is None, reason="../shared/onebot with NapCat's schema is not here")
def test_every_call_holds_against_napcats_schema() -> None:
    asked = [json.dumps({"action": call.action, "params": call.params}) for call in EVERY]
    checker = [sys.executable, str(SHARED / "validate_call.py"), str(_SCHEMA)]

    done = subprocess.run([*checker, *asked], capture_output=True, text=True, check=False)

    assert done.returncode == 0, [line for line in done.stdout.splitlines() if "FAIL" in line]


def test_no_call_is_left_out_of_this_list() -> None:
    made = {
        name for name, value in vars(calls).items()
        if callable(value) and getattr(value, "__annotations__", {}).get("return") is Call
    }  # fmt: skip
    source = Path(__file__).read_text(encoding="utf-8")

    assert not [name for name in made if f"calls.{name}(" not in source]


def test_a_refusals_reason_fits_qq() -> None:
    assert len(calls.answer_request("1", approve=False, reason="长" * 99).params["reason"]) == 30


def test_elsewhere_is_only_asked_elsewhere() -> None:
    assert ELSEWHERE.isdisjoint(call.action for call in EVERY)
