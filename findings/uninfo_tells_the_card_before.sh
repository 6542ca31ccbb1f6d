#!/usr/bin/env bash
# nonebot-plugin-uninfo keeps who sent a message for five minutes by the sender and the group: the next message carries a new
# card, and the plugin tells the old one, though the event itself says better, and asked nothing of the implementation.
# A check of cards built on it reminds people of a card that they have just set right.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "nonebot2[fastapi]==2.5.0" nonebot-adapter-onebot==2.4.6 nonebot-plugin-uninfo==0.11.2 pydantic==2.14.3
cat > probe.py <<'PY'
import asyncio
from importlib.metadata import version

import nonebot

nonebot.init(driver="~none", log_level="ERROR")
from nonebot.adapters.onebot.v11 import Adapter, Bot, GroupMessageEvent

nonebot.load_plugin("nonebot_plugin_uninfo")
from nonebot_plugin_uninfo import get_session

asked = []


class Implementation(Bot):
    """A bot whose implementation has the member's card as it is now."""

    card = ""

    async def call_api(self, api, **data):
        asked.append(api)
        if api == "get_group_info":
            return {"group_id": data["group_id"], "group_name": "研发群"}
        assert api == "get_group_member_info", api
        return {"user_id": data["user_id"], "nickname": "老张", "card": self.card, "role": "member", "join_time": 1764460800}


def message(card):
    sender = {"user_id": 10001, "nickname": "老张", "card": card, "role": "member"}
    return GroupMessageEvent.model_validate(
        {
            **{"time": 1764460800, "self_id": 10000, "post_type": "message", "message_type": "group", "sub_type": "normal"},
            **{"message_id": 1, "group_id": 700001, "user_id": 10001, "anonymous": None, "font": 0, "sender": sender},
            **{"message": [{"type": "text", "data": {"text": "在"}}], "raw_message": "在"},
        }
    )


async def main():
    bot = Implementation(Adapter(nonebot.get_driver()), "10000")
    seen = []
    for card in ("老张", "研发部-张三"):
        bot.card = card
        session = await get_session(bot, message(card))
        seen.append((card, session.member.nick, len(asked)))
    print("nonebot-plugin-uninfo", version("nonebot-plugin-uninfo"), "(card in the event, card told, calls made):", seen)
    assert seen == [("老张", "老张", 2), ("研发部-张三", "老张", 2)]


asyncio.run(main())
PY
venv/bin/python -W ignore probe.py
