"""How the results of spot checks are said: groups and counts, nobody's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.phrases import reports as say
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases import spot_checks as rows
from db.queries.cases.case_reports import Wanted
from db.queries.cases.spot_checks import Findings, Outcome, SpotCheckRow
from db.queries.groups import last_seen as group_rows
from regulation.duties import DUTIES, Code
from services.groups.unknown import words
from services.naming import day, moment, short

_WORDS = say.SPOT
_OPEN = ("open", "reminded", "overdue")
LISTED = 10


@dataclass(frozen=True, slots=True)
class Result:
    """One check. `outcome`: None while another process does it still.

    `before`: how many findings there were the last time. `missed_at`: when it should have been. `again`: it
    will be tried again this month.
    """

    id: int
    group_id: int
    name: str
    outcome: Outcome | None
    findings: Findings
    before: int | None
    missed_at: datetime | None = None
    again: bool = False


async def result_of(
    tx: Transaction, row: SpotCheckRow, outcome: Outcome | None, found: Findings, *, again: bool = False
) -> Result:
    """Return what a check came to, beside the last one of its group."""
    name = (await group_rows.get_or_blank(tx, row.group_id)).name
    last = await rows.last_done(tx, row.group_id, row.id)
    before = last.findings.total if last is not None and last.findings is not None else None
    return Result(row.id, row.group_id, name, outcome, found, before, row.missed_at, again=again)


async def open_by_code(tx: Transaction, group_id: int) -> dict[str, int]:
    """Return how many cases are open in a group, by code."""
    return await case_reports.count_by_code(tx, Wanted(group_id=group_id, statuses=_OPEN))


def report(found: Sequence[Result]) -> str:
    """Return the report: one line a group, beginning with its id."""
    return "\n".join([_WORDS["head"].format(count=len(found)), *(line_of(one) for one in found)])


def line_of(one: Result) -> str:
    """Return one check's line."""
    group = short(one.name) or str(one.group_id)
    late = _WORDS["late"].format(at=moment(one.missed_at)) if one.missed_at else ""
    if one.outcome is None:
        return _WORDS["pending"].format(id=one.id, group=group)
    found = one.findings
    if one.outcome is Outcome.UNKNOWN:
        why = words(found.why or _WORDS["unknown_word"])
        line = _WORDS["unknown"].format(id=one.id, group=group, why=why)
        return line + (_WORDS["again"] if one.again else "") + late
    codes = "、".join(f"{DUTIES[Code(code)].title} {n}" for code, n in sorted(found.by_code.items()))
    codes += _WORDS["quiet"].format(n=found.quiet) if found.quiet else ""
    template = _WORDS["findings" if found.total else "clean"]
    last = _compared(found.total, one.before)
    return template.format(id=one.id, group=group, n=found.total, by_code=codes, last=last) + late


def public(found: Sequence[Result]) -> str:
    """Return the counts only."""
    outcomes = [one.outcome for one in found]
    pending = outcomes.count(None)
    text = _WORDS["public"].format(
        count=len(found),
        clean=outcomes.count(Outcome.CLEAN),
        findings=outcomes.count(Outcome.FINDINGS),
        unknown=outcomes.count(Outcome.UNKNOWN),
    )
    return text + (_WORDS["public_pending"].format(pending=pending) if pending else "")


def coverage(month: str, names: Mapping[int, str], done: Mapping[int, datetime]) -> str:
    """Return which of these groups were inspected in a month, and when."""
    left = [short(names[group_id]) or str(group_id) for group_id in names if group_id not in done]
    more = _WORDS["more"].format(n=len(left)) if len(left) > LISTED else ""
    missing = _WORDS["missing"].format(n=len(left), listed="、".join(left[:LISTED]) + more) if left else ""
    line = _WORDS["coverage"].format(month=month, all=len(names), done=len(done), missing=missing)
    if not done:
        return line
    dated = sorted(done.items(), key=lambda item: (item[1], item[0]))
    each = [_WORDS["done_line"].format(group=short(names[g], 12) or g, at=day(at)) for g, at in dated]
    more = _WORDS["more"].format(n=len(each)) if len(each) > LISTED else ""
    return line + "\n" + _WORDS["dates"].format(listed="、".join(each[:LISTED]) + more)


def _compared(total: int, before: int | None) -> str:
    if before is None:
        return _WORDS["first"]
    if total == before:
        return _WORDS["same"]
    return _WORDS["better" if total < before else "worse"].format(n=abs(total - before))
