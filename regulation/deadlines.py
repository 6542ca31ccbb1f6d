"""When something falls due, and when the bot may speak: days, workdays and working hours in Asia/Shanghai.

A deadline falls at 24:00 of its day, which is written 00:00 of the day after.
"""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from regulation.policy import Hours, Policy

ZONE = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
# Longer than any run of days off there ever was; a calendar without workdays must not hang us.
_LONGEST_REST = 366


def day_of(moment: datetime | date) -> date:
    """Return the calendar day in Asia/Shanghai of an aware moment; a date is that day already."""
    return moment.astimezone(ZONE).date() if isinstance(moment, datetime) else moment


def midnight(day: date) -> datetime:
    """Return 00:00 of `day` in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def end_of_day(day: date) -> datetime:
    """Return 24:00 of `day`: 00:00 of the day after, in Asia/Shanghai."""
    return midnight(day + _DAY)


def due_at(start: datetime | date, days: int, policy: Policy) -> datetime:
    """Return 24:00 of the day that is `days` after the day of `start`.

    Calendar days or workdays by `deadlines.count`; workdays know `hours.workdays` and
    `hours.holidays`. A departure on day D with 3 days is due at 24:00 of D+3 (四.1.5A).
    """
    day = day_of(start)
    if policy.deadlines.count == "workday":
        return end_of_day(workday_after(day, days, policy.hours))
    return end_of_day(day + timedelta(days=days))


def due_text(moment: datetime) -> str:
    """Return a deadline as people say it: `2026-03-05 24:00`, not `2026-03-06 00:00`."""
    local = moment.astimezone(ZONE)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - _DAY:%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def due_said(moment: datetime) -> str:
    """Return a deadline as a message says it: `3月5日 24:00`, not `3月6日 00:00`."""
    local = moment.astimezone(ZONE)
    midnight_ends = (local.hour, local.minute) == (0, 0)
    day = local - _DAY if midnight_ends else local
    return f"{day.month}月{day.day}日 {'24:00' if midnight_ends else f'{local:%H:%M}'}"


def workday_after(start: date, n: int, hours: Hours) -> date:
    """Return the `n`th workday after `start`, which itself never counts; `start` when `n` is 0."""
    day, left, idle = start, n, 0
    while left > 0 and idle < _LONGEST_REST:
        day += _DAY
        idle += 1
        if is_workday(day, hours):
            left, idle = left - 1, 0
    return day


def is_workday(day: date, hours: Hours) -> bool:
    """Tell whether `day` is worked: the operator's own days first, then the Chinese calendar."""
    if day in hours.workdays:
        return True
    return day not in hours.holidays and _is_worked(day)


def calendar_known(year: int, hours: Hours) -> bool:
    """Tell whether a year's days off are settled: announced with their make-up days, or set by the operator.

    Of another year only the feasts are known; when they are observed, and which weekends are worked
    for them, is a guess: `unsettled_years`, which `状态` and the morning report name.
    """
    own = any(day.year == year for day in hours.workdays | hours.holidays)
    return own or _year(year).announced


def unsettled_years(now: datetime, hours: Hours) -> list[int]:
    """Return the years, of those that plans made now reach into, whose workdays nobody has settled."""
    day = day_of(now)
    years = [day.year] if day.month < 12 else [day.year, day.year + 1]
    return [year for year in years if not calendar_known(year, hours)]


def in_hours(now: datetime, hours: Hours) -> bool:
    """Tell whether reminders may go out now."""
    local = now.astimezone(ZONE)
    if not hours.start <= local.time() < hours.end:
        return False
    return not hours.workdays_only or is_workday(local.date(), hours)


def next_day_time(now: datetime, hours: Hours) -> datetime:
    """Return the next moment that is not at night, on whatever day: `now` itself when it is one.

    Night is outside `hours.start` to `hours.end`; then nobody is spoken to who did not ask.
    """
    local = now.astimezone(ZONE)
    if hours.start <= local.time() < hours.end:
        return local
    day = local.date() if local.time() < hours.start else local.date() + _DAY
    return datetime.combine(day, hours.start, tzinfo=ZONE)


def next_opening(now: datetime, hours: Hours) -> datetime:
    """Return the next moment inside working hours: `now` itself when it is one."""
    local = now.astimezone(ZONE)
    if in_hours(local, hours):
        return local
    day = local.date() if local.time() < hours.start else local.date() + _DAY
    for _ in range(_LONGEST_REST):
        if not hours.workdays_only or is_workday(day, hours):
            break
        day += _DAY
    return datetime.combine(day, hours.start, tzinfo=ZONE)


class _Year(NamedTuple):
    announced: bool
    days_off: frozenset[date]
    made_up: frozenset[date]


@lru_cache(maxsize=4096)
def _is_worked(day: date) -> bool:
    year = _year(day.year)
    return day in year.made_up or (day.weekday() < 5 and day not in year.days_off)


@cache
def _library() -> Any:
    """Return the Chinese calendar's class, loaded when first asked for, and by itself.

    From its package it comes with those of 250 countries: three times the time, and 8 MiB more.
    """
    import holidays

    found = spec_from_file_location(f"{__name__}.china", f"{holidays.__path__[0]}/countries/china.py")
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module.China


@lru_cache(maxsize=64)
def _year(year: int) -> _Year:
    # A year's announcement may make up for days on the weekend before it.
    known: Any = _library()(years=(year, year + 1))
    announced = year in known.special_public_holidays
    return _Year(announced, frozenset(known), frozenset(known.weekend_workdays))
