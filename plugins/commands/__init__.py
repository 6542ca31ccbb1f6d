"""The one matcher of the whole bot: it looks at every message, and nearly always at once away.

NoneBot pays for a matcher's checker, dependencies and logging on every message. So the look
itself stands in `check_rule`: plain attribute and dictionary look-ups, no task, no database. Only
a command, a file or a card not known to be right gets as far as the handler.
"""

from time import perf_counter
from typing import Any

from nonebot import on_message
from nonebot.adapters.onebot.v11 import MessageEvent
from nonebot.typing import T_State

from plugins.commands import hearing
from plugins.edge import guarded
from services.context import get_app

_matcher = on_message(priority=1, block=False)


@guarded
async def _worth_running(
    _cls: Any, bot: Any, event: Any, state: Any, _stack: Any = None, _cache: Any = None
) -> bool:
    if not isinstance(event, MessageEvent):
        return False
    began = perf_counter()
    heard = hearing.listen(event)
    get_app().tally.look_seconds.observe(perf_counter() - began)
    if heard is None:
        return False
    state["heard"] = heard
    return True


_matcher.check_rule = classmethod(_worth_running)  # pyright: ignore[reportAttributeAccessIssue]


@_matcher.handle()
@guarded
async def _act(state: T_State) -> None:
    await hearing.act(state["heard"])
