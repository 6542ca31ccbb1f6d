"""What people hear of a call that gave no good answer: Chinese, without actions, classes or English."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import pytest

from plugins.gateway.calls import Call
from plugins.gateway.connection import CallError, Connection

CALL = Call("send_group_msg", {}, 0.01)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"status": "failed", "retcode": 1200, "wording": "EventChecker Failed: 42"},
            "接入程序没有照办，错误码 1200",
        ),
        ({"status": "failed", "retcode": 100}, "接入程序没有照办，错误码 100"),
        ({"status": "failed", "retcode": 100, "wording": "对方不是\n好友"}, "对方不是 好友"),
        ({"status": "failed", "retcode": 1, "msg": "Timeout: NTEvent serviceAndMethod"}, "QQ 发送超时"),
        (TimeoutError(), "0.01 秒内没有等到"),
        (ConnectionResetError("reset by peer"), "连接断开，没有等到答复"),
    ],
)
async def test_why_a_call_failed_is_said_in_chinese(answer: Mapping[str, Any] | Exception, said: str) -> None:
    async def transport(action: str, params: Mapping[str, Any], _: float) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(CallError) as failed:
        await Connection(90001, transport).call(CALL)
    assert str(failed.value) == said
    assert not re.search("[A-Za-z_]{3,}", str(failed.value))
