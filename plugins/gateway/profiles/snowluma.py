"""SnowLuma: flags `kind:group:uid` up to 1.11, `slreq:1:number:group:kind:doubtful` from 1.12 on.

Up to 1.11 an answer whose flag matches nothing falls back to any request of that group. Both list
everything that happened in groups; some versions neither name the applicant nor mark what is settled.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from plugins.gateway.calls import ignored_requests, system_messages
from plugins.gateway.profiles.base import Profile, flag_of, is_open, listing, request_of, rows
from services.ports import Pending

# Somebody asks; somebody was invited by a member. The others are no requests (13: somebody left).
_REQUESTS = frozenset({"1", "22"})
_KIND = re.compile(r"(?:slreq:1:\d+:\d+:)?(\d+):.+")


def read_pending(answers: Sequence[Any], account: int) -> Pending:
    """Read its one list of rows, and that of doubtful requests."""
    return listing(
        [
            (is_open(row), request_of(row, "requester_uin", flag, sure=type(row.get("checked")) is bool))
            for answer in answers
            for row in rows(answer, "join_requests")
            if _is_request(flag := flag_of(row, "flag"))
        ]
    )


def _is_request(flag: str) -> bool:
    kind = _KIND.fullmatch(flag)
    return kind is not None and kind[1] in _REQUESTS


SNOWLUMA = Profile(
    name="SnowLuma",
    app_names=("SnowLuma",),
    pending_calls=(system_messages(), ignored_requests()),
    read_pending=read_pending,
    flags=re.compile(r"slreq:1:\d+:\d+:\d+:\d"),
    is_settled=lambda _retcode, text: "already agree" in text or "already refuse" in text,
)
SNOWLUMA_1_11 = replace(
    SNOWLUMA,
    name="SnowLuma 1.11",
    trusts_flags=False,
    flags=re.compile(".*"),
    strays=True,
    tells_settled=False,
    before=(1, 12),
)
