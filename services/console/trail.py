"""What the page of the trail shows: who did what when and from where; as a file, too."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from config.phrases import console as say
from config.phrases.imports import COUNTED
from db.engine import Transaction
from db.queries.console import trail as rows
from regulation.duties import DUTIES, Code
from regulation.periods import Period
from services.app import App
from services.naming import groups_numbered, person, short
from services.people import roles
from services.talk.pages import cut

PAGE = 30
_LONGEST = 200
_COUNTS = COUNTED | say.COUNTS
MOST_EXPORTED = 100_000
# A number alone is an employee's, but for these.
_OF_QQ = ("identity.bind", "identity.unbind")
_GROUP, _QQ = re.compile(r"G[0-9]{5,12}"), re.compile(r"(?:QQ|qq:)([1-9][0-9]{4,10})")


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
    actors, subjects = _meant(app, text)
    wanted = rows.Wanted(
        since=None if period is None else period.start,
        until=None if period is None else period.end,
        source=source,
        actors=actors,
        subjects=subjects,
        text=text,
    )

    async def read(tx: Transaction) -> TrailPage:
        found = await rows.listed(tx, wanted, limit=limit + 1, below=below)
        names = await groups_numbered(tx, {group for one in found for group in _groups(one)})
        shown, more = cut(found, limit)
        return TrailPage([_line(app, one, names) for one in shown], more)

    return await app.database.look(read)


def _groups(one: rows.Line) -> Iterator[int]:
    """Yield the groups that a line is about."""
    if _GROUP.fullmatch(one.subject):
        yield int(one.subject[1:])
    if isinstance(one.detail.get("group_id"), int):
        yield one.detail["group_id"]


def _meant(app: App, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the actors and the subjects that a name means."""
    people = app.registry.named(text) if text else ()
    qqs = tuple(str(qq) for one in people for qq in app.registry.qqs_of(one.employee_no))
    numbers = (one.employee_no for one in people)
    return qqs, (*numbers, *qqs, *(f"QQ{one}" for one in qqs))


def _line(app: App, one: rows.Line, groups: Mapping[int, str]) -> TrailLine:
    return TrailLine(
        id=one.id,
        at=one.at,
        by=roles.actor_name(app, one.actor),
        source=say.SOURCES.get(one.source, one.source),
        action=say.ACTIONS.get(one.action, one.action),
        subject=_subject(app, f"QQ{one.subject}" if one.action in _OF_QQ else one.subject, groups),
        detail="；".join(_details(app, one.detail, groups)),
    )


def _subject(app: App, subject: str, groups: Mapping[int, str]) -> str:
    """Return what a line is about as people call it: a group, a QQ number's or a number's holder, an item."""
    if subject == "all":
        return say.EVERYWHERE
    if _GROUP.fullmatch(subject):
        return groups[int(subject[1:])]
    if found := _QQ.fullmatch(subject):
        return person(app, int(found[1]))
    employee = app.registry.by_no.get(subject.removeprefix("no:"))
    return subject if employee is None else say.NAMED.format(name=employee.name, id=employee.employee_no)


def _details(app: App, detail: Mapping[str, Any], groups: Mapping[int, str]) -> Iterator[str]:
    for key, value in detail.items():
        if key == "file_hash" or value in (None, "", {}):
            continue
        if key == "group_id" and isinstance(value, int):
            text = groups[value]
        elif key == "employee_no":
            text = _subject(app, str(value), groups)
        elif key == "code" and value in set(Code):
            text = f"{value} {DUTIES[Code(value)].title}"
        elif key == "until" and "T" in str(value):
            # The moment it ends; people say the last day.
            text = f"{datetime.fromisoformat(str(value)) - timedelta(seconds=1):%Y-%m-%d}"
        elif key in say.VALUES:
            text = say.VALUES[key].get(str(value), str(value))
        else:
            text = _said(value)
        yield f"{say.DETAILS.get(key, key)} {text}"


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
