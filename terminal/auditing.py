"""`cli.py audit`: every check over the last stored readings, with today's registry; needs no QQ."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.progress import track

from config.phrases import reports as say
from db.queries.cases import case_reports
from db.queries.cases.case_reports import Wanted
from db.queries.groups import last_seen as group_rows
from db.queries.groups.last_seen import GroupRow
from regulation.model import Case
from services.app import App
from services.cases import audit as auditing
from services.groups.unknown import unknown_groups
from services.naming import due_words, group_names, sentence, who

_OPEN = ("open", "reminded", "overdue")


async def audit(app: App, *, group: int | None, as_json: bool, out: Console) -> int:
    """Judge the stored readings again and list every open case."""
    async with app.database.reading() as tx:
        known = await group_rows.get_many(tx, None if group is None else [group])
    if group is not None and group not in known:
        sys.stderr.write(say.TERMINAL["no_group"].format(group=group) + "\n")
        return 2
    await _judge(app, known)
    async with app.database.reading() as tx:
        unknown = await unknown_groups(app, tx, None if group is None else [group])
        found = [
            case
            async for part in case_reports.in_chunks(tx, Wanted(group_id=group, statuses=_OPEN))
            for case in part
        ]
        names = await group_names(tx, [case.group_id for case in found])
    if as_json:
        sys.stdout.write(json.dumps([_row(case) for case in found], ensure_ascii=False) + "\n")
        return 0
    for group_id, why in unknown.items():
        out.print(say.TERMINAL["unknown"].format(group=group_id, why=why), markup=False)
    for case in found:
        out.print(_line(app, case, names[case.group_id]), markup=False)
    if not found and not unknown:
        out.print(say.TERMINAL["clean"])
    return 0


async def _judge(app: App, known: dict[int, GroupRow]) -> None:
    read = [group_id for group_id, row in known.items() if row.gone_at is None]
    bar = Console(stderr=True)
    for group_id in track(read, description="", console=bar, disable=not bar.is_terminal or len(read) < 20):
        await auditing.audit_stored(app, group_id)


def _row(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "code": case.code.value,
        "group_id": case.group_id,
        "user_id": case.user_id,
        "employee_no": case.employee_no,
        "status": case.status.value,
        "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "detail": sentence(case) + (say.UNTOLD if case.first_reminded_at is None else ""),
    }


def _line(app: App, case: Case, group: str) -> str:
    parts = say.TERMINAL["line"].format(
        id=case.id,
        code=case.code,
        group=group,
        who=who(app, case.user_id, case.employee_no),
        status=say.STATUS[case.status.value],
        due=due_words(case),
        what=sentence(case),
    )
    return " ".join(parts.split())
