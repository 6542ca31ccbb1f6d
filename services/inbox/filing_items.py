"""Filings that wait: what is filed, or what would change of a filing in force, before somebody says yes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from config.phrases import filing as filing_phrases
from config.phrases import inbox as phrases
from db.queries.groups import filings
from db.queries.groups.filings import FilingRow
from regulation.checks.group_names import reserved_word
from regulation.groups.scope import write_scope
from regulation.model import Employee, FilingState, Kind, Scope
from services.filing.route import heads_of_filing
from services.filing.today import as_called
from services.inbox.item import Desk, Item
from services.naming import numbered, short
from services.people.roles import heads_reached, name_of

# Longer than this nobody reads in a list; 备案状态 shows all of it.
_LONGEST = 60


async def filing(desk: Desk, row: FilingRow) -> Item:
    """Describe a filing and whose step it is."""
    row, state = as_called(desk.app, row), row.state
    with_head = state is FilingState.WITH_HEAD
    asked = with_head or row.route != "change"
    named = heads_of_filing(desk.app, row.owner_id, row.department) if asked else ()
    heads = heads_reached(desk.app, named)
    steps = await filings.steps(desk.tx, row.id)
    last = steps[-1] if steps else None
    settlers = frozenset(heads) | desk.app.superusers() if with_head and named else desk.staff
    return Item(
        "B",
        row.id,
        await _what(desk, row, steps[0].comment if steps else ""),
        row.group_id,
        last.at if last else row.made_at,
        settlers,
        tell=(tuple(heads) if with_head else ()) or tuple(sorted(desk.staff)),
        # Whoever was asked hears what became of it.
        asked=frozenset() if with_head else frozenset(heads),
        more=await _more(desk, row, named if not heads else ()) if with_head else "",
        stage=state.value,
        version=state.value,
        open=state in (FilingState.WITH_HEAD, FilingState.WITH_ADMIN),
        settled_by=last.actor if last else None,
        settled_at=row.settled_at or (last.at if last else None),
        settled_as=state.value,
        steps=tuple((one.actor, one.at, one.step) for one in steps),
    )


async def _what(desk: Desk, row: FilingRow, reason: str) -> str:
    word = reserved_word(row.name or "", desk.app.policy.company)
    common = {
        "route": phrases.FILING_ROUTES.get(row.route, row.route),
        "group": desk.group(row.group_id),
        "reserved": phrases.FILING_RESERVED.format(word=word) if word else "",
    }
    filed = await filings.approved_row(desk.tx, row.group_id)
    if filed is not None and (changes := _changes(desk, as_called(desk.app, filed), row)):
        why = phrases.REASON.format(reason=short(reason, _LONGEST)) if reason else ""
        return phrases.FILING_CHANGED.format(changes="｜".join(changes), reason=why, **common)
    discussion = row.kind == Kind.DISCUSSION.value
    said = {"issue": _said(desk, "issue", row.issue), "ends": _said(desk, "ends_on", row.ends_on)}
    return phrases.FILING.format(
        kind=row.kind,
        purpose=_said(desk, "purpose", row.purpose),
        scope=write_scope(row.scope),
        owner=name_of(desk.app, row.owner_id),
        discussion=phrases.FILING_DISCUSSION.format(**said) if discussion else "",
        **common,
    )


def _changes(desk: Desk, filed: FilingRow, row: FilingRow) -> list[str]:
    """Return each field that would change, before and after."""
    found = [
        phrases.FILING_CHANGE.format(
            field=title,
            before=_said(desk, field, getattr(filed, field)),
            after=_said(desk, field, getattr(row, field)),
        )
        for field, title in phrases.FILING_FIELDS.items()
        if getattr(filed, field) != getattr(row, field)
    ]
    before, after = frozenset(filed.admin_ids or ()), frozenset(row.admin_ids or ())
    moved = [
        template.format(names="、".join(name_of(desk.app, one) for one in sorted(people)))
        for template, people in (
            (phrases.FILING_ADDED, after - before),
            (phrases.FILING_LEFT, before - after),
        )
        if people
    ]
    return [*found, *([phrases.FILING_ADMINS.format(changes="，".join(moved))] if moved else [])]


def _said(desk: Desk, field: str, value: Any) -> str:
    if isinstance(value, Scope):
        return write_scope(value)
    if field == "owner_id":
        return name_of(desk.app, value)
    if isinstance(value, date):
        return value.isoformat()
    return short(str(value or ""), _LONGEST) or phrases.FILING_UNSAID


async def _more(desk: Desk, row: FilingRow, unreached: Sequence[Employee]) -> str:
    """Return what else a head is asked or, where no QQ reaches one, what others can do about that."""
    named = "、".join(f"{head.name}（{head.employee_no}）" for head in unreached)
    what = filing_phrases.HEAD_UNREACHED.format(heads=named) if unreached else ""
    return what + (await _head_question(desk, row) if row.route != "prolong" else "")


async def _head_question(desk: Desk, row: FilingRow) -> str:
    """Return what the regulation asks of a head: is it needed, does no group serve already (四.1.1)."""
    called = desk.app.registry.tree.called
    names = [one for one in await filings.departments(desk.tx) if called(one) == row.department]
    filed = [as_called(desk.app, one) for one in await filings.approved_rows(desk.tx, names)]
    same = [one for one in filed if one.scope == row.scope and one.group_id != row.group_id]
    listed = "、".join(numbered(one.name, one.group_id) for one in same[:10])
    known = filing_phrases.SAME_SCOPE.format(groups=listed) if same else filing_phrases.NO_SAME_SCOPE
    return f"\n{filing_phrases.HEAD_QUESTION}\n{known}"
