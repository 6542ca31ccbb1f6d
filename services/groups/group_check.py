"""`群检查`: a fresh reading of one group, answered with its findings."""

from collections import Counter
from datetime import datetime, timedelta

from config.phrases import commands
from config.phrases.cards import CHECK
from db.engine import Transaction
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from db.queries.groups.last_seen import GroupRow
from regulation.checks.people import said_name
from regulation.duties import DUTIES
from regulation.model import Case
from services import processes
from services.answer import Answer
from services.app import App
from services.cases import audit
from services.followup import groups_changed
from services.groups.modes import is_paused
from services.groups.unknown import words
from services.naming import due_words, sentence

SHOWN = 30
# A reading begun so shortly before somebody asks for one serves.
FRESH = timedelta(seconds=1)
WHICH_GROUP = commands.WHICH_GROUP.format(name="群检查", group=700001)


async def check(app: App, group_id: int) -> Answer:
    """Read and judge a group now, by the process that can; a group hears the counts."""
    async with app.database.reading() as tx:
        elsewhere = await processes.only_elsewhere(app, tx, [group_id])
    if elsewhere:
        return await _check_elsewhere(app, group_id)
    outcome = await audit.audit_group(app, group_id, max_age=FRESH.total_seconds())
    seen = outcome.snapshot
    count = len(seen.members) + seen.left_out if seen is not None else 0
    return await _answer(app, group_id, count, outcome.unknown)


async def _check_elsewhere(app: App, group_id: int) -> Answer:
    """Have the process that serves a group read it, and answer with what it found, if that comes soon."""
    asked = app.now()
    async with app.database.transaction() as tx:
        name = (await group_rows.get_or_blank(tx, group_id)).called
        # While all is paused no process reads what is due.
        paused = await is_paused(tx)
        await groups_changed(app, tx, [group_id])

    async def find(tx: Transaction) -> GroupRow | None:
        row = await group_rows.get_or_blank(tx, group_id)
        return row if _was_read(row, asked) else None

    row = None if paused else await processes.awaited(app, find)
    if row is None:
        text = CHECK["paused_elsewhere" if paused else "elsewhere"].format(group=name)
        return Answer(False, text, text)
    return await _answer(app, group_id, row.member_count, row.unknown_because)


def _was_read(row: GroupRow, asked: datetime) -> bool:
    """Tell whether a group that was marked as due when somebody asked was read for them, or could not be."""
    if row.complete_at is not None and row.complete_at >= asked - FRESH:
        return True
    judged = row.audited_at is not None and row.audited_at >= asked
    tried = row.look_at is not None and row.look_at > asked
    return row.unknown_because is not None and (judged or tried)


async def _answer(app: App, group_id: int, count: int, unknown: str | None) -> Answer:
    """Return what is open in a group of `count` people, or why it is `unknown`."""
    async with app.database.reading() as tx:
        name = (await group_rows.get_or_blank(tx, group_id)).called
        found = await case_rows.open_of_group(tx, group_id)
    if unknown is not None:
        text = CHECK["unknown"].format(group=name, why=words(unknown))
        return Answer(False, text, text)
    if not found:
        text = CHECK["clean"].format(group=name, count=count)
        return Answer(True, text)
    by_code = Counter(case.code for case in found)
    head = CHECK["findings"].format(group=name, count=count, n=len(found))
    counts = [CHECK["line"].format(title=DUTIES[code].title, n=n) for code, n in sorted(by_code.items())]
    lines = [_line(app, case) for case in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(CHECK["more"].format(n=len(found) - SHOWN, group_id=group_id))
    return Answer(True, "\n".join([head, *lines]), "\n".join([head, *counts]))


def _line(app: App, case: Case) -> str:
    who = f"{said_name(case.user_id, app.registry)}，" if case.user_id is not None else ""
    what = who + sentence(case) + due_words(case)
    return CHECK["case"].format(id=case.id, title=DUTIES[case.code].title, what=what)
