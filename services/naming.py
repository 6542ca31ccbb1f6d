"""How people, groups and times are called in private lists and reports."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from config.phrases import reports as say
from config.phrases.findings import FINDINGS, LET_IN_BY
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.writing.parts import in_parts
from regulation.checks.unfiled_group import IN_REVIEW
from regulation.deadlines import due_said
from regulation.duties import DUTIES, Code
from regulation.model import Case, Employee
from services.app import App
from services.people.roles import name_of

LONGEST_NAME = 20


def who(app: App, user_id: int | None, employee_no: str | None) -> str:
    """Return a person's name, or the QQ number as 身份未核实; "" when nobody is meant."""
    employee = known(app, user_id, employee_no)
    if employee is not None:
        return employee.name
    if user_id is None:
        return f"工号 {employee_no}" if employee_no else ""
    return f"{name_of(app, user_id)}（身份未核实）"


def known(app: App, user_id: int | None, employee_no: str | None) -> Employee | None:
    """Return the employee of a number, or else of a QQ number; None where neither is known."""
    employee = app.registry.by_no.get(employee_no) if employee_no else None
    return app.registry.employee_of(user_id) if employee is None and user_id is not None else employee


async def group_names(tx: Transaction, group_ids: Iterable[int]) -> dict[int, str]:
    """Return what these groups are called: their name in one short line, else the number."""
    wanted = set(group_ids)
    known = await _names(tx, wanted)
    return {one: short(known.get(one, "")) or f"群 {one}" for one in sorted(wanted)}


async def _names(tx: Transaction, group_ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in in_parts(sorted(group_ids)):
        found |= await group_rows.names(tx, part)
    return found


def numbered(name: str | None, group_id: int) -> str:
    """Return a group as people tell it from others: `市场部群（700001）`."""
    return f"{short(name)}（{group_id}）" if name and name.strip() else str(group_id)


async def groups_numbered(tx: Transaction, group_ids: Iterable[int]) -> dict[int, str]:
    """Return these groups by name and number."""
    wanted = set(group_ids)
    known = await _names(tx, wanted)
    return {one: numbered(known.get(one), one) for one in sorted(wanted)}


async def group_numbered(tx: Transaction, group_id: int) -> str:
    """Return a group by name and number."""
    return (await groups_numbered(tx, [group_id]))[group_id]


def person(app: App, user_id: int) -> str:
    """Return somebody as admin staff tell them from others: `郑平（QQ 20009）`."""
    employee = known(app, user_id, None)
    return name_of(app, user_id) if employee is None else f"{employee.name}（QQ {user_id}）"


def short(name: str, longest: int = LONGEST_NAME) -> str:
    """Return a name on one line, cut with an ellipsis."""
    plain = " ".join(name.split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def day(at: datetime) -> str:
    """Return `11月2日`."""
    return f"{at.month}月{at.day}日"


def moment(at: datetime | None) -> str:
    """Return `11月2日 10:00`, where nothing says what day it is now."""
    return "" if at is None else f"{day(at)} {at:%H:%M}"


def said(at: datetime | None, now: datetime) -> str:
    """Return a moment as people say it: `今天 10:00`, `昨天 18:30`, `3月2日 09:00`, `2025年12月1日 09:00`."""
    if at is None:
        return ""
    days = (at.date() - now.date()).days
    near = {0: "今天", -1: "昨天", 1: "明天"}.get(days)
    return f"{near or (day(at) if at.year == now.year else f'{at.year}年{day(at)}')} {at:%H:%M}"


def deadline(at: datetime | None) -> str:
    """Return a deadline as people say it, or "" where none runs yet."""
    return "" if at is None else due_said(at)


def sentence(case: Case) -> str:
    """Return what was seen, as the check worded it; the duty's title where the wording doesn't fit."""
    return sentence_of(case.code.value, case.reason, case.data)


def sentence_of(code: str, reason: str, data: Mapping[str, str]) -> str:
    """Return what was seen, from the parts of a case's row."""
    template = FINDINGS.get(f"{code}.{reason}")
    if template is None:
        return DUTIES[Code(code)].title
    plain = {key: " ".join(str(value).split()) for key, value in data.items()}
    try:
        what = template.format(**plain)
    except (KeyError, IndexError, ValueError):
        return DUTIES[Code(code)].title
    return LET_IN_BY.format(what=what, let_in_by=plain["let_in_by"]) if "let_in_by" in plain else what


def due_words(case: Case) -> str:
    """Return by when, as lists add it: nothing is due before somebody was told, nor while it is reviewed."""
    if case.overdue_at is not None or case.reason == IN_REVIEW:
        return ""
    due = deadline(case.due_at)
    return say.DUE.format(due=due) if due and case.first_reminded_at is not None else say.UNTOLD


def ids(letter: str, numbers: Sequence[int]) -> str:
    """Return `P3、P5-P7`: runs drawn together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(f"{letter}{a}" if a == b else f"{letter}{a}-{letter}{b}" for a, b in runs)
