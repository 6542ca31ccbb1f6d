"""What the page of the trail shows: who did what when and from where; as a file, too."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from config.phrases import console as say
from config.phrases.imports import COUNTED
from db.queries.console import trail as rows
from regulation.periods import Period
from services.app import App
from services.naming import short
from services.pages import cut
from services.people import roles

PAGE = 50
_LONGEST = 200
_COUNTS = COUNTED | say.COUNTS
MOST_EXPORTED = 100_000


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of the trail, in words."""

    id: int
    at: datetime
    by: str
    source: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """One page of the trail."""

    lines: Sequence[TrailLine]
    below: int | None


async def page(
    app: App, *, period: Period | None, source: str, text: str, below: int | None, limit: int = PAGE
) -> TrailPage:
    """Return a page of the trail, the newest first. `text`: a person's name or QQ, an id, or an action."""
    wanted = rows.Wanted(
        since=None if period is None else period.start,
        until=None if period is None else period.end,
        source=source,
        actors=_meant(app, text),
        text=text,
    )
    async with app.database.reading() as tx:
        found = await rows.listed(tx, wanted, limit=limit + 1, below=below)
    shown, more = cut(found, limit)
    return TrailPage([_line(app, one) for one in shown], more)


def _meant(app: App, text: str) -> tuple[str, ...]:
    """Return the actors that a name means."""
    people = app.registry.named(text) if text else ()
    return tuple(str(qq) for one in people for qq in app.registry.qqs_of(one.employee_no))


def _line(app: App, one: rows.Line) -> TrailLine:
    return TrailLine(
        id=one.id,
        at=one.at,
        by=roles.actor_name(app, one.actor),
        source=say.SOURCES.get(one.source, one.source),
        action=say.ACTIONS.get(one.action, one.action),
        subject=one.subject,
        detail=_detail(one.detail),
    )


def _detail(detail: Mapping[str, Any]) -> str:
    said = [
        (say.DETAILS.get(key, key), value)
        for key, value in detail.items()
        if key != "file_hash" and value not in (None, "", {})
    ]
    return "；".join(f"{key} {_said(value)}" for key, value in said)


def _said(value: Any) -> str:
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return "，".join(f"{_COUNTS.get(key, key)} {inner}" for key, inner in pairs if inner)
    return short(str(value), _LONGEST)


async def export(app: App, *, period: Period | None, source: str, text: str) -> bytes:
    """Return the lines meant as CSV that spreadsheets read, the newest first."""
    found = await page(app, period=period, source=source, text=text, below=None, limit=MOST_EXPORTED)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(say.TRAIL_COLUMNS)
    for one in found.lines:
        cells = (f"{one.at:%Y-%m-%d %H:%M:%S}", one.by, one.source, one.action, one.subject, one.detail)
        writer.writerow([_harmless(cell) for cell in cells])
    return file.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
