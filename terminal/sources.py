"""`cli.py sources`: where the registry comes from, what each last brought; one pull now.

What reads rosters is imported when a source is asked for: every other command starts without it.
"""

import sys
from typing import Annotated

import typer
from rich.console import Console

from config.phrases.sources import TERMINAL
from db.queries.work import imports, sources
from services.app import App
from terminal.edge import run
from terminal.usage import Commands

commands = Commands("名册从哪里来：列出来源，和各自最近一次带来了什么。", bare_is_help=False)
_NAME = "folder、ldap、dingtalk；几种文件名时如 folder:华东*.xlsx"


@commands.callback(invoke_without_command=True)
def _list(context: typer.Context) -> None:
    """列出名册的来源，和各自最近一次带来了什么。"""
    if context.invoked_subcommand is None:
        run(show, with_registry=False)


@commands.command("pull")
def _pull(
    name: Annotated[str, typer.Argument(metavar="来源", help=_NAME)],
    yes: Annotated[bool, typer.Option("--yes", help="不超过安全上限就直接生效；不写则等行政部同意")] = False,
) -> None:
    """现在就读一次。"""
    # Compared with the database itself, as a roster is: the index would only take room.
    run(lambda app, out: pull_one(app, name, yes=yes, out=out), with_registry=False)


async def show(app: App, out: Console) -> int:
    """Print a line a source."""
    from services.imports.sources import overview

    async with app.database.reading() as tx:
        told = overview.look(app, await sources.all_rows(tx))
    for one in told:
        out.print(one.line, markup=False)
    if not told:
        out.print(TERMINAL["none"], markup=False)
    return 0 if all(one.ok for one in told) else 1


async def pull_one(app: App, name: str, *, yes: bool, out: Console) -> int:
    """Read a source now. 0 where all is done, 1 where something failed or waits, 2 for an unknown name."""
    from services.imports.sources import configured
    from services.imports.sources.model import Outcome
    from services.imports.sources.pulling import pull

    names = configured.names(app.policy.sources)
    if name not in names:
        said = TERMINAL["unknown" if names else "unknown_none"]
        sys.stderr.write(said.format(name=name, names="、".join(names)) + "\n")
        return 2
    source = configured.open_source(app, name)
    done = await pull(app, source, by="terminal", ask=not yes, reload=False)
    waits = done.outcome is Outcome.WAITING
    if waits and done.import_id is not None:
        await _show_preview(app, done.import_id, out)
    if done.outcome in (Outcome.APPLIED, Outcome.UNCHANGED, Outcome.NOTHING_NEW) or (waits and not yes):
        out.print(done.text, markup=False)
        return 0
    sys.stderr.write(done.text + "\n")
    return 1


async def _show_preview(app: App, import_id: int, out: Console) -> None:
    async with app.database.reading() as tx:
        row = await imports.head(tx, import_id)
    if row is not None:
        out.print(row.preview, markup=False)
