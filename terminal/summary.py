"""`cli.py summary`: the violation summary in the terminal, as text, JSON, workbook, picture."""

import asyncio
import json
import re
import sys
from pathlib import Path

from rich.console import Console

from config.phrases import reports as say
from db.queries.groups import last_seen
from regulation.periods import month_of
from regulation.summary import Period, as_json, read_period
from services.app import App
from services.reports import figures, picture, tables, text
from services.reports.filters import Filters
from terminal.export import write_file

_MONTH = re.compile(r"\d{4}-\d{1,2}")


async def summary(
    app: App, *, month: str | None, as_json: bool, xlsx: Path | None, png: Path | None, out: Console
) -> int:
    """Print the summary of a month (this one when None); save workbook and picture where asked."""
    period = _period(app, month)
    if period is None:
        sys.stderr.write(say.TERMINAL["bad_month"].format(word=month) + "\n")
        return 2
    filters = Filters(period=period)
    found = await figures.load(app, period, filters)
    if as_json:
        sys.stdout.write(json.dumps(_json(found), ensure_ascii=False) + "\n")
    else:
        async with app.database.reading() as tx:
            names = await last_seen.names(tx)
        out.print(text.summary_text(found, filters, names), markup=False)
    saved = sys.stderr if as_json else sys.stdout
    if xlsx is not None:
        data = await tables.summary_workbook(app, found, filters, app.now())
        if not await asyncio.to_thread(write_file, xlsx, data, say.TERMINAL["saved_file"], saved):
            return 1
    if png is not None:
        data = await picture.render(found, text.heading(found, filters), app.now())
        if not await asyncio.to_thread(write_file, png, data, say.TERMINAL["saved_file"], saved):
            return 1
    return 0


def _period(app: App, month: str | None) -> Period | None:
    if month is None:
        return month_of(app.now().date())
    return read_period(month, app.now()) if _MONTH.fullmatch(month.strip()) else None


_json = as_json
