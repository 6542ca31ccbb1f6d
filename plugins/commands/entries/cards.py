"""`名片`, `改名片`, `群检查`: about cards and about a group as it is now."""

from plugins.commands.model import Ask, Command, Field, Reply, Where, reply
from services.groups import card_help, group_check
from services.people.rights import RIGHTS

_GROUP = Field("群", "group", aliases=("group",))


async def my_card(ask: Ask) -> Reply:
    """Say the right card, ready to copy."""
    return reply(await card_help.right_card_for(ask.app, ask.user_id, _group(ask)))


async def fix_my_card(ask: Ask) -> Reply:
    """Have the bot set the asker's card."""
    return reply(await card_help.fix_card_of(ask.app, ask.user_id, _group(ask)))


async def check_group(ask: Ask) -> Reply:
    """Read the group afresh and answer with the findings: counts in the group, the rest in private."""
    group_id = _group(ask)
    if group_id is None:
        return Reply(group_check.WHICH_GROUP)
    return reply(await group_check.check(ask.app, group_id))


async def announce(ask: Ask) -> Reply:
    """Publish how cards are written as a group announcement, as the owner agreed to."""
    return reply(await card_help.announce(ask.app, _group(ask), by=ask.user_id))


def _group(ask: Ask) -> int | None:
    return ask.about


COMMANDS = (
    Command(
        "名片",
        RIGHTS["名片"],
        "看自己的群名片该怎么写",
        my_card,
        fields=(_GROUP,),
        examples=("名片",),
    ),
    Command(
        "改名片",
        RIGHTS["改名片"],
        "由机器人把群名片改对",
        fix_my_card,
        fields=(_GROUP,),
        examples=("改名片", "改名片 群=700001"),
    ),
    Command(
        "群公告",
        RIGHTS["群公告"],
        "把群名片的写法发成群公告",
        announce,
        fields=(_GROUP,),
        examples=("群公告 群=700001",),
    ),
    Command(
        "群检查",
        RIGHTS["群检查"],
        "重新读一遍本群，回答发现的问题",
        check_group,
        where=Where.ANYWHERE,
        fields=(_GROUP,),
        examples=("群检查",),
    ),
)
