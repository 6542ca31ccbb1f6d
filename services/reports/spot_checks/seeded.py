"""The monthly draw of spot checks: secret before, promised beforehand, open to anyone afterwards (三).

The seed follows from the key that lies beside the database, so that nobody who reads the database can foresee
a check; its commitment is told to the admin group before the month, and the seed when the month is over.
"""

import hmac
from datetime import timedelta

from config.phrases.draws import DRAW
from config.phrases.reports import SPOT
from db.engine import Transaction
from db.queries.cases import spot_checks as rows
from db.queries.cases.spot_checks import Calendar, SpotCheckRow, StoredDraw
from db.queries.groups.filings import filed_groups
from regulation.periods import label, next_month
from regulation.spot_check import Draw, draw_of
from services.answer import Answer
from services.app import App
from services.naming import groups_numbered, moment
from services.reports.send import to_admin_group

BOT = "bot"
EARLY = timedelta(days=7)


async def keep(app: App) -> dict[str, Draw]:
    """Promise this month's draw and, in its last week, the next one's; tell the seeds of what is over.

    Returns the draw of every month, as `known` does.
    """
    today = app.now().date()
    first = today.replace(day=1)
    months = [first, next_month(first)] if (today + EARLY).month != today.month else [first]
    stored = await app.database.run(rows.draws, writes=False)
    over = [one for one in stored.values() if one.seed is None and one.month < label(app.now())]
    missing = [month for month in months if f"{month:%Y-%m}" not in stored]
    for month in missing:
        await _promise(app, draw_of(month, _seed(app, f"{month:%Y-%m}"), app.policy.hours))
    for one in over:
        await _reveal(app, one)
    if missing or over:
        return await known(app)
    return {month: _draw(app, one) for month, one in stored.items()}


async def known(app: App) -> dict[str, Draw]:
    """Return the draw of every month, with the calendar that was promised."""
    stored = await app.database.run(rows.draws, writes=False)
    return {month: _draw(app, one) for month, one in stored.items()}


async def review(app: App, month: str) -> Answer:
    """Do the draw of a month again, beside what was recorded: `抽查 复核 2026-11`."""
    words, public = DRAW, SPOT["reviewed"].format(month=month)
    async with app.database.reading() as tx:
        stored = (await rows.draws(tx)).get(month)
        checks = await rows.of_month(tx, month, BOT)
        names = await groups_numbered(tx, [check.group_id for check in checks])
    if stored is None:
        return Answer(False, words["none"].format(month=month))
    if stored.seed is None:
        text = words["secret"].format(month=month, hash=stored.commitment, at=moment(stored.made_at))
        return Answer(False, text)
    draw = _draw(app, stored)
    fits = draw.commitment == stored.commitment
    lines = [_line(draw, check, names[check.group_id]) for check in checks]
    head = words["head"].format(
        month=month, hash=stored.commitment, text=draw.text, groups=len(stored.groups), count=len(checks)
    )
    return Answer(True, "\n".join([head, words["fits" if fits else "broken"], *lines, words["how"]]), public)


def _line(draw: Draw, check: SpotCheckRow, group: str) -> str:
    """Return one check's line: when the seed says it was due, and whether the record says so too."""
    group_id = check.group_id
    tries = check.tries or ()
    due = draw.moment(group_id, check.after)
    same = check.due_at == due and all(draw.moment(group_id, one.after) == one.due for one in tries)
    first = tries[0].due if tries else due
    again = DRAW["later"].format(at=moment(due)) if tries else ""
    template = DRAW["line" if same else "wrong"]
    return template.format(id=check.id, group=group, at=moment(first), again=again)


async def _promise(app: App, draw: Draw) -> None:
    calendar = Calendar(draw.start, draw.end, draw.days)
    async with app.database.transaction() as tx:
        groups = sorted(await filed_groups(tx))
        stored = StoredDraw(draw.month, draw.commitment, calendar, groups, app.now(), seed=None)
        if await rows.commit_draw(tx, stored):
            await _tell(app, tx, "promised", draw)


async def _reveal(app: App, stored: StoredDraw) -> None:
    draw = _draw(app, stored)
    async with app.database.transaction() as tx:
        if await rows.reveal(tx, stored.month, draw.seed, app.now()):
            await _tell(app, tx, "revealed", draw)


async def _tell(app: App, tx: Transaction, what: str, draw: Draw) -> None:
    text = DRAW[what].format(month=draw.month, hash=draw.commitment, text=draw.text)
    await to_admin_group(app, tx, text, key=f"spot draw:{what}:{draw.month}")


def _draw(app: App, stored: StoredDraw) -> Draw:
    seed, calendar = stored.seed or _seed(app, stored.month), stored.calendar
    return Draw(stored.month, seed, calendar.start, calendar.end, calendar.days)


def _seed(app: App, month: str) -> str:
    return hmac.digest(app.phone_key, f"spot checks {month}".encode(), "sha256").hex()
