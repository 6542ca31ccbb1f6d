"""`/console/summary` 汇总: a period in figures and charts, each bar a link to its cases; files."""

from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from config.phrases import reports as words
from plugins.console import charts, looks
from plugins.console.door import may
from plugins.console.forms import query
from regulation.duties import DUTIES, Code
from regulation.periods import Period, month_of
from regulation.summary import read_period
from services.console.sessions import Visitor
from services.context import get_app
from services.naming import group_names
from services.reports import figures, picture, tables
from services.reports.filters import PERIODS, Filters, period_label

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("违规汇总"))]
Exporter = Annotated[Visitor, Depends(may("导出"))]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONTHS = 12
MOST_BARS = 12


def _period(request: Request) -> tuple[Period, str]:
    app, word = get_app(), query(request, "period") or "本月"
    return read_period(word, app.now()) or month_of(app.now().date()), word


@router.get("/summary")
async def show(request: Request, me: Reader) -> Response:
    """Show a period's figures."""
    app = get_app()
    period, word = _period(request)
    found = await figures.load(app, period, Filters(), months=MONTHS)
    named = [*found.by_group, *found.unknown_groups]
    groups = await app.database.look(partial(group_names, group_ids=named))

    def cases(period: str = word, counted: str = "opened", **of: object) -> str:
        return looks.address("cases", period=period, counted=counted, **of)

    clauses = [
        (f"{code} {DUTIES[Code(code)].title}", n, cases(code=code)) for code, n in found.by_clause.items()
    ]
    departments = [(name, n, cases(department=name)) for name, n in found.by_department.items()]
    by_group = [(groups[one], n, cases(group=one)) for one, n in found.by_group.items()]
    trend = [
        (month, (opened, cases(month)), (closed, cases(month, "closed")))
        for month, opened, closed in found.trend
    ]
    return looks.page(
        request, "summary.html", me=me, figures=found, label=period_label(period), word=word,
        periods=PERIODS, clauses=charts.bars(clauses[:MOST_BARS]),
        departments=charts.bars(departments[:MOST_BARS]), groups=charts.bars(by_group[:MOST_BARS]),
        trend=charts.columns(trend), unknown=[groups[one] for one in found.unknown_groups],
    )  # fmt: skip


@router.get("/summary/workbook")
async def workbook(request: Request, me: Exporter) -> Response:
    """Return the period's workbook."""
    del me
    app = get_app()
    period, _ = _period(request)
    found = await figures.load(app, period, Filters())
    data = await tables.summary_workbook(app, found, Filters(), app.now())
    return _file(data, f"违规汇总-{period_label(period)}.xlsx", XLSX)


@router.get("/summary/picture")
async def drawn(request: Request, me: Reader) -> Response:
    """Return the period's picture."""
    del me
    app = get_app()
    period, _ = _period(request)
    found = await figures.load(app, period, Filters())
    data = await picture.render(found, period_label(period), app.now())
    return _file(data, f"违规汇总-{period_label(period)}.png", "image/png")


@router.get("/export/{kind}")
async def export(request: Request, me: Exporter, kind: str) -> Response:
    """Return one of the tables that `导出` sends: violations and fines of a period, filings, employees."""
    del me
    if kind not in tables.KINDS:
        raise HTTPException(404)
    app = get_app()
    period, _ = _period(request)
    made = await tables.export(app, kind, period, app.now())
    return _file(made.data, words.FILE_NAME.format(what=made.name, stamp=f"{app.now():%Y%m%d-%H%M}"), XLSX)


def _file(data: bytes, name: str, kind: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(data, media_type=kind, headers={"Content-Disposition": disposition})
