"""The one matcher of the whole bot: commands and files. Talk in groups never comes as far (`talk`)."""

from nonebot import on_message
from nonebot.adapters.onebot.v11 import MessageEvent

from plugins.commands import hearing
from plugins.edge import guarded

_matcher = on_message(priority=1, block=False)


@_matcher.handle()
@guarded
async def _act(event: MessageEvent) -> None:
    if (heard := hearing.listen(event)) is not None:
        await hearing.act(heard)
