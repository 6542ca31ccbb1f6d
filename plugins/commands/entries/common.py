"""`帮助`: what the asker may use here."""

from config.phrases import commands as phrases
from plugins.commands import help as helping
from plugins.commands.model import Ask, Command, Field, Reply, Who


async def show_help(ask: Ask) -> Reply:
    """List what the asker may use here, or explain one entry of it."""
    from plugins.commands.table import BY_NAME, COMMANDS

    wanted = ask.values.get("命令")
    if not isinstance(wanted, str):
        return Reply(helping.overview(COMMANDS, ask.who, ask.group_id))
    known = [one for one in BY_NAME.get(wanted, ()) if helping.may(one, ask.who)]
    return Reply("\n\n".join(helping.explain(one) for one in known) if known else phrases.NEUTRAL)


COMMANDS = (
    Command(
        "帮助",
        frozenset({Who.ANYONE}),
        "看能用的命令；“帮助 命令”看一个命令的写法",
        show_help,
        fields=(Field("命令", "command"),),
        aliases=("help", "命令", "菜单"),
        examples=("帮助 待办",),
    ),
)
