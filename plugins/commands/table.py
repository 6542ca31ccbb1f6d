"""The one table of chat commands, from the modules of `plugins.commands.entries`."""

from collections import defaultdict
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from plugins.commands.model import Command

_THEMES = (
    "common", "cards", "inbox", "filing", "joining", "modes", "registry", "reports", "violations",
)  # fmt: skip


def _gather() -> tuple[Command, ...]:
    found: list[Command] = []
    for theme in _THEMES:
        module = f"plugins.commands.entries.{theme}"
        if find_spec(module) is not None:
            found += import_module(module).COMMANDS
    return tuple(found)


COMMANDS: tuple[Command, ...] = _gather()


def _by_name() -> Mapping[str, tuple[Command, ...]]:
    found: defaultdict[str, list[Command]] = defaultdict(list)
    for command in COMMANDS:
        for name in (command.name, *command.aliases):
            found[name].append(command)
    return {name: tuple(commands) for name, commands in found.items()}


BY_NAME: Mapping[str, tuple[Command, ...]] = _by_name()
