"""Reports that come by themselves, to `ADMIN_GROUP`: each working day what needs a human, and each
month the last month's summary.

A run is won and its messages are queued in one transaction: once, even with two processes, and
nothing is lost between the two. After an outage what was missed comes in order: months first.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
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
from services import naming, trail
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
READ_WITHIN, HELD_AT_MOST = timedelta(minutes=1), timedelta(minutes=2)


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
    """Since when each account of ours has been connected, as far as this job's beats tell.

    `held`: since when a report has been held back for those that came lately.
    """

    since: dict[int, datetime] = field(default_factory=dict[int, datetime])
    last: dict[int, datetime] = field(default_factory=dict[int, datetime])
    held: datetime | None = None

    def beat(self, accounts: Collection[int], now: datetime) -> bool:
        """Note a beat; return whether any of these accounts has come within the last minute."""
        for account in accounts:
            last = self.last.get(account)
            if last is None or not timedelta() <= now - last < READ_WITHIN:
                self.since[account] = now
            self.last[account] = now
        return any(timedelta() <= now - self.since[account] < READ_WITHIN for account in accounts)

    def hold(self, now: datetime) -> bool:
        """Note that a report is held back; return whether it may be: accounts may come and go for ever."""
        self.held = self.held or now
        return timedelta() <= now - self.held < HELD_AT_MOST


async def run_when_read(app: App) -> int:
    """`run_scheduled`, once the groups were read that nobody could read while an account was away.

    Before that a report says of each that it can't be read, and nothing of what fell due there. It waits a
    minute after an account came, another process's too, and two at most.
    """
    connected, now = app.memory(_Connected), app.now()
    came = connected.beat(app.peers.others.union(app.qq.accounts()), now)
    if came and await _awaits_reading(app) and connected.hold(now):
        return 0
    connected.held = None
    return await run_scheduled(app)


async def _awaits_reading(app: App) -> bool:
    """Tell whether a group is to be read: by this process or another one, which nobody may know yet."""
    now = app.now()
    async with app.database.reading() as tx:
        known = await last_readings(tx, app.settings.admin_group)
        waiting = await group_rows.due(tx, now)
    return bool(waiting) or any(why_unknown(one, now) in ("never", "old") for one in known)


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
