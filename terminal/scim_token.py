"""The names and options of `cli.py scim-token …`; its work is in `scim_tokens`."""

from typing import Annotated

import typer

from terminal.edge import run

commands = typer.Typer(no_args_is_help=True, help="SCIM 发送方的令牌")


@commands.command("add")
def add(name: Annotated[str, typer.Argument(help="发送方，如 Entra")]) -> None:
    """生成令牌，只显示一次。"""
    from terminal.scim_tokens import add as work

    run(lambda app, out: work(app, name, out=out), with_registry=False)


@commands.command("list")
def show() -> None:
    """列出令牌。"""
    from terminal.scim_tokens import show as work

    run(lambda app, out: work(app, out=out), with_registry=False)


@commands.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="发送方")]) -> None:
    """作废令牌，立即生效。"""
    from terminal.scim_tokens import revoke as work

    run(lambda app, out: work(app, name, out=out), with_registry=False)
