"""Answering a bot's calls, with whatever faults strike them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from simulator.faults import (
    SEND_TIMEOUT_TEXT,
    ActionFault,
    DropConnection,
    Failure,
    ForeignRows,
    LateAnswer,
    NoAnswer,
    OkButNothing,
    PartialList,
    SendTimeout,
)
from simulator.onebot.answers import ActionError, frame, refusal, success
from simulator.onebot.params import BadParams, Params
from simulator.qq.model import Call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from simulator.onebot.account import Account, Handler
    from simulator.onebot.connection import Send


async def receive(
    account: Account,
    actions: Mapping[str, Handler],
    raw: str | bytes,
    send: Send,
    drop: Callable[[], Awaitable[None]],
) -> None:
    """Do what one frame asks, and answer it with ``send`` (unless a fault prevents it).

    ``drop`` breaks the connection.
    """
    world = account.world
    asked: dict[str, Any] = json.loads(raw)
    action, params = str(asked.get("action", "")), asked.get("params") or {}
    call = Call(world.now(), account.self_id, action, params)
    world.calls.append(call)
    fault = account.faults.for_action(action)
    await asyncio.sleep(account.latency)
    answer = await _answer(account, actions.get(action), action, params, fault)
    match fault:
        case DropConnection():
            world.changed()
            await drop()
            return
        case NoAnswer():
            world.changed()
            return
        case LateAnswer(seconds):
            world.changed()
            await asyncio.sleep(seconds)
    send(frame(answer, asked.get("echo")))
    call.answer = answer
    world.changed()


async def _answer(
    account: Account,
    handler: Handler | None,
    action: str,
    params: dict[str, Any],
    fault: ActionFault | None,
) -> dict[str, Any]:
    profile = account.profile
    match fault:
        case Failure(retcode, message):
            code = profile.failed if retcode is None else retcode
            return refusal(profile, ActionError(code, message))
        case OkButNothing():
            sends = action.startswith("send_")
            return success(profile, {"message_id": account.world.next_message_id()} if sends else None)
        case NoAnswer(done=False) | DropConnection(done=False) | SendTimeout(shown=False):
            return refusal(profile, ActionError(profile.failed, SEND_TIMEOUT_TEXT))
    missing = fault.missing if isinstance(fault, PartialList) else 0
    answer = await _perform(account, handler, action, Params(params, missing))
    if isinstance(fault, ForeignRows):
        rows = json.loads(answer["data"])
        return {**answer, "data": [{**row, "group_id": fault.group_id} for row in rows]}
    if isinstance(fault, SendTimeout):
        return refusal(profile, ActionError(profile.failed, SEND_TIMEOUT_TEXT))
    return answer


async def _perform(account: Account, handler: Handler | None, action: str, params: Params) -> dict[str, Any]:
    profile = account.profile
    if handler is None:
        text = profile.text("unknown_action", action=action)
        return refusal(profile, ActionError(profile.unknown_action, text))
    try:
        return success(profile, await handler(account, params))
    except BadParams as error:
        text = profile.text("bad_params", field=error.field)
        return refusal(profile, ActionError(profile.bad_params, text))
    except ActionError as error:
        return refusal(profile, error)
