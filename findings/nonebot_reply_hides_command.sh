#!/usr/bin/env bash
# The OneBot adapter asks for the message that a reply quotes, and takes the quotation out of the reply once it has it. If
# the implementation no longer has that message (recalled, or too old), or tells it with a number for `sender.level`, the
# quotation stays in front, and NoneBot knows no command behind it: "/通过" in a reply does nothing, and nobody hears why.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet nonebot2==2.5.0 nonebot-adapter-onebot==2.4.6 pydantic==2.14.3
venv/bin/python - <<'PY'
import asyncio
from importlib.metadata import version

import nonebot

nonebot.init(driver="~none", log_level="ERROR")
from nonebot import on_command
from nonebot.adapters.onebot.v11 import ActionFailed, Adapter, Bot

heard, approve = [], on_command("通过")


@approve.handle()
async def approved():
    heard.append("/通过")


QUOTED = {
    "time": 1795340000, "message_type": "group", "message_id": 7, "real_id": 7, "message": "申请",
    "sender": {"user_id": 10002, "nickname": "n", "level": "1"},
}
ANSWERS = {
    "there": QUOTED,
    "level is a number": {**QUOTED, "sender": {**QUOTED["sender"], "level": 1}},
    "gone": ActionFailed(status="failed", retcode=1200, message="消息不存在"),
}


class Answering(Bot):
    """A bot whose implementation has the quoted message, or not."""

    async def call_api(self, api, **_):
        assert api == "get_msg"
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def main():
    bot, seen = Answering(Adapter(nonebot.get_driver()), "10000"), {}
    for name, bot.answer in ANSWERS.items():
        heard.clear()
        await bot.handle_event(Adapter.json_to_event({
            "time": 1795340000, "self_id": 10000, "post_type": "message", "message_type": "group", "sub_type": "normal",
            "message_id": 8, "user_id": 10001, "group_id": 700001, "raw_message": "/通过", "font": 0,
            "sender": {"user_id": 10001, "nickname": "n"},
            "message": [{"type": "reply", "data": {"id": "7"}}, {"type": "text", "data": {"text": "/通过"}}],
        }))
        seen[name] = list(heard)
    print("nonebot-adapter-onebot", version("nonebot-adapter-onebot"), seen)
    assert seen == {"there": ["/通过"], "level is a number": [], "gone": []}


asyncio.run(main())
PY
