"""A filing's reviewers decide: the head, then admin staff; each step once, by whoever is first."""

from typing import Any

from config.phrases import filing as phrases
from db.engine import Transaction
from db.queries.cases import timelines as case_rows
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.groups.filings import FilingRow
from regulation.cases import due_after_notice
from regulation.duties import Code
from regulation.groups.filing import Actor, Refusal, Step, advance, number
from regulation.model import Employee, FilingState
from services import acts, outbox
from services.answer import NEUTRAL, Answer
from services.app import App
from services.filing.route import heads_of_filing
from services.filing.today import as_called
from services.followup import groups_changed
from services.groups.modes import start_mode
from services.inbox import listing
from services.joining import waiting
from services.naming import numbered
from services.people import roles
from services.trail import record

_FRESH = ("first", "upgrade")
# By its route: the duties that a filing would settle once approved.
_SETTLES = {
    "first": (Code.F1, Code.F3),
    "change": (Code.F2, Code.F3),
    "upgrade": (Code.F2, Code.F3, Code.D2),
    "prolong": (Code.D2,),
}


async def settle(app: App, filing_id: int, *, approve: bool, by: int, reason: str = "") -> Answer:
    """Take the reviewer's step that is due; who may is looked up for the state it is in now."""
    async with app.database.transaction() as tx:
        row = await filings.get(tx, filing_id)
        if row is None:
            return NEUTRAL
        state = FilingState(row.state)
        heads = heads_of_filing(app, row.owner_id, row.department)
        actors = await _actors(app, tx, heads, by)
        after = advance(state, Step.CONSENT if approve else Step.RETURN, actors)
        if after is Refusal.NOT_ENTITLED:
            return NEUTRAL
        if isinstance(after, Refusal):
            return Answer(False, phrases.NOT_SETTLED.format(item=f"B{filing_id}"))
        if after is FilingState.WITH_ADMIN and (row.route == "prolong" or not heads):
            # A prolongation needs the head's consent and nothing else; admin staff consent once.
            after = FilingState.APPROVED
        settled = await _take_step(app, tx, row, after, by, reason, by_head=bool(heads))
    if settled.ok and after is FilingState.APPROVED:
        await waiting.decide_waiting(app, row.group_id)
    return settled


async def _actors(app: App, tx: Transaction, heads: tuple[Employee, ...], by: int) -> frozenset[Actor]:
    found: set[Actor] = set()
    if by in roles.heads_reached(app, heads):
        found.add(Actor.HEAD)
    if await roles.is_admin_staff(app, tx, by):
        # Where its head has left meanwhile, a filing is theirs as if there had been none.
        found |= {Actor.ADMIN_STAFF} if heads else {Actor.ADMIN_STAFF, Actor.HEAD}
    if by in app.superusers():
        found.add(Actor.SUPERUSER)
    return frozenset(found)


async def _take_step(
    app: App, tx: Transaction, row: FilingRow, after: FilingState, by: int, reason: str, *, by_head: bool
) -> Answer:
    item, group = f"B{row.id}", numbered(row.name, row.group_id)
    now = app.now()
    given = await _replace_old(app, tx, row, by) if after is FilingState.APPROVED else None
    approved = {} if given is None else {"approved_at": now, "number": given, **_names_of_today(app, row)}
    settled = {} if after is FilingState.WITH_ADMIN else {"settled_at": now}
    if not await filings.change(tx, row.id, state_was=row.state, state=after.value, **approved, **settled):
        return Answer(False, phrases.NOT_SETTLED.format(item=item))
    step = {FilingState.WITH_ADMIN: "head_approved", FilingState.APPROVED: "approved"}.get(after, "returned")
    if after is FilingState.APPROVED and row.state is FilingState.WITH_HEAD and by_head:
        step = "head_approved"
    await filings.add_step(tx, row.id, at=now, actor=str(by), step=step, comment=reason)
    what = {"action": f"filing_{step}", "subject": item}
    await record(app, tx, actor=str(by), **what, group_id=row.group_id, reason=reason)
    if after is FilingState.WITH_ADMIN:
        await listing.announce(app, tx, "B", row.id)
        told = phrases.OWNER_TO_ADMIN.format(group=group, what=_what(row), item=item)
        await _tell_owner(app, tx, row, told, at=after)
        return Answer(True, phrases.TO_ADMIN.format(item=item))
    if given is not None:
        return await _approved(app, tx, row, given)
    why = phrases.REASON.format(reason=reason) if reason else ""
    told = phrases.OWNER_RETURNED.format(group=group, what=_what(row), item=item, reason=why)
    await _tell_owner(app, tx, row, told)
    await _restart_clock(app, tx, row)
    return Answer(True, phrases.RETURNED.format(item=item))


def _names_of_today(app: App, row: FilingRow) -> dict[str, Any]:
    """Return the scope and the owner's department as they are called when a filing is approved."""
    today = as_called(app, row)
    owner = app.registry.employee_of(row.owner_id) if row.owner_id is not None else None
    return {"scope": today.scope, "department": today.department if owner is None else owner.department}


async def _restart_clock(app: App, tx: Transaction, row: FilingRow) -> None:
    """A returned filing gives its owner the days to do it anew: none ran while it was under review."""
    for case in await case_rows.open_of_group(tx, row.group_id):
        if case.code in _SETTLES.get(row.route, ()) and case.first_reminded_at is not None:
            await case_rows.change(tx, case.id, due_at=due_after_notice(case, app.now(), app.policy))
    await groups_changed(app, tx, [row.group_id])


async def _replace_old(app: App, tx: Transaction, row: FilingRow, by: int) -> str:
    """Close the filing that this one replaces; return its number for a change, else a new one."""
    now = app.now()
    kept: str | None = None
    old = await filings.approved_row(tx, row.group_id)
    if old is not None:
        keeps = row.route not in _FRESH
        kept = old.number if keeps else None
        freed = {"number": None} if keeps else {}
        closed = FilingState.CLOSED.value
        await filings.change(tx, old.id, state_was=old.state, state=closed, settled_at=now, **freed)
        comment = f"{old.number or ''} → B{row.id}"
        await filings.add_step(tx, old.id, at=now, actor=str(by), step="replaced", comment=comment)
    return kept or number(now.year, await filings.next_number(tx, now.year))


async def _approved(app: App, tx: Transaction, row: FilingRow, given: str) -> Answer:
    """Start the mode, tell owner and group, and have the group looked at."""
    group_id = row.group_id
    group = await group_rows.get_or_blank(tx, group_id)
    mode = ""
    if row.route in _FRESH:
        # A mode set by hand before the filing stays: only a group without one gets the default.
        own = group.mode or await start_mode(app, tx, group_id)
        mode = phrases.MODE_STARTS.format(mode=own.value)
    about = {"what": _what(row), "number": given}
    called = numbered(row.name, group_id)
    await _tell_owner(app, tx, row, phrases.OWNER_APPROVED.format(group=called, mode=mode, **about))
    public = phrases.GROUP_APPROVED.format(**about)
    said = acts.to_group(group_id, public, key=f"filed:{row.id}", purpose="filed")
    await outbox.queue(app, tx, said)
    await groups_changed(app, tx, [group_id])
    return Answer(True, phrases.APPROVED.format(item=f"B{row.id}", number=given))


def _what(row: FilingRow) -> str:
    """Return what was asked for, as its owner calls it."""
    return phrases.ASKED_FOR[row.route].format(ends=row.ends_on)


async def _tell_owner(
    app: App, tx: Transaction, row: FilingRow, text: str, *, at: FilingState | None = None
) -> None:
    """Tell the owner, and whoever handed it in where that is somebody else.

    `at`: the step that it has come to, without which it is not said.
    """
    group_id = row.group_id
    fallback = phrases.PERSONAL_FALLBACK.format(group=group_id)
    for user_id in dict.fromkeys(one for one in (row.owner_id, row.made_by) if one is not None):
        act = acts.to_person(user_id, text, via_group=group_id, fallback=fallback, purpose="filing")
        await outbox.queue(app, tx, act if at is None else acts.while_open(act, f"B{row.id}", at.value))
