"""`状态`: how the bot stands, in a few lines; what needs a hand is named."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from config.phrases import modes as phrases
from db.engine import Transaction
from db.queries.cases import waivers
from db.queries.cases.waivers import WaiverRow
from db.queries.groups import overview
from db.queries.work import figures, removals, switches
from regulation.deadlines import unsettled_years
from regulation.duties import DUTIES, Code
from regulation.plan.urgency import DAY
from services.answer import Answer
from services.app import App
from services.cases.settling.waivers import place, until_day, whose
from services.groups.modes import PAUSED, general_mode
from services.groups.overview import GroupLine, counts, gather
from services.imports.sources import overview as overviews
from services.inbox import listing
from services.naming import numbered, said
from services.people import roles
from services.reports import spot_checks
from services.sender import bookkeeping
from services.watching import clock

LATE = ("L1", "T1", "M1", "M2", "M3", "D1")
_SAY = phrases.STATUS


async def report(app: App, asker: int | None = None) -> Answer:
    """Say to admin staff how the bot stands, and how much awaits `asker`."""
    return Answer(True, "\n".join(line for one in await sections(app, asker) for line in one.lines), "")


@dataclass(frozen=True, slots=True)
class Section:
    """What there is to say about one side of the bot. `trouble`: somebody should look at it."""

    title: str
    lines: list[str]
    trouble: bool = False


async def sections(app: App, asker: int | None = None) -> list[Section]:
    """Return how the bot stands, a section for each side of it, and how much awaits `asker`."""
    return await app.database.look(partial(_sections, app, asker, tuple(_accounts(app)), _are_online(app)))


async def _sections(
    app: App, asker: int | None, accounts: Sequence[str], are_online: bool, tx: Transaction
) -> list[Section]:
    now, titles = app.now(), phrases.STATUS_TITLES
    found = await figures.gather(tx, now, history=False)
    mode = _SAY["mode"].format(mode=(await general_mode(tx)).value)
    groups = await _groups(app, tx, await gather(app, tx), found.last_audit)
    backlog = await _backlog(tx, found, now)
    told = overviews.look(app, found.sources)
    registry = [*_registry(app, now), *(one.line for one in told), *_superusers(app)]
    kept = [
        await spot_checks.coverage_line(tx, f"{now:%Y-%m}"),
        *(_SAY["calendar"].format(year=year) for year in unsettled_years(now, app.policy.hours)),
        *[await _waiver(app, tx, row) for row in await waivers.listed(tx, now)],
    ]
    return [
        Section(titles["running"], [mode, await _pause(app, tx)], found.paused),
        Section(titles["accounts"], [*accounts, *await _paces(app, tx)], not are_online),
        Section(titles["groups"], groups),
        Section(titles["registry"], registry, _is_unusable(app) or not all(one.ok for one in told)),
        Section(titles["acts"], [*backlog, *_effects(found.effects)], len(backlog) > 1),
        *([] if asker is None else [Section(titles["inbox"], [await _inbox(app, tx, asker)])]),
        Section(titles["kept"], kept),
    ]


async def _inbox(app: App, tx: Transaction, asker: int) -> str:
    return _SAY["inbox"].format(count=len(await listing.mine(app, tx, asker)))


def _is_unusable(app: App) -> bool:
    return app.registry.is_unusable(app.now(), app.policy) is not None


async def _will_be_late(app: App, tx: Transaction) -> list[str]:
    """Say who can't be out in time at the pace and budget of the connected accounts."""
    missed = {one for account in _connected(app) for one in await bookkeeping.late_removals(app, tx, account)}
    if not missed:
        return []
    names = "、".join(roles.name_of(app, user_id) for user_id in sorted({one.user_id for one in missed})[:10])
    return [_SAY["will_be_late"].format(count=len(missed), names=names)]


async def _pause(app: App, tx: Transaction) -> str:
    row = await switches.told(tx, PAUSED)
    if row is None or row.value is not True:
        return _SAY["running"]
    return _SAY["paused"].format(who=roles.actor_name(app, row.set_by), when=said(row.set_at, app.now()))


def _accounts(app: App) -> list[str]:
    accounts = _connected(app)
    others = [_SAY["others"].format(accounts="、".join(map(str, sorted(app.peers.others))))]
    others = others if app.peers.others else []
    if not accounts:
        return others or [_SAY["no_accounts"]]
    online = [one for one in accounts if app.qq.is_online(one)]
    lines = [_SAY["accounts"].format(accounts="、".join(map(str, online)))] if online else []
    lines += [_SAY["offline"].format(account=one) for one in accounts if one not in online]
    lines += [*_cannot_send(app), *others]
    seconds = clock.skew_now(app)
    if seconds is not None and abs(seconds) > clock.SKEW_SECONDS:
        lines.append(_SAY["skew"].format(seconds=round(abs(seconds))))
    return lines


def _connected(app: App) -> tuple[int, ...]:
    return app.gateway.accounts() if app.gateway is not None else ()


def _are_online(app: App) -> bool:
    """Tell whether all is well with the accounts connected here; another process may hold them all."""
    accounts = _connected(app)
    return bool(accounts or app.peers.others) and all(app.qq.is_online(one) for one in accounts)


async def _paces(app: App, tx: Transaction) -> list[str]:
    """Say how much of a day's removals each account has used."""
    most, since = app.policy.pace.kicks_per_day, app.now() - DAY
    used = {one: len(await removals.tried_by(tx, one, since)) for one in _connected(app)}
    return [_SAY["pace"].format(account=one, used=tried, most=most) for one, tried in used.items()]


def _cannot_send(app: App) -> list[str]:
    found = {account: app.qq.cannot_send(account) for account in app.qq.accounts()}
    return [
        _SAY["cannot_send"].format(account=account, kinds="、".join(phrases.KINDS[kind] for kind in kinds))
        for account, kinds in found.items()
        if kinds
    ]


async def _groups(
    app: App, tx: Transaction, known: Sequence[GroupLine], last_audit: datetime | None
) -> list[str]:
    tally = counts(known)
    unknown = [one for one in known if one.unknown]
    lines = [
        _SAY["groups"].format(
            filed=tally.approved, waiting=tally.waiting, unfiled=tally.unfiled, unknown=len(unknown)
        )
    ]
    if unknown:
        names = "；".join(f"{numbered(one.name, one.group_id)}：{one.unknown}" for one in unknown[:5])
        lines.append(_SAY["unknown"].format(groups=names + ("…" if len(unknown) > 5 else "")))
    when = (
        _SAY["never_audited"]
        if last_audit is None
        else _SAY["audited"].format(when=said(last_audit, app.now()))
    )
    lines.append(when)
    late = await overview.late_removals(tx, LATE)
    if late:
        lines = [*lines, _SAY["late_removals"].format(count=late)]
    return [*lines, *await _will_be_late(app, tx)]


def _registry(app: App, now: datetime) -> list[str]:
    registry = app.registry
    if not registry.by_no or registry.as_of is None:
        return [_SAY["registry_none"]]
    active = sum(not employee.is_departed(now.date()) for employee in registry.by_no.values())
    lines = [_SAY["registry"].format(people=active, when=said(registry.as_of, now))]
    if registry.is_unusable(now, app.policy) == "stale":
        lines.append(_SAY["registry_stale"].format(days=app.policy.registry.max_age_days))
    return lines


def _superusers(app: App) -> list[str]:
    gone = roles.departed_superusers(app)
    return [_SAY["superusers_gone"].format(names=gone)] if gone else []


async def _backlog(tx: Transaction, found: figures.Figures, now: datetime) -> list[str]:
    lines = [_SAY["no_backlog"]]
    if found.backlog and found.oldest_waiting is not None:
        age = max(now - found.oldest_waiting, timedelta())
        lines = [_SAY["backlog"].format(waiting=found.backlog, age=_age(age))]
    failed = await overview.failed_acts(tx, now - timedelta(days=1))
    return [*lines, _SAY["failed"].format(count=failed)] if failed else lines


def _effects(found: Mapping[tuple[str, str], Mapping[str, int]]) -> list[str]:
    total: dict[str, Counter[str]] = {}
    for (_, action), seen in found.items():
        total.setdefault(phrases.QQ_ACTS.get(action, phrases.OTHER_ACT), Counter()).update(seen)
    return [_effect(act, seen) for act, seen in sorted(total.items())]


def _effect(act: str, seen: Counter[str]) -> str:
    if set(+seen) <= {"ok"}:
        return _SAY["well"].format(act=act, n=seen.total())
    parts = "，".join(text.format(n=seen[one]) for one, text in phrases.EFFECTS.items() if seen[one])
    return _SAY["mixed"].format(act=act, n=seen.total(), parts=parts)


async def _waiver(app: App, tx: Transaction, row: WaiverRow) -> str:
    return phrases.WAIVER_LINE.format(
        who=whose(app, row),
        code=row.code,
        title=DUTIES[Code(row.code)].title,
        where=await place(tx, row.group_id),
        until=until_day(row.until),
        reason=row.reason,
    )


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes >= 120:
        return phrases.AGE_HOURS.format(n=minutes // 60)
    return phrases.AGE_MINUTES.format(n=minutes) if minutes else phrases.AGE_NOW
