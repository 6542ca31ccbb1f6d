"""Cases and fines counted for summaries: each figure is a range of an index that holds all it asks.

None needs the rows themselves: on 100,000 cases that is the difference between a hundredth and a third of a
second. What was dismissed as wrong never was, and counts nowhere. There is little of it: it has a small index
of its own and is taken off, for to look at the closure of every entry costs two thirds more than to count it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, or_, select

from db.engine import Transaction
from db.queries.cases.case_reports import Wanted, conditions
from db.tables.cases import cases, penalties
from regulation.duties import Code
from regulation.model import Closure
from regulation.summary import CURED, UNDECIDED, Counts, Period

# Spelt out, or the index of these alone wouldn't be taken.
_WRONG = cases.c.closed_as == literal_column(f"'{Closure.DISMISSED.value}'")
# What holds of every case, and lets `ix_cases_counted` be taken, which nothing else may be.
_EVERY = (cases.c.id > literal_column("0"), cases.c.code.in_([code.value for code in Code]))
# Named are the fewer closures: each that is costs a look.
_OTHERWISE = sorted(set(Closure) - CURED)
_KIND = cases.c.opened_at.type
_START, _END, _UNTIL = (bindparam(name, type_=_KIND) for name in ("start", "end", "until"))
_Where = Sequence[ColumnElement[bool]]


class _Asked:
    """What is asked of the cases that a condition means, between `start` and `end`, or as of `until`."""

    def __init__(self, about: _Where) -> None:
        opened, closed = cases.c.opened_at, cases.c.closed_at
        any_code = about or _EVERY
        within = [_within(opened), *about]
        keys = (cases.c.code, cases.c.department, cases.c.group_id)
        self.by_clause = _by(keys[0], [_within(opened), *any_code])
        self.by_department, self.by_group = [_by(key, within) for key in keys[1:]]
        self.wrong = select(*keys).where(_WRONG, *within)
        self.opened = select(_count(_within(opened), *any_code) - _count(_WRONG, *within))
        self.closed = select(_but_dismissed(_within(closed), *about))
        cured = _count(_within(closed), cases.c.closed_as.not_in(_OTHERWISE), *about)
        right = cases.c.closed_as.is_distinct_from(Closure.DISMISSED.value)
        overdue = _count(_within(cases.c.overdue_at), right, *about)
        # Whatever is open has no closure; to say so of those since makes a range of them.
        still = (closed.is_(None), *about)
        since = _count(opened >= _UNTIL, cases.c.closed_as.is_(None), *still)
        closed_since = _but_dismissed(closed >= _UNTIL, opened < _UNTIL, *about)
        self.numbers = select(cured, overdue, _count(*still) - since + closed_since)
        self.fines = _fines(about)


async def counts(
    tx: Transaction, period: Period, until: datetime, bounds: Sequence[datetime], wanted: Wanted
) -> Counts:
    """Count the cases that `wanted` means; `until` and `bounds` are `as_of` and `month_bounds`."""
    about = conditions(wanted)
    asked, ask = (_Asked(about), tx.rows) if about else (_OF_ALL, tx.fetch)
    whole = {"start": period.start, "end": period.end}
    wrong = await ask(asked.wrong, whole)

    async def by(statement: Select[Any, int], column: int) -> Counter[Any]:
        found = Counter({row[0]: row[1] for row in await ask(statement, whole)})
        return found - Counter(row[column] for row in wrong)

    by_clause = await by(asked.by_clause, 0)
    of_period = {(period.start, period.end): by_clause.total()}

    async def opened(start: datetime, end: datetime) -> int:
        known = of_period.get((start, end))
        return await number(asked.opened, start, end) if known is None else known

    async def number(statement: Select[int], start: datetime, end: datetime) -> int:
        return (await ask(statement, {"start": start, "end": end}))[0][0]

    cured, overdue, still_open = (await ask(asked.numbers, {**whole, "until": until}))[0]
    return Counts(
        by_clause=by_clause.items(),
        by_department=(await by(asked.by_department, 1)).items(),
        by_group=(await by(asked.by_group, 2)).items(),
        cured=cured,
        overdue=overdue,
        open=still_open,
        trend=[(await opened(a, b), await number(asked.closed, a, b)) for a, b in pairwise(bounds)],
        fines=[(one[0], one[1], one[2]) for one in await ask(asked.fines, whole)],
    )


def _but_dismissed(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return _count(*where) - _count(_WRONG, *where)


def _count(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(cases).where(*where).scalar_subquery()


def _within(time: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(time >= _START, time < _END)


def _by(key: ColumnElement[Any], where: _Where) -> Select[Any, int]:
    # The key alone would have SQLite read all of an index that begins with it.
    inner = select(key.label("key")).where(*where).subquery()
    return select(inner.c.key, func.count()).group_by(inner.c.key)


def _fines(about: _Where) -> Select[Any, Any, int]:
    """Count fines by state and amount: undecided ones when they were proposed, others when settled."""
    state, proposed = penalties.c.state, penalties.c.proposed_at
    undecided = state.in_(sorted(UNDECIDED))
    settled = func.coalesce(penalties.c.settled_at, proposed)
    counting = or_(and_(undecided, _within(proposed)), and_(~undecided, _within(settled)))
    of_cases = [penalties.c.case_id.in_(select(cases.c.id).where(*about))] if about else []
    query = select(state, penalties.c.amount, func.count()).where(counting, *of_cases)
    return query.group_by(state, penalties.c.amount)


# Made once: building them takes as long as a fifth of the answers.
_OF_ALL = _Asked([])
