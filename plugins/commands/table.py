"""The one table of chat commands, from the modules of `plugins.commands.entries`."""

from collections import defaultdict
from collections.abc import Mapping

from plugins.commands.entries import (
    cards,
    common,
    filing,
    inbox,
    joining,
    modes,
    registry,
    reports,
    violations,
)
from plugins.commands.model import Command

_THEMES = (common, cards, inbox, filing, joining, modes, registry, reports, violations)

COMMANDS: tuple[Command, ...] = tuple(command for theme in _THEMES for command in theme.COMMANDS)


def _by_name() -> Mapping[str, tuple[Command, ...]]:
    found: defaultdict[str, list[Command]] = defaultdict(list)
    for command in COMMANDS:
        for name in (command.name, *command.aliases):
            found[name].append(command)
    return {name: tuple(commands) for name, commands in found.items()}


BY_NAME: Mapping[str, tuple[Command, ...]] = _by_name()
