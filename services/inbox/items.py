"""Everything that awaits somebody, brought to one form: what, who may settle it, since when, until when."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from config.phrases import inbox as phrases
from db.engine import Transaction
from db.queries.cases import appeals, batches, penalties
from db.queries.cases.batches import BatchRow
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.joining import early_admissions, requests
from db.queries.joining.early_admissions import AdmissionRow, AdmissionState
from db.queries.joining.requests import RequestRow, RequestState
from db.queries.people import contests, offices
from db.queries.people.contests import ContestRow
from db.queries.work import imports
from db.queries.work.imports import ImportHead
from regulation.claims.proofs import answers_in
from services.app import App
from services.inbox import filing_items, staff_items
from services.inbox.item import Desk, Item
from services.inbox.join_hints import known_as, near_names
from services.joining.heard import SEEN
from services.naming import moment
from services.people.heads import heads_for
from services.people.roles import admin_staff, counts_as_officer, heads_reached

Row = TypeVar("Row")
UNSEEN_POLLS = 3
LETTERS = ("J", "B", "E", "I", "Q", "R", "P", "S")


async def desk_for(app: App, tx: Transaction, group_ids: Iterable[int]) -> Desk:
    """Look up what describing items about these groups needs."""
    group_ids = sorted(set(group_ids))
    groups = await group_rows.names(tx, group_ids) if group_ids else {}
    officers = await offices.officers(tx, group_ids)
    return Desk(app, tx, frozenset(await admin_staff(app, tx)), groups, officers)


async def open_items(app: App, tx: Transaction, letters: Sequence[str] = LETTERS) -> list[Item]:
    """Return every item (of these letters) that awaits somebody, the longest waiting first."""
    sources = [SOURCES[letter] for letter in letters]
    waiting = [(source, row) for source in sources for row in await source.waiting(tx)]
    if not waiting:
        return []
    desk = await desk_for(app, tx, (group_id for source, row in waiting for group_id in source.groups(row)))
    found = [await source.item(desk, row) for source, row in waiting]
    return sorted(found, key=lambda item: (item.since, item.letter, item.id))


async def find(app: App, tx: Transaction, letter: str, item_id: int) -> Item | None:
    """Return one item, settled or not, or None when there is none."""
    source = SOURCES.get(letter)
    row = await source.get(tx, item_id) if source is not None and item_id > 0 else None
    if source is None or row is None:
        return None
    return await source.item(await desk_for(app, tx, source.groups(row)), row)


async def _join(desk: Desk, row: RequestRow) -> Item:
    able = [u for u in desk.officers.get(row.group_id, ()) if counts_as_officer(desk.app, u)]
    officers, staff_only = frozenset(able), row.row == 6
    tell = tuple(able[:1]) if able and not staff_only else tuple(sorted(desk.staff))
    return Item(
        "J",
        row.id,
        _join_line(desk, row),
        row.group_id,
        row.asked_at,
        desk.staff if staff_only else desk.staff | officers,
        tell=tell,
        viewers=officers if staff_only else frozenset(),
        officers=not staff_only,
        version=str(row.row),
        open=row.state is RequestState.WAITING,
        settled_by=row.settled_by,
        settled_at=row.settled_at or row.asked_at,
        settled_as=row.state if row.state is RequestState.ELSEWHERE else row.settled_as or row.verdict,
    )


def _join_line(desk: Desk, row: RequestRow) -> str:
    employee = desk.app.registry.by_no.get(row.employee_no or "")
    employee = employee or desk.app.registry.employee_of(row.user_id)
    comment = " ".join(answers_in(row.comment).split())[:80]
    return phrases.JOIN.format(
        group=desk.group(row.group_id),
        qq=row.user_id,
        nickname=phrases.JOIN_NICKNAME.format(nickname=row.nickname[:20]) if row.nickname else "",
        comment=phrases.JOIN_COMMENT.format(comment=comment) if comment else "",
        known=known_as(desk.app, employee, row.row),
        near="" if employee else near_names(desk.app, row.comment),
        unseen=_unseen(desk, row),
        advice=_advice(desk, row),
    )


def _advice(desk: Desk, row: RequestRow) -> str:
    if desk.app.registry.is_contested(row.user_id):
        return phrases.JOIN_CONTESTED
    return phrases.JOIN_ADVICE.get(row.row, phrases.JOIN_ADVICE[1])


def _unseen(desk: Desk, row: RequestRow) -> str:
    """Return when QQ's lists last showed a request that several of them have lacked by now."""
    since = SEEN + timedelta(seconds=UNSEEN_POLLS * desk.app.policy.poll.requests_seconds)
    if row.state is not RequestState.WAITING or desk.app.now() - row.seen_at < since:
        return ""
    return phrases.JOIN_UNSEEN.format(when=moment(row.seen_at))


async def _early(desk: Desk, row: AdmissionRow) -> Item:
    heads = heads_reached(desk.app, await heads_for(desk.app, desk.tx, row.group_id))
    employee = desk.app.registry.by_no.get(row.employee_no)
    what = phrases.EARLY.format(
        group=desk.group(row.group_id),
        department=employee.department if employee else "",
        name=employee.name if employee else row.employee_no,
        reason=phrases.REASON.format(reason=row.reason[:80]) if row.reason else "",
    )
    return Item(
        "E",
        row.id,
        what,
        row.group_id,
        row.asked_at,
        frozenset(heads) | desk.app.superusers() if heads else desk.staff,
        tell=heads or tuple(sorted(desk.staff)),
        open=row.state is AdmissionState.WAITING,
        settled_by=None if row.settled_by is None else str(row.settled_by),
        settled_at=row.settled_at,
        settled_as=row.state,
    )


@dataclass(frozen=True, slots=True)
class Source(Generic[Row]):
    """Where the items of one letter come from. `groups`: which groups one is about."""

    waiting: Callable[[Transaction], Awaitable[list[Row]]]
    get: Callable[[Transaction, int], Awaitable[Row | None]]
    item: Callable[[Desk, Row], Awaitable[Item]]
    groups: Callable[[Row], Iterable[int]]


class _OfGroup(Protocol):
    @property
    def group_id(self) -> int: ...


def _its_group(row: _OfGroup) -> Iterable[int]:
    return (row.group_id,)


def _no_group(row: ImportHead | ContestRow) -> Iterable[int]:
    return ()


def _groups_of_batch(row: BatchRow) -> Iterable[int]:
    return (one.group_id for one in row.removals)


SOURCES: dict[str, Source[Any]] = {
    "J": Source(requests.unsettled, requests.get, _join, _its_group),
    "B": Source(filings.waiting, filings.get, filing_items.filing, _its_group),
    "E": Source(early_admissions.waiting, early_admissions.get, _early, _its_group),
    "I": Source(imports.waiting, imports.head, staff_items.import_, _no_group),
    "Q": Source(contests.waiting, contests.get, staff_items.contest, _no_group),
    "R": Source(batches.waiting, batches.get, staff_items.batch, _groups_of_batch),
    "P": Source(penalties.proposed, penalties.get, staff_items.penalty, _its_group),
    "S": Source(appeals.waiting, appeals.get, staff_items.appeal, _its_group),
}
