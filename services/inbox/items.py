"""Everything that awaits somebody, brought to one form: what, who may settle it, since when, until when."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from config.phrases import inbox as phrases
from db.engine import Transaction
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.joining import early_admissions, inbox, requests
from db.queries.people import contests, offices
from services.app import App
from services.inbox import filing_items, staff_items
from services.inbox.item import Desk, Item
from services.inbox.join_hints import known_as, near_names
from services.people.heads import heads_for
from services.people.roles import admin_staff, counts_as_officer, heads_reached

UNSEEN_POLLS = 3
LETTERS = ("J", "B", "E", "I", "Q", "R", "P", "S")


async def desk_for(app: App, tx: Transaction, rows: Sequence[dict[str, Any]]) -> Desk:
    """Look up what describing these rows needs."""
    meant = [
        one["group_id"] for row in rows for one in (row, *row.get("removals", ())) if one.get("group_id")
    ]
    group_ids = sorted(set(meant))
    groups = await group_rows.get_many(tx, group_ids) if group_ids else {}
    officers = await offices.officers(tx, group_ids)
    return Desk(app, tx, frozenset(await admin_staff(app, tx)), groups, officers)


async def open_items(app: App, tx: Transaction, letters: Sequence[str] = LETTERS) -> list[Item]:
    """Return every item (of these letters) that awaits somebody, the longest waiting first."""
    found: list[Item] = []
    for letter in letters:
        source = SOURCES[letter]
        rows = await source.waiting(tx)
        if rows:
            desk = await desk_for(app, tx, rows)
            found += [await source.item(desk, row) for row in rows]
    return sorted(found, key=lambda item: (item.since, item.letter, item.id))


async def find(app: App, tx: Transaction, letter: str, item_id: int) -> Item | None:
    """Return one item, settled or not, or None when there is none."""
    source = SOURCES.get(letter)
    row = await source.get(tx, item_id) if source is not None and item_id > 0 else None
    if source is None or row is None:
        return None
    return await source.item(await desk_for(app, tx, [row]), row)


async def _join(desk: Desk, row: dict[str, Any]) -> Item:
    able = [u for u in desk.officers.get(row["group_id"], ()) if counts_as_officer(desk.app, u)]
    officers, staff_only = frozenset(able), row["row"] == 6
    tell = tuple(able[:1]) if able and not staff_only else tuple(sorted(desk.staff))
    return Item(
        "J",
        row["id"],
        _join_line(desk, row),
        row["group_id"],
        row["asked_at"],
        desk.staff if staff_only else desk.staff | officers,
        tell=tell,
        viewers=officers if staff_only else frozenset(),
        officers=not staff_only,
        open=row["state"] == "waiting",
        settled_by=row["settled_by"],
        settled_at=row["settled_at"] or row["asked_at"],
        settled_as="elsewhere" if row["state"] == "elsewhere" else row["settled_as"] or row["verdict"],
    )


def _join_line(desk: Desk, row: dict[str, Any]) -> str:
    employee = desk.app.registry.by_no.get(row["employee_no"] or "")
    employee = employee or desk.app.registry.employee_of(row["user_id"])
    comment = " ".join(row["comment"].split())[:80]
    return phrases.JOIN.format(
        group=desk.group(row["group_id"]),
        qq=row["user_id"],
        nickname=phrases.JOIN_NICKNAME.format(nickname=row["nickname"][:20]) if row["nickname"] else "",
        comment=phrases.JOIN_COMMENT.format(comment=comment) if comment else "",
        known=known_as(desk.app, employee, row["row"]),
        near="" if employee else near_names(desk.app, row["comment"]),
        unseen=_unseen(desk, row),
        advice=phrases.JOIN_ADVICE.get(row["row"], phrases.JOIN_ADVICE[1]),
    )


def _unseen(desk: Desk, row: dict[str, Any]) -> str:
    """Return when QQ's lists last showed a request that several of them have lacked by now."""
    since = timedelta(seconds=max(UNSEEN_POLLS * desk.app.policy.poll.requests_seconds, 600))
    if row["state"] != "waiting" or desk.app.now() - row["seen_at"] < since:
        return ""
    return phrases.JOIN_UNSEEN.format(when=row["seen_at"].strftime("%m-%d %H:%M"))


async def _early(desk: Desk, row: dict[str, Any]) -> Item:
    heads = heads_reached(desk.app, await heads_for(desk.app, desk.tx, row["group_id"]))
    employee = desk.app.registry.by_no.get(row["employee_no"])
    what = phrases.EARLY.format(
        group=desk.group(row["group_id"]),
        department=employee.department if employee else "",
        name=employee.name if employee else row["employee_no"],
        reason=phrases.EARLY_REASON.format(reason=row["reason"][:80]) if row["reason"] else "",
    )
    return Item(
        "E",
        row["id"],
        what,
        row["group_id"],
        row["asked_at"],
        frozenset(heads) | desk.app.superusers() if heads else desk.staff,
        tell=heads or tuple(sorted(desk.staff)),
        open=row["state"] == "waiting",
        settled_by=None if row["settled_by"] is None else str(row["settled_by"]),
        settled_at=row["settled_at"],
        settled_as=row["state"],
    )


@dataclass(frozen=True, slots=True)
class Source:
    """Where the items of one letter come from."""

    waiting: Callable[[Transaction], Awaitable[list[dict[str, Any]]]]
    get: Callable[[Transaction, int], Awaitable[dict[str, Any] | None]]
    item: Callable[[Desk, dict[str, Any]], Awaitable[Item]]


SOURCES: dict[str, Source] = {
    "J": Source(requests.unsettled, requests.get, _join),
    "B": Source(filings.waiting, filings.get, filing_items.filing),
    "E": Source(early_admissions.waiting, early_admissions.get, _early),
    "I": Source(inbox.imports_waiting, inbox.import_, staff_items.import_),
    "Q": Source(contests.waiting, contests.get, staff_items.contest),
    "R": Source(inbox.batches_waiting, inbox.batch, staff_items.batch),
    "P": Source(inbox.penalties_waiting, inbox.penalty, staff_items.penalty),
    "S": Source(inbox.appeals_waiting, inbox.appeal, staff_items.appeal),
}
