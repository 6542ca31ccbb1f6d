"""The audit trail as the console lists it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_

from db.engine import Transaction
from db.tables.work import audit_trail as table
from db.values import ABOVE_ALL, Reader, newest


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: all that is given must hold. `text`: an actor, subject or action; or one of `actors`."""

    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    actors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail, as stored."""

    id: int
    at: datetime
    actor: str
    source: str
    action: str
    subject: str
    detail: Mapping[str, Any]


_LINES = Reader(Line, table)
_NEWEST = newest(_LINES, table)


async def listed(tx: Transaction, wanted: Wanted, *, limit: int, below: int | None) -> list[Line]:
    """Return lines, the newest first; `below`: only those with a smaller id."""
    given = {"below": below or ABOVE_ALL, "most": limit}
    if conditions := _conditions(wanted):
        return await _LINES.all(tx, _NEWEST.where(*conditions).params(given))
    return await _LINES.all(tx, _NEWEST, given)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.since is not None and wanted.until is not None:
        found += [table.c.at >= wanted.since, table.c.at < wanted.until]
    if wanted.source:
        found.append(table.c.source == wanted.source)
    if wanted.text:
        words = (table.c.actor, table.c.subject, table.c.action)
        subject = [table.c.subject == f"{letter}{wanted.text}" for letter in ("QQ", "G")]
        named = (table.c.actor.in_(wanted.actors), table.c.subject.in_(wanted.subjects))
        found.append(or_(*(one == wanted.text for one in words), *subject, *named))
    return found
