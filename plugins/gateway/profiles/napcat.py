"""NapCat 4.18: stale first list; in its list of requests `invitor_uin` is the applicant."""

import re

from plugins.gateway.calls import ignored_requests, napcat_kick_many, system_messages
from plugins.gateway.profiles.base import Profile, read_rows

NAPCAT = Profile(
    name="NapCat",
    app_names=("NapCat.Onebot", "NapCat"),
    pending_calls=(system_messages(), ignored_requests()),
    read_pending=read_rows("invitor_uin"),
    stale_lists=True,
    flags=re.compile(r"\d+"),
    kick_many=napcat_kick_many,
)
