"""`/console/trail` 记录: who did what when and from where, filtered, and as a file."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from config.phrases import console as say
from plugins.console import looks
from plugins.console.door import may
from plugins.console.forms import number, query
from regulation.summary import read_period
from services.console import trail
from services.console.sessions import Visitor
from services.context import get_app
from services.reports.filters import PERIODS

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("记录"))]


def _given(request: Request) -> dict[str, str]:
    return {name: query(request, name) for name in ("period", "source", "q")}


@router.get("/trail")
async def show(request: Request, me: Reader) -> Response:
    """Show the trail."""
    app, given = get_app(), _given(request)
    period = read_period(given["period"], app.now()) if given["period"] else None
    why = say.NO_PERIOD if given["period"] and period is None else ""
    page = await trail.page(
        app, period=period, source=given["source"], text=given["q"], below=number(request, "below")
    )
    choices = {"sources": say.SOURCES, "periods": PERIODS}
    return looks.page(request, "trail.html", me=me, page=page, given=given, choices=choices, why=why)


@router.get("/trail/export")
async def export(request: Request, me: Reader) -> Response:
    """Return the lines meant as a file."""
    del me
    app, given = get_app(), _given(request)
    period = read_period(given["period"], app.now()) if given["period"] else None
    data = await trail.export(app, period=period, source=given["source"], text=given["q"])
    name = f"trail-{app.now():%Y%m%d-%H%M}.csv"
    return Response(
        data,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )
