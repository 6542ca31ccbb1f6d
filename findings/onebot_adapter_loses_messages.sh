#!/usr/bin/env bash
# nonebot-adapter-onebot 2.4.6: a group message whose `sender.level` is a number, or that has no `font`, as some
# implementations send it, becomes a bare Event. No exception, no log line; message handlers never see it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "nonebot2[fastapi]==2.5.0" "nonebot-adapter-onebot==2.4.6" "pydantic==2.14.3"
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import nonebot

nonebot.init(driver="~none", log_level="TRACE")
said = []
nonebot.log.logger.remove()
nonebot.log.logger.add(lambda line: said.append(line), level="TRACE")
from nonebot.adapters.onebot.v11 import Adapter

whole = {
    "time": 1795340000, "self_id": 10000, "post_type": "message", "message_type": "group", "sub_type": "normal",
    "message_id": 1, "user_id": 10001, "group_id": 700001, "raw_message": "hi", "font": 0,
    "sender": {"user_id": 10001, "nickname": "n", "level": "1"},
    "message": [{"type": "text", "data": {"text": "hi"}}],
}
number = {**whole, "sender": {**whole["sender"], "level": 1}}
no_font = {key: value for key, value in whole.items() if key != "font"}
seen = {
    name: type(Adapter.json_to_event(frame)).__name__
    for name, frame in {"whole": whole, "level is a number": number, "no font": no_font}.items()
}
loud = [line for line in said if "WARNING" in line or "ERROR" in line]
print("nonebot-adapter-onebot", version("nonebot-adapter-onebot"), seen, "warnings:", len(loud))
assert seen == {"whole": "GroupMessageEvent", "level is a number": "Event", "no font": "Event"}, seen
assert not loud, loud
PY
