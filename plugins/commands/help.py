"""What `帮助` says: exactly what the asker may use here, or one entry in full."""

from collections.abc import Mapping, Sequence

from config.phrases import commands as phrases
from plugins.commands.model import Command, Field, Where
from plugins.commands.parse import example_of
from plugins.commands.permit import fits_here, may
from services.people.roles import Who

# More would be two screens of a phone.
MOST_LINES = 15


def usable(commands: Sequence[Command], who: frozenset[Who], group_id: int | None) -> list[Command]:
    """Return the entries that this asker may use in this place."""
    return [command for command in commands if may(command, who) and fits_here(command, group_id)]


def overview(themes: Mapping[str, Sequence[Command]], who: frozenset[Who], group_id: int | None) -> str:
    """Return what the asker may use here: one line an entry, or where that is too long, a theme."""
    found = {title: usable(commands, who, group_id) for title, commands in themes.items()}
    lines = [
        phrases.HELP_LINE.format(name=command.name, fields=signature(command), help=command.help)
        for commands in found.values()
        for command in commands
    ]
    if len(lines) > MOST_LINES - 2:
        lines = [
            phrases.HELP_THEME.format(title=title, names="、".join(_once(commands)))
            for title, commands in found.items()
            if commands
        ]
    foot = phrases.HELP_FOOT_PRIVATE if group_id is None else phrases.HELP_FOOT_GROUP
    return "\n".join([phrases.HELP_TITLE, *lines, foot])


def _once(commands: Sequence[Command]) -> list[str]:
    return list(dict.fromkeys(command.name for command in commands))


def explain(command: Command, group_id: int | None) -> str:
    """Return one entry in full: how it is written, what it does, an example where it may be written."""
    parts = [
        phrases.HELP_ONE.format(
            name=command.name, fields=signature(command), help=command.long_help or command.help
        )
    ]
    if command.aliases:
        parts.append(phrases.HELP_ALIASES.format(names="、".join(command.aliases)))
    if not fits_here(command, group_id):
        parts.append(wrong_place(command))
    elif command.fields:
        examples = command.examples or (example_of(command),)
        parts.append(phrases.HELP_EXAMPLES.format(examples="；".join(examples)))
    return "\n".join(parts)


def wrong_place(command: Command) -> str:
    """Return where an entry may be used, to somebody who asks elsewhere."""
    only = phrases.ONLY_GROUP if command.where is Where.GROUP else phrases.ONLY_PRIVATE
    return only.format(name=command.name)


def signature(command: Command) -> str:
    """Return how an entry's fields are written: ` 工号 [日期] [群=…]`."""
    return "".join(f" {_shown(field)}" for field in command.fields)


def _shown(field: Field) -> str:
    named = field.name if field.required or field.rest else f"{field.name}=…"
    return named if field.required else f"[{named}]"
