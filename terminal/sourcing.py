"""`cli.py sources`: where the registry comes from, what each last brought; one pull now."""

import sys

from rich.console import Console

from config.phrases.sources import TERMINAL
from db.queries.work import imports, sources
from services.app import App
from services.imports.sources import configured, overview
from services.imports.sources.model import Outcome
from services.imports.sources.pulling import pull

_WELL = (Outcome.APPLIED, Outcome.UNCHANGED, Outcome.NOTHING_NEW)


async def show(app: App, out: Console) -> int:
    """Print a line a source."""
    async with app.database.reading() as tx:
        told = overview.look(await sources.all_rows(tx), app.policy)
    for one in told:
        out.print(one.line, markup=False)
    if not told:
        out.print(TERMINAL["none"], markup=False)
    return 0 if all(one.ok for one in told) else 1


async def pull_one(app: App, name: str, *, yes: bool, out: Console) -> int:
    """Read a source now. 0 where all is done, 1 where something failed or waits, 2 for an unknown name."""
    names = configured.names(app.policy.sources)
    if name not in names:
        sys.stderr.write(TERMINAL["unknown"].format(name=name, names="、".join(names) or "-") + "\n")
        return 2
    done = await pull(app, configured.open_source(app, name), by="terminal", ask=not yes)
    if done.outcome is Outcome.WAITING and done.import_id is not None:
        await _show_preview(app, done.import_id, out)
    if done.outcome in _WELL or (done.outcome is Outcome.WAITING and not yes):
        out.print(done.text, markup=False)
        return 0
    sys.stderr.write(done.text + "\n")
    return 1


async def _show_preview(app: App, import_id: int, out: Console) -> None:
    async with app.database.reading() as tx:
        row = await imports.head(tx, import_id)
    if row is not None:
        out.print(row.preview, markup=False)
