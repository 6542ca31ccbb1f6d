"""The one table of chat commands: `帮助`, and what the modules of `plugins.commands.entries` hold."""

from collections import defaultdict
from collections.abc import Mapping

from config.phrases import commands as phrases
from plugins.commands import help as helping
from plugins.commands.entries import (
    cards,
    console,
    filing,
    inbox,
    joining,
    modes,
    registry,
    reports,
    violations,
)
from plugins.commands.model import Ask, Command, Field, Reply
from services.people.rights import RIGHTS


async def show_help(ask: Ask) -> Reply:
    """List what the asker may use here, or explain one entry of it."""
    wanted = ask.values.get("命令")
    if not isinstance(wanted, str):
        return Reply(helping.overview(THEMES, ask.who, ask.group_id))
    known = [one for one in BY_NAME.get(wanted, ()) if helping.may(one, ask.who)]
    unknown = phrases.HELP_UNKNOWN.format(name=wanted[:12])
    return Reply("\n\n".join(helping.explain(one, ask.group_id) for one in known) if known else unknown)


HELP = Command(
    "帮助",
    RIGHTS["帮助"],
    "看能用的命令；“帮助 命令”看一个命令的写法",
    show_help,
    fields=(Field("命令", "command"),),
    aliases=("help", "命令", "菜单"),
    examples=("帮助 待办",),
)
THEMES: Mapping[str, tuple[Command, ...]] = {
    "常用": (HELP, *cards.COMMANDS, *reports.OWN, *violations.OWN, *console.COMMANDS),
    "办理": inbox.COMMANDS,
    "备案": filing.COMMANDS,
    "入群": joining.COMMANDS,
    "模式": modes.COMMANDS,
    "人员": registry.COMMANDS,
    "汇总": reports.COMMANDS,
    "违规": violations.COMMANDS,
}
COMMANDS: tuple[Command, ...] = tuple(command for commands in THEMES.values() for command in commands)


def _by_name() -> Mapping[str, tuple[Command, ...]]:
    found: defaultdict[str, list[Command]] = defaultdict(list)
    for command in COMMANDS:
        for name in (command.name, *command.aliases):
            found[name].append(command)
    return {name: tuple(commands) for name, commands in found.items()}


BY_NAME: Mapping[str, tuple[Command, ...]] = _by_name()
