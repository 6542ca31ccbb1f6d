"""The one table of chat commands: `帮助`, and what the modules of `plugins.commands.entries` hold."""

from collections import defaultdict
from collections.abc import Mapping

from config.phrases import commands as phrases
from plugins.commands import help as helping
from plugins.commands.entries import (
    cards,
    filing,
    inbox,
    joining,
    modes,
    registry,
    reports,
    violations,
)
from plugins.commands.model import Ask, Command, Field, Reply, Who

_THEMES = (cards, inbox, filing, joining, modes, registry, reports, violations)


async def show_help(ask: Ask) -> Reply:
    """List what the asker may use here, or explain one entry of it."""
    wanted = ask.values.get("命令")
    if not isinstance(wanted, str):
        return Reply(helping.overview(COMMANDS, ask.who, ask.group_id))
    known = [one for one in BY_NAME.get(wanted, ()) if helping.may(one, ask.who)]
    return Reply("\n\n".join(helping.explain(one) for one in known) if known else phrases.NEUTRAL)


COMMANDS: tuple[Command, ...] = (
    Command(
        "帮助",
        frozenset({Who.ANYONE}),
        "看能用的命令；“帮助 命令”看一个命令的写法",
        show_help,
        fields=(Field("命令", "command"),),
        aliases=("help", "命令", "菜单"),
        examples=("帮助 待办",),
    ),
    *(command for theme in _THEMES for command in theme.COMMANDS),
)


def _by_name() -> Mapping[str, tuple[Command, ...]]:
    found: defaultdict[str, list[Command]] = defaultdict(list)
    for command in COMMANDS:
        for name in (command.name, *command.aliases):
            found[name].append(command)
    return {name: tuple(commands) for name, commands in found.items()}


BY_NAME: Mapping[str, tuple[Command, ...]] = _by_name()
