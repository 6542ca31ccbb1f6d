"""The names and options of `cli.py sources …`; its work is in `sourcing`."""

from typing import Annotated

import typer

from terminal.edge import run

commands = typer.Typer(help="名册从哪里来")
_NAME = "来源：folder、ldap、dingtalk；几种文件名时如 folder:华东*.xlsx"


@commands.callback(invoke_without_command=True)
def show(context: typer.Context) -> None:
    """列出名册的来源，和各自最近一次带来了什么。"""
    if context.invoked_subcommand is None:
        from terminal.sourcing import show as work

        run(work, with_registry=False)


@commands.command("pull")
def pull(
    name: Annotated[str, typer.Argument(help=_NAME)],
    yes: Annotated[bool, typer.Option("--yes", help="不超过刹车就直接生效；不写则等行政部同意")] = False,
) -> None:
    """现在就读一次。"""
    from terminal.sourcing import pull_one as work

    run(lambda app, out: work(app, name, yes=yes, out=out))
