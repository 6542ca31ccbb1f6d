"""`群检查`: a fresh reading of one group, answered with its findings."""

from collections import Counter

from config.phrases import commands
from config.phrases.cards import CHECK
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from regulation.checks.people import said_name
from regulation.duties import DUTIES
from regulation.model import Case
from services.answer import Answer
from services.app import App
from services.cases import audit
from services.groups.unknown import words
from services.naming import due_words, sentence

SHOWN = 30
WHICH_GROUP = commands.WHICH_GROUP.format(name="群检查", group=700001)


async def check(app: App, group_id: int) -> Answer:
    """Read and judge a group now; a group hears the counts."""
    outcome = await audit.audit_group(app, group_id, max_age=1.0)
    async with app.database.reading() as tx:
        name = (await group_rows.get_or_blank(tx, group_id)).called
        found = await case_rows.open_of_group(tx, group_id)
    if outcome.unknown is not None:
        text = CHECK["unknown"].format(group=name, why=words(outcome.unknown))
        return Answer(False, text, text)
    seen = outcome.snapshot
    count = len(seen.members) + seen.left_out if seen is not None else 0
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
