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
from regulation.model import Closure
from regulation.summary import CURED, UNDECIDED, Counts, Period

# Spelt out, or the index of these alone wouldn't be taken.
_WRONG = cases.c.closed_as == literal_column(f"'{Closure.DISMISSED.value}'")
_KIND = cases.c.opened_at.type
_START, _END = bindparam("start", type_=_KIND), bindparam("end", type_=_KIND)
_Where = Sequence[ColumnElement[bool]]
_Pair = tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]


class _Asked:
    """What is asked of the cases that a condition means, between `start` and `end`.

    Of a pair the second is what the first holds too much.
    """

    def __init__(self, about: _Where) -> None:
        opened, closed = cases.c.opened_at, cases.c.closed_at
        self.opened = _but_dismissed(_within(opened), *about)
        self.closed = _but_dismissed(_within(closed), *about)
        self.closed_since = _but_dismissed(closed >= _END, opened < _END, *about)
        self.cured = _count(_within(closed), cases.c.closed_as.in_(sorted(CURED)), *about)
        right = cases.c.closed_as.is_distinct_from(Closure.DISMISSED.value)
        self.overdue = _count(_within(cases.c.overdue_at), right, *about)
        # Whatever is open has no closure; to say so makes a range of it.
        still = (closed.is_(None), cases.c.closed_as.is_(None), *about)
        self.open = _count(*still), _count(opened >= _END, *still)
        keys = (cases.c.code, cases.c.department, cases.c.group_id)
        within = [_within(opened), *about]
        self.by = [(_by(key, within), _by(key, [_WRONG, *within])) for key in keys]
        self.fines = _fines(about)


async def counts(
    tx: Transaction, period: Period, until: datetime, bounds: Sequence[datetime], wanted: Wanted
) -> Counts:
    """Count the cases that `wanted` means; `until` and `bounds` are `as_of` and `month_bounds`."""
    about = conditions(wanted)
    asked, ask = (_Asked(about), tx.rows) if about else (_OF_ALL, tx.fetch)

    async def number(statement: Select[int], **given: datetime) -> int:
        return (await ask(statement, given))[0][0]

    async def left(pair: _Pair, **given: datetime) -> int:
        return await number(pair[0], **given) - await number(pair[1], **given)

    whole = {"start": period.start, "end": period.end}

    async def by(pair: _Pair) -> Counter[Any]:
        found, wrong = [Counter({row[0]: row[1] for row in await ask(one, whole)}) for one in pair]
        return found - wrong

    by_clause, by_department, by_group = [await by(pair) for pair in asked.by]
    of_period = {(period.start, period.end): by_clause.total()}

    async def opened(start: datetime, end: datetime) -> int:
        known = of_period.get((start, end))
        return await left(asked.opened, start=start, end=end) if known is None else known

    return Counts(
        by_clause=by_clause.items(),
        by_department=by_department.items(),
        by_group=by_group.items(),
        cured=await number(asked.cured, **whole),
        overdue=await number(asked.overdue, **whole),
        open=await left(asked.open, end=until) + await left(asked.closed_since, end=until),
        trend=[(await opened(a, b), await left(asked.closed, start=a, end=b)) for a, b in pairwise(bounds)],
        fines=[(one[0], one[1], one[2]) for one in await ask(asked.fines, whole)],
    )


def _but_dismissed(*where: ColumnElement[bool]) -> _Pair:
    return _count(*where), _count(_WRONG, *where)


def _count(*where: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(cases).where(*where)


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
