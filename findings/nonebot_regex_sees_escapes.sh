#!/usr/bin/env bash
# NoneBot's on_regex searches the message as a CQ string, not the text that people see and that on_startswith gets: a
# pattern for "[公告]" never matches, one for "91" does wherever a bracket stands, and six characters with an "&" are ten.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet nonebot2==2.5.0 nonebot-adapter-onebot==2.4.6 pydantic==2.14.3
venv/bin/python - <<'PY'
import asyncio
from importlib.metadata import version

import nonebot

nonebot.init(driver="~none", log_level="ERROR")
from nonebot.adapters.onebot.v11 import Adapter
from nonebot.rule import regex, startswith


def event(text):
    return Adapter.json_to_event({
        "time": 1795340000, "self_id": 10000, "post_type": "message", "message_type": "group", "sub_type": "normal",
        "message_id": 1, "user_id": 10001, "group_id": 700001, "raw_message": text, "font": 0,
        "sender": {"user_id": 10001, "nickname": "n"}, "message": [{"type": "text", "data": {"text": text}}],
    })


async def matches(rule, text):
    (checker,) = rule.checkers
    return await checker.call(event(text), {})


async def main():
    notice = "[公告]周五下班前改好名片"
    seen = {
        "starts with [公告]": await matches(startswith("[公告]"), notice),
        r"^\[公告\]": await matches(regex(r"^\[公告\]"), notice),
        "91 in [公告]": await matches(regex("91"), notice),
        "^.{6}$ for 研发&测试1": await matches(regex("^.{6}$"), "研发&测试1"),
        "^.{10}$ for 研发&测试1": await matches(regex("^.{10}$"), "研发&测试1"),
    }
    print("nonebot2", version("nonebot2"), seen)
    assert list(seen.values()) == [True, False, True, False, True]


asyncio.run(main())
PY
