"""Periods as people say them: `本月`, `2026-10`, `2026-10-01..2026-10-15`; half-open, Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from regulation.deadlines import ZONE, day_of, midnight

_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:月份?)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MONTH_ALONE = re.compile(r"(?:(今年|去年)的?)?(\d{1,2})月份?")
_BETWEEN = re.compile(r"\s*(?:\.\.+|…|~|～|至|到)\s*")
_ONE = timedelta(days=1)
_SAME = {"这周": "本周", "这个月": "本月", "上个月": "上月", "昨日": "昨天", "今日": "今天"}


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, not including, `end`; both aware, in Asia/Shanghai."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether `moment` lies in the period; None does not."""
        return moment is not None and self.start <= moment < self.end


def read_period(text: str, now: datetime | date) -> Period | None:
    """Return the period meant, or None. Both days of a range are inside, as typed; weeks begin on Monday."""
    word, today = text.strip(), day_of(now)
    span = _named(word, today) or _month(word) or _month_alone(word, today) or _days(word)
    if span is None or span[0] > span[1]:
        return None
    try:
        return Period(midnight(span[0]), midnight(span[1] + _ONE))
    except OverflowError:
        return None


def month_of(day: date) -> Period:
    """Return the calendar month that `day` lies in."""
    first = day.replace(day=1)
    return Period(midnight(first), midnight(next_month(first)))


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def months_before(first: date, n: int) -> date:
    """Return the first day of the month `n` months before."""
    months = first.year * 12 + first.month - 1 - n
    return date(months // 12, months % 12 + 1, 1)


def label(moment: datetime) -> str:
    """Return `YYYY-MM` of a moment in Asia/Shanghai."""
    return f"{moment.astimezone(ZONE):%Y-%m}"


def _named(word: str, today: date) -> tuple[date, date] | None:
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    spans = {
        "今天": (today, today),
        "昨天": (today - _ONE, today - _ONE),
        "本周": (monday, monday + timedelta(days=6)),
        "上周": (monday - timedelta(days=7), monday - _ONE),
        "本月": (first, next_month(first) - _ONE),
        "上月": (months_before(first, 1), first - _ONE),
        "今年": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "去年": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }
    return spans.get(_SAME.get(word, word))


def _month(word: str) -> tuple[date, date] | None:
    found = _MONTH.fullmatch(word)
    first = None if found is None else _date(found[1], found[2], "1")
    if first is None or first.year == date.max.year:
        return None
    return first, next_month(first) - _ONE


def _month_alone(word: str, today: date) -> tuple[date, date] | None:
    """Return the last such month that has begun: `11月` said in March is last year's.

    `去年3月` and `今年12月` say which.
    """
    found = _MONTH_ALONE.fullmatch(word)
    if found is None:
        return None
    back = found[1] == "去年" if found[1] else int(found[2]) > today.month
    return _month(f"{today.year - back:04}-{found[2]}")


def _days(word: str) -> tuple[date, date] | None:
    ends = [_DAY.fullmatch(part) for part in _BETWEEN.split(word)]
    days = [None if end is None else _date(end[1], end[2], end[3]) for end in ends]
    first, last = days[0], days[-1]
    return None if len(days) > 2 or first is None or last is None else (first, last)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
