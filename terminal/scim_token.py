"""`cli.py scim-token …`: who may send by SCIM."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from config.phrases.scim import TOKENS
from db.queries.people import scim as rows
from services.answer import Answer
from services.app import App
from services.imports.sources.scim import tokens
from terminal.edge import run
from terminal.usage import Commands

commands = Commands("SCIM 发送方的令牌")
_BY = {"by": "terminal", "source": "terminal"}


@commands.command("add")
def _add(name: Annotated[str, typer.Argument(metavar="名称", help="发送方，如 Entra")]) -> None:
    """生成令牌，只显示一次。"""
    run(lambda app, out: add(app, name, out=out), with_registry=False)


@commands.command("list")
def _list() -> None:
    """列出令牌。"""
    run(lambda app, out: show(app, out=out), with_registry=False)


@commands.command("revoke")
def _revoke(name: Annotated[str, typer.Argument(metavar="名称", help="发送方")]) -> None:
    """作废令牌，立即生效。"""
    run(lambda app, out: revoke(app, name, out=out), with_registry=False)


async def add(app: App, name: str, *, out: Console) -> int:
    """Make a token and show it, once. 0 done, 1 refused."""
    made = await tokens.add(app, name, **_BY)
    code = _say(made, out)
    if made.ok:
        out.print(made.token)
    return code


async def revoke(app: App, name: str, *, out: Console) -> int:
    """Revoke a token. 0 done, 1 there is none."""
    return _say(await tokens.revoke(app, name, **_BY), out)


async def show(app: App, *, out: Console) -> int:
    """List the tokens, a line each."""
    found = await app.database.look(rows.tokens)
    lines = [TOKENS["line"].format(name=one.name, text=tokens.words(app, one)) for one in found]
    for line in lines or [TOKENS["none"]]:
        out.print(line)
    return 0


def _say(answer: Answer, out: Console) -> int:
    if answer.ok:
        out.print(answer.text)
        return 0
    sys.stderr.write(answer.text + "\n")
    return 1
