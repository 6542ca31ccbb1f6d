"""A whole summary in one go: figures, text, picture and, where wanted, workbook."""

from dataclasses import dataclass

from regulation.summary import Figures, Period
from services.app import App
from services.reports import figures as load
from services.reports import picture, tables, text
from services.reports.filters import Filters
from services.reports.naming import group_names


@dataclass(frozen=True, slots=True)
class Summary:
    """One summary. `public` holds counts only; `image` is PNG."""

    figures: Figures
    text: str
    public: str
    image: bytes


async def summary(app: App, period: Period, filters: Filters) -> Summary:
    """Return the summary of a period, all from the same figures."""
    found = await load.load(app, period, filters)
    async with app.database.reading() as tx:
        names = await group_names(tx, list(found.by_group)[: text.TOP])
    image = await picture.render(found, text.heading(found, filters), app.now())
    return Summary(found, text.summary_text(found, filters, names), text.counts(found), image)


async def workbook(app: App, summarised: Summary, filters: Filters) -> bytes:
    """Return the workbook of a summary."""
    return await tables.summary_workbook(app, summarised.figures, filters, app.now())
