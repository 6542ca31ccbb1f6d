"""The page of all terminal commands, written from the commands themselves."""

from typing import Any

import typer

from terminal.usage import arguments, meant, options, signature, told, written

_HEAD = """# 终端命令

由 `docs/generate.py` 从程序里写出，和 `--help` 说的一样。
在程序所在的文件夹里执行，前面加 `uv run cli.py`，例如 `uv run cli.py doctor`。
办成了退出码是 0，发现毛病是 1，命令写错是 2。
出错时只有一行字，说明原因和办法；要看细节，设置 `QUNGUI_DEBUG=1` 再试一次。

| 命令 | 做什么 |
|---|---|
"""
_OPTIONS = "\n## 各命令的选项\n"


def render_terminal_page(cli: typer.Typer) -> str:
    """Return the page as Markdown: one line a command, then its arguments and options."""
    found = list(_commands("", typer.main.get_command(cli)))
    lines = [f"| `{name}{signature(command)}` | {told(command)} |" for name, command in found]
    sections = [part for name, command in found if (part := _section(name, command))]
    return _HEAD + "\n".join(lines) + "\n" + _OPTIONS + "".join(sections)


def _commands(before: str, command: Any) -> list[tuple[str, Any]]:
    inner: dict[str, Any] = getattr(command, "commands", {})
    if not inner:
        return [(before, command)]
    own = [(before, command)] if before and command.invoke_without_command else []
    return own + [one for name, each in inner.items() for one in _commands(f"{before} {name}".strip(), each)]


def _section(name: str, command: Any) -> str:
    lines = [f"- `{one.metavar}`：{one.help}" for one in arguments(command) if one.help]
    lines += [f"- `{written(one)}`：{meant(one)}" for one in options(command)]
    return "" if not lines else f"\n### {name}\n\n" + "\n".join(lines) + "\n"
