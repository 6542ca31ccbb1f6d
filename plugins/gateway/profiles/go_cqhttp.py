"""go-cqhttp of 2024-05: lists may be null; files are read from paths on its own machine only."""

import re

from plugins.gateway.calls import system_messages
from plugins.gateway.profiles.base import Profile, read_rows

GO_CQHTTP = Profile(
    name="go-cqhttp",
    app_names=("go-cqhttp",),
    pending_calls=(system_messages(),),
    read_pending=read_rows("requester_uin"),
    flags=re.compile(r"\d+"),
    sends_files=False,
    fetches_by_id=False,
    is_settled=lambda _retcode, text: "FLAG_HAS_BEEN_CHECKED" in text or "已被处理" in text,
)
