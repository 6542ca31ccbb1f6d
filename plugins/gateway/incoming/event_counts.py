"""Counting what comes in and what is called, for `/metrics`. An ordinary message costs half a microsecond."""

import time
from collections.abc import Mapping
from typing import Any

from plugins.gateway.connection import NotSentError, Transport
from services.metrics import Tally

_KIND = {
    "message": "message_type",
    "notice": "notice_type",
    "request": "request_type",
    "meta_event": "meta_event_type",
}


def came(tally: Tally, data: Mapping[str, Any]) -> None:
    """Count an event by its type, and note when a join request came."""
    post_type = data["post_type"]
    kind = data.get(_KIND.get(post_type, ""), "other")
    tally.event(post_type, kind)
    if post_type == "request" and kind == "group" and data.get("sub_type") == "add" and "flag" in data:
        tally.asked(data["self_id"], data["flag"][:200], time.monotonic())


def counted(transport: Transport, tally: Tally) -> Transport:
    """Return the transport with every call counted and timed."""

    async def ask(action: str, params: Mapping[str, Any], patience: float) -> Mapping[str, Any]:
        began, result = time.monotonic(), "lost"
        try:
            answer = await transport(action, params, patience)
            told = answer.get("status", "ok")
            done = told == "async" or (told == "ok" and answer.get("retcode") in (0, None))
            result = "ok" if done else "refused"
            return answer
        except TimeoutError:
            result = "timeout"
            raise
        except NotSentError:
            result = "unsent"
            raise
        finally:
            tally.called(action, result, time.monotonic() - began)

    return ask
