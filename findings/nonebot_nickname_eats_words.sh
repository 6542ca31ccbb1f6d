#!/usr/bin/env bash
# The OneBot adapter takes a bot's nickname off the beginning of whatever begins with it, with nothing after it: said to
# nobody, "小群里有人没改名片" is to the bot, and is "里有人没改名片". Of two nicknames of which one begins the other, it
# depends on the process's hash seed, so on the start, which of them is taken off.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet nonebot2==2.5.0 nonebot-adapter-onebot==2.4.6 pydantic==2.14.3
cat > hear.py <<'PY'
import asyncio
from importlib.metadata import version

import nonebot

nonebot.init(driver="~none", log_level="WARNING", nickname=["小群", "小群助手"])
from nonebot.adapters.onebot.v11 import Adapter, Bot
from nonebot.message import event_preprocessor

heard = []


@event_preprocessor
async def hear(event):
    heard.append((event.to_me, event.get_plaintext()))


async def main():
    bot = Bot(Adapter(nonebot.get_driver()), "10000")
    for text in ("小群里有人没改名片", "小群助手 帮助"):
        await bot.handle_event(Adapter.json_to_event({
            "time": 1795340000, "self_id": 10000, "post_type": "message", "message_type": "group", "sub_type": "normal",
            "message_id": 1, "user_id": 10001, "group_id": 700001, "raw_message": text, "font": 0,
            "sender": {"user_id": 10001, "nickname": "n"}, "message": [{"type": "text", "data": {"text": text}}],
        }))
    print(version("nonebot-adapter-onebot"), heard)


asyncio.run(main())
PY
for seed in $(seq 8); do PYTHONHASHSEED=$seed venv/bin/python hear.py; done | sort | uniq -c | tee seen
test "$(grep -c "(True, '里有人没改名片'), (True, '帮助')" seen)" = 1
test "$(grep -c "(True, '里有人没改名片'), (True, '助手 帮助')" seen)" = 1
