"""`cli.py trail …`: is the record unbroken? And its head, for whoever keeps it elsewhere."""

import csv
import sys
from pathlib import Path

from rich.console import Console

from config.phrases import trail as say
from db.ledger import Misfit
from services import trail
from services.app import App


async def verify(app: App, out: Console, *, head: str | None) -> int:
    """Verify the ledger, and that it still holds a line told before (`128:9f86…`); 1 where it doesn't fit."""
    found = await trail.verify(app)
    if found.misfit is not None:
        return _fail(worded(found.misfit))
    if head is not None and not await trail.holds(app, head):
        return _fail(say.NO_SUCH_LINE.format(head=head))
    out.print(say.WHOLE.format(head=found.head))
    return 0


async def export(app: App, out: Console, *, file: Path) -> int:
    """Write every line of the ledger, oldest first; the last is the head."""
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(say.COLUMNS)
        async for line in trail.lines(app):
            writer.writerow(line)
            count += 1
    out.print(say.EXPORTED.format(count=count, path=file))
    return 0


def worded(misfit: Misfit) -> str:
    """Return the sentence that names the first line that does not fit."""
    what = say.SOURCES[misfit.source].format(id=misfit.row_id)
    where = say.LINE.format(seq=misfit.seq) if misfit.seq is not None else say.NO_LINE
    return where + say.WHY[misfit.why].format(what=what)


def _fail(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1
