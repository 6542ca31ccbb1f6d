"""How the terminal's commands say what they are for: `--help`, in Chinese from the first word to the last."""

from collections.abc import Sequence
from typing import Any

import typer
from rich.cells import cell_len
from typer.core import TyperCommand, TyperGroup

from config.phrases import usage as say


class _Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return help_of(self, ctx.command_path)


class _Group(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return help_of(self, ctx.command_path)


class Commands(typer.Typer):
    """A group of commands."""

    def __init__(self, text: str, *, bare_is_help: bool = True) -> None:
        super().__init__(
            cls=_Group,
            help=text,
            no_args_is_help=bare_is_help,
            add_completion=False,
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
        )

    def command(self, *args: Any, **more: Any) -> Any:
        """Add a command, as Typer does."""
        return super().command(*args, cls=_Command, **more)


def help_of(command: Any, path: str) -> str:
    """Return what `--help` prints of a command or a group of them, called by `path`."""
    inner: dict[str, Any] = getattr(command, "commands", {})
    what = say.COMMAND if inner else say.OPTIONS
    words = f"{path} {f'[{what}]' if _can_be_bare(command) else what}{signature(command)}"
    parts = [say.USAGE.format(words=words), told(command)]
    parts.append(_listed("arguments", [(one.metavar, one.help or "") for one in arguments(command)]))
    parts.append(_listed("commands", [(name, told(each)) for name, each in inner.items()]))
    parts.append(
        _listed("options", [*((written(one), meant(one)) for one in options(command)), ("--help", say.HELP)])
    )
    return "\n\n".join(part for part in (*parts, say.FOOT if inner else "") if part)


def _can_be_bare(command: Any) -> bool:
    """Tell whether it does something without a further word."""
    return getattr(command, "invoke_without_command", True)


def _listed(head: str, rows: Sequence[tuple[str, str]]) -> str:
    widest = max((cell_len(name) for name, _ in rows), default=0)
    lines = [f"  {name}{' ' * (widest - cell_len(name))}  {text}".rstrip() for name, text in rows]
    return "\n".join([say.HEADS[head], *lines]) if lines else ""


def told(command: Any) -> str:
    """Return what a command does, in one line."""
    return " ".join((command.help or "").split())


def arguments(command: Any) -> list[Any]:
    return [one for one in command.params if one.param_type_name == "argument"]


def options(command: Any) -> list[Any]:
    """Return the options that have something to say."""
    return [one for one in command.params if one.param_type_name == "option" and one.help]


def signature(command: Any) -> str:
    """Return the arguments as they stand behind the command."""
    return "".join(f" {one.metavar}" if one.required else f" [{one.metavar}]" for one in arguments(command))


def written(option: Any) -> str:
    """Return an option as it is typed, with a name for its value."""
    names = " / ".join((*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} {option.metavar}"


def meant(option: Any) -> str:
    """Return what an option means, with its bounds and its default."""
    bounds = [] if option.min is None else [say.RANGE.format(least=option.min, most=option.max)]
    notes = bounds + _default(option)
    return option.help + (say.NOTE.format(listed="，".join(notes)) if notes else "")


def _default(option: Any) -> list[str]:
    """Return the default of an option where it has one that its own words leave out."""
    value = option.default
    plain = value is not None and not isinstance(value, bool) and not callable(value)
    return [say.DEFAULT.format(value=value)] if plain and "默认" not in option.help else []
