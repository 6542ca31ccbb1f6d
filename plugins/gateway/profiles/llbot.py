"""LLBot 8.1: flags are `group|number|type|doubtful`; its list shows the number, which is a flag too."""

import re

from plugins.gateway.calls import llbot_kick_many, system_messages
from plugins.gateway.profiles.base import Profile, read_rows

LLBOT = Profile(
    name="LLBot",
    app_names=("LLOneBot", "LLBot", "LLTwoBot"),
    pending_calls=(system_messages(),),
    read_pending=read_rows("requester_uin"),
    flags=re.compile(r"\d+(?:\|\d+\|\d+\|\d+)?"),
    kick_many=llbot_kick_many,
    is_settled=lambda _retcode, text: "already" in text or "已" in text,
)
