"""The README's table of commands, from the table itself."""

from config.phrases import commands as phrases
from plugins.commands.help import signature
from plugins.commands.model import Command, Who
from plugins.commands.table import COMMANDS


def render_commands_table() -> str:
    """Return the Markdown table of every command: how it is written, who, where, what for."""
    return "\n".join([phrases.TABLE_HEAD, *(_row(command) for command in COMMANDS)])


def _row(command: Command) -> str:
    who = "、".join(kind.value for kind in Who if kind in command.who)
    where = phrases.WHERE[command.where.value]
    cells = (f"`{command.name}{signature(command)}`", who, where, command.help)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
