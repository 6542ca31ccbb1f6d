"""The terminal's edge: an App for one command, exit codes, and one plain line for whatever went wrong."""

import asyncio
import gc
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from config.oserrors import said
from config.phrases.health import CANNOT_OPEN
from db.faults import Fault, is_database_fault, kind_of
from services.app import App
from services.running.startup import StartError, open_app


def run(work: Callable[[App, Console], Awaitable[int]], *, with_registry: bool = True) -> None:
    """Open the App, do the work, close; exit with its code, or with 1 and one line."""

    async def whole() -> int:
        # Hundreds of thousands of small values are made and none of them in circles.
        gc.set_threshold(200_000, 50, 50)
        app = await open_app(with_registry=with_registry)
        try:
            return await work(app, Console(highlight=False, soft_wrap=True))
        finally:
            await app.database.close()

    try:
        code = asyncio.run(whole())
    except StartError as error:
        code = fail(str(error))
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        # The terminal's edge: whatever it was is one plain line; QUNGUI_DEBUG=1 shows the rest.
        if os.environ.get("QUNGUI_DEBUG"):
            raise
        code = fail(f"没有做成：{cause_of(error)}")
    raise typer.Exit(code)


def fail(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1


def existing(path: Path) -> Path:
    """Exit with 2 when there is no such file."""
    if not path.is_file():
        sys.stderr.write(f"没有这个文件：{path}\n")
        raise typer.Exit(2)
    return path


def file_or_undo(path: Path | None, undo: str | None, called: str) -> Path | None:
    """Return the file given, None where an import is to be undone; exit with 2 unless it is one of them."""
    if (path is None) == (undo is None):
        sys.stderr.write(f"请写{called}文件，或 --undo I7，二选一\n")
        raise typer.Exit(2)
    return None if path is None else existing(path)


def cause_of(error: Exception) -> str:
    """Return why something went wrong, in words, as far as an error tells."""
    if is_database_fault(error) and (kind := kind_of(error)) is not Fault.OTHER:
        return "数据库：" + CANNOT_OPEN[kind]
    if isinstance(error, OSError):
        return f"{error.filename}：{said(error)}" if error.filename else said(error)
    if is_database_fault(error):
        return "数据库读写出错；" + CANNOT_OPEN[Fault.OTHER]
    return "程序出了意外的错；设置 QUNGUI_DEBUG=1 再试一次可以看到细节"


def wrong_usage(error: typer.TyperException) -> str:
    """Return what was wrong with the words typed, in one line.

    Typer keeps the classes of these errors to itself (its own copy of click), so they go by their names.
    """
    kind, message = type(error).__name__, error.message
    if kind == "NoArgsIsHelpError":
        return message
    parameter = getattr(error, "param", None)
    name = getattr(error, "option_name", "") or ("" if parameter is None else _named(parameter))
    named = re.search(r"'([^']*)'", message)
    what = {
        "NoSuchOption": f"没有这个选项：{name}",
        "MissingParameter": f"少写了 {name}",
        "BadParameter": f"{name} 写得不对",
        "BadOptionUsage": f"{name} 后面要写值",
    }.get(kind, f"没有这个命令：{named[1]}" if named and "command" in message else "多写了东西")
    return f"{what}；加 --help 看用法"


def _named(parameter: Any) -> str:
    """Return what stands for an argument in `--help`, or the option's own name."""
    return parameter.metavar if parameter.param_type_name == "argument" else parameter.opts[-1]
