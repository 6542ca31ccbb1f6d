"""Reports that come by themselves, to `ADMIN_GROUP`: each working day what needs a human, and each
month the last month's summary.

A run is won and its messages are queued in one transaction: once, even with two processes, and
nothing is lost between the two. After an outage what was missed comes in order: months first.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from config.phrases import scheduled as say
from config.phrases import trail as trail_words
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases.case_reports import Wanted
from db.queries.groups import last_seen as group_rows
from db.queries.groups.readings import last_readings
from db.queries.work import job_runs
from regulation.deadlines import ZONE, in_hours, is_workday, unsettled_years
from regulation.groups.readings import why_unknown
from regulation.periods import month_of, months_before
from services import naming, processes, trail
from services.app import App
from services.groups.unknown import unknown_groups
from services.inbox.listing import of_staff, open_items
from services.people import roles
from services.reports import send, spot_checks, tables
from services.reports.filters import Filters

DAILY, MONTHLY = "daily report", "monthly report"
AT = time(9, 0)
LATE = timedelta(hours=1)
MONTHS_BACK = 3
READ_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One run of a report: which, and when it was due."""

    job: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What is sent; an empty text: nothing needs saying."""

    text: str = ""
    image: bytes | None = None
    file: tuple[str, bytes] | None = None


@dataclass
class _Connected:
    """Since when this process has had an account of ours, as far as its beats of this job tell."""

    since: datetime | None = None
    last: datetime | None = None

    def beat(self, now: datetime) -> timedelta:
        """Note a beat; return how long we have been connected."""
        if self.since is None or self.last is None or not timedelta() <= now - self.last < READ_WITHIN:
            self.since = now
        self.last = now
        return now - self.since


async def run_when_read(app: App) -> int:
    """`run_scheduled`, once the groups were read that nobody could read while we were away.

    Before that a report says of each that it can't be read, and nothing of what fell due there. It waits a
    minute at most.
    """
    connected = app.memory(_Connected).beat(app.now())
    if connected < READ_WITHIN and await _awaits_reading(app, anywhere=not connected):
        return 0
    return await run_scheduled(app)


async def _awaits_reading(app: App, *, anywhere: bool) -> bool:
    """Tell whether a group that we serve is to be read; `anywhere`: nobody knows yet which these are."""
    now = app.now()
    async with app.database.reading() as tx:
        known = await last_readings(tx, app.settings.admin_group)
        waiting = set(await group_rows.due(tx, now))
    waiting |= {one.group_id for one in known if why_unknown(one, now) in ("never", "old")}
    return any(anywhere or processes.is_ours(app, group_id) for group_id in waiting)


async def run_scheduled(app: App) -> int:
    """Send every report that is due and not sent yet, in order; return how many runs were won here."""
    if not in_hours(app.now(), app.policy.hours):
        return 0

    async def look(tx: Transaction) -> list[Due]:
        return [due for due in due_now(app) if not await job_runs.is_won(tx, due.job, due.at)]

    won = 0
    for due in await app.database.run(look, writes=False):
        won += await _run(app, due, await _WRITERS[due.job](app, due.at))
    return won


def due_now(app: App) -> list[Due]:
    """Return what should have run by now: the months not long past, oldest first, then today."""
    now = app.now()
    first = now.date().replace(day=1)
    months = [months_before(first, n) for n in range(MONTHS_BACK - 1, -1, -1)]
    found = [Due(MONTHLY, _at(_first_workday(month, app))) for month in months]
    if is_workday(now.date(), app.policy.hours) or not app.policy.hours.workdays_only:
        found.append(Due(DAILY, _at(now.date())))
    return [due for due in found if due.at <= now]


async def _run(app: App, due: Due, report: Report) -> int:
    async with app.database.transaction() as tx:
        if not await job_runs.win(tx, due.job, due.at, app.worker, app.now()):
            return 0
        if report.text:
            key = f"{due.job}:{due.at:%Y-%m-%d}"
            purpose = "daily" if due.job == DAILY else "report"
            await send.to_admin_group(
                app, tx, report.text, key=key, image=report.image, file=report.file, purpose=purpose
            )
        await job_runs.finish(tx, due.job, due.at, app.now(), "sent" if report.text else "nothing to say")
    return 1


async def daily(app: App, at: datetime) -> Report:
    """Return what needs a human today: counts only."""
    async with app.database.reading() as tx:
        everything = await open_items(app, tx)
        ours = of_staff(everything, frozenset(await roles.admin_staff(app, tx)))
        overdue = await case_reports.count(tx, Wanted(statuses=("overdue",)))
        unknown = await unknown_groups(app, tx)
    words, items, others = say.DAILY, Counter(item.letter for item in ours), len(everything) - len(ours)
    lines = [words["kind"].format(what=say.DAILY_KINDS.get(k, k), n=items[k]) for k in sorted(items)]
    lines += [words["others"].format(n=others)] if others else []
    lines += [words["overdue"].format(n=overdue)] if overdue else []
    lines += [words["unknown"].format(n=len(unknown))] if unknown else []
    if not lines:
        return Report()
    late = words["late"].format(day=naming.day(at)) if app.now() - at > LATE else ""
    head = (words["head"] if ours else words["none"]).format(count=len(ours), late=late)
    lines += [words["calendar"].format(year=year) for year in unsettled_years(at, app.policy.hours)]
    return Report("\n".join([head, *lines, *([words["foot"]] if ours else [])]))


async def monthly(app: App, at: datetime) -> Report:
    """Return the summary of the month before `at`, with picture, workbook and the proof of spot checks."""
    period = month_of(months_before(at.date().replace(day=1), 1))
    month = f"{period.start:%Y-%m}"
    async with app.database.reading() as tx:
        if not await case_reports.anything_before(tx, period.end):
            return Report()
        coverage = await spot_checks.coverage_line(tx, month)
        dates = await spot_checks.coverage_dates(tx, month)
    summarised = await send.summary(app, period, Filters(period=period))
    data = await tables.summary_workbook(app, summarised.figures, Filters(), app.now(), spot_checked=dates)
    late = say.MONTHLY["late"] if app.now() - at > LATE else ""
    head = say.MONTHLY["head"].format(month=month) + late
    file = (say.MONTHLY["file"].format(month=month), data)
    kept = trail_words.HEAD.format(head=await trail.head(app))
    return Report("\n".join([head, summarised.text, coverage, kept]), summarised.image, file)


_WRITERS: dict[str, Callable[[App, datetime], Awaitable[Report]]] = {DAILY: daily, MONTHLY: monthly}


def _at(day: date) -> datetime:
    return datetime.combine(day, AT, tzinfo=ZONE)


def _first_workday(first: date, app: App) -> date:
    for days in range(15):
        day = first + timedelta(days=days)
        if is_workday(day, app.policy.hours) or not app.policy.hours.workdays_only:
            return day
    return first
