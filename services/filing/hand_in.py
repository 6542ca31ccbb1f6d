"""Filing a group: what is asked for, read from QQ and handed in. Settling is `services.filing.review`'s."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

from config.phrases import filing as phrases
from db.engine import Transaction
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.groups.filings import Contents, FilingRow
from db.values import written
from regulation.groups.filing import (
    LONGEST_DISCUSSION,
    Actor,
    Draft,
    Problem,
    Refusal,
    Step,
    advance,
    may_prolong,
    missing_for_filing,
)
from regulation.groups.scope import read_scope, suggest
from regulation.model import FilingState, Kind, Role
from services.answer import Answer
from services.app import App
from services.filing.route import heads_of_filing
from services.filing.standing import only_discussion
from services.filing.today import as_called
from services.followup import groups_changed
from services.inbox import listing
from services.naming import numbered
from services.ports import Reading
from services.trail import record


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to file, as typed."""

    purpose: str
    scope: str
    kind: Kind = Kind.QQ_GROUP
    issue: str = ""
    ends_on: date | None = None
    established_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What QQ says of a group: our own accounts are no admins worth filing.

    `owner_id`: where one of our accounts owns it, who stands in: an admin, else who files.
    """

    name: str
    owner_id: int
    admin_ids: list[int]
    member_count: int


async def file(app: App, group_id: int, wish: Wish, *, by: int, route: str = "first") -> Answer:
    """Hand in a filing of a group: `first`, or `upgrade` of a discussion group. Rights are the caller's."""
    if group_id == app.settings.admin_group:
        return _refusal(phrases.NOT_NEEDED)
    facts = await read_facts(app, group_id, by)
    if isinstance(facts, Answer):
        return facts
    draft = _draft(app, wish, facts)
    problems = missing_for_filing(draft, app.now().date())
    if problems:
        return _refusal(_explain(app, problems, facts))
    async with app.database.transaction() as tx:
        refused = await _refused(tx, group_id, route)
        if refused is not None:
            return refused
        return await _hand_in(app, tx, group_id, route, _contents(draft, facts), by)


async def change(app: App, group_id: int, *, by: int, purpose: str = "", scope: str = "") -> Answer:
    """Hand in what changed of an approved filing (备案变更): admin staff alone review it."""
    facts = await read_facts(app, group_id, by)
    if isinstance(facts, Answer):
        return facts
    async with app.database.transaction() as tx:
        filed = await filings.approved_row(tx, group_id)
        if filed is None:
            return _refusal(phrases.NOT_APPROVED)
        filed = as_called(app, filed)
        waiting = await filings.waiting_row(tx, group_id)
        before = as_called(app, waiting) if waiting is not None and waiting.route == "change" else filed
        wanted = _live(app, facts, _kept(before))
        if purpose:
            wanted = replace(wanted, purpose=purpose)
        if scope:
            draft = _draft(app, Wish("", scope), facts)
            problems = missing_for_filing(draft, app.now().date())
            wrong = tuple(problem for problem in problems if problem.field == "范围")
            if wrong:
                return _refusal(_explain(app, wrong, facts))
            wanted = replace(wanted, scope=draft.scope.scope)
        if app.registry.active_employee_of(facts.owner_id, app.now().date()) is None:
            return _refusal(phrases.OWNER_FIRST.format(owner=facts.owner_id))
        if _same(_kept(filed), wanted):
            return Answer(False, phrases.NO_CHANGE, phrases.NO_CHANGE)
        if _same(_kept(before), wanted):
            return _refusal(phrases.CHANGE_WAITS.format(item=f"B{before.id}"))
        return await _hand_in(app, tx, group_id, "change", wanted, by)


async def prolong(app: App, group_id: int, until: date, reason: str, *, by: int) -> Answer:
    """Ask for a later end of a discussion group: the head consents, once."""
    today = app.now().date()
    async with app.database.transaction() as tx:
        filed = await filings.approved_row(tx, group_id)
        if filed is None or filed.kind is not Kind.DISCUSSION:
            return _refusal(await only_discussion(tx, group_id, "延期"))
        filed = as_called(app, filed)
        problem = may_prolong(filed.ends_on, until, today, prolonged=filed.prolonged)
        if problem is not None:
            latest = today + timedelta(days=LONGEST_DISCUSSION)
            text = phrases.PROLONG_DATE.format(old=filed.ends_on or today, latest=latest)
            return _refusal(phrases.PROLONGED_ALREADY if problem.reason == "once" else text)
        wanted = replace(_kept(filed), ends_on=until, prolonged=True)
        return await _hand_in(app, tx, group_id, "prolong", wanted, by, reason)


async def read_facts(app: App, group_id: int, by: int) -> Facts | Answer:
    """Read name, owner, admins and member count from QQ; `by`: who files. Raises `UnreachableError`."""
    reading: Reading = await app.qq.read_members(group_id)
    if not reading.complete:
        return _refusal(phrases.INCOMPLETE.format(why=reading.why_incomplete))
    ours = app.own_accounts()
    owner = next((member.user_id for member in reading.members if member.role is Role.OWNER), None)
    admins = sorted(m.user_id for m in reading.members if m.role is Role.ADMIN and m.user_id not in ours)
    if owner in ours:
        owner = by if by in admins or not admins else admins[0]
    if owner is None:
        return _refusal(phrases.NO_OWNER)
    return Facts(reading.name[:300], owner, admins, len(reading.members))


async def withdraw_waiting(app: App, tx: Transaction, group_id: int, *, by: str) -> str | None:
    """Withdraw the filing of a group that is on its way; return its id as written, or None."""
    row = await filings.waiting_row(tx, group_id)
    if row is None:
        return None
    values = {"state": FilingState.WITHDRAWN.value, "settled_at": app.now()}
    if await filings.change(tx, row.id, state_was=row.state, **values):
        await filings.add_step(tx, row.id, at=app.now(), actor=by, step="withdrawn")
    return f"B{row.id}"


def _draft(app: App, wish: Wish, facts: Facts) -> Draft:
    return Draft(
        purpose=wish.purpose,
        scope=read_scope(wish.scope, app.registry),
        owner=app.registry.employee_of(facts.owner_id),
        kind=wish.kind,
        issue=wish.issue,
        ends_on=wish.ends_on,
        established_on=wish.established_on,
    )


def _contents(draft: Draft, facts: Facts) -> Contents:
    discussion = draft.kind is Kind.DISCUSSION
    return Contents(
        kind=draft.kind,
        name=facts.name,
        purpose=draft.purpose,
        scope=draft.scope.scope,
        department=draft.owner.department if draft.owner is not None else "",
        owner_id=facts.owner_id,
        admin_ids=facts.admin_ids,
        member_count=facts.member_count,
        established_on=draft.established_on,
        issue=draft.issue if discussion else "",
        ends_on=draft.ends_on if discussion else None,
        initiator_id=facts.owner_id if discussion else None,
        prolonged=False,
    )


def _kept(filed: FilingRow) -> Contents:
    return Contents(*(getattr(filed, one.name) for one in fields(Contents)))


def _live(app: App, facts: Facts, filed: Contents) -> Contents:
    owner = app.registry.employee_of(facts.owner_id)
    return replace(
        filed,
        name=facts.name,
        owner_id=facts.owner_id,
        admin_ids=facts.admin_ids,
        member_count=facts.member_count,
        department=owner.department if owner is not None else filed.department,
    )


def _same(one: Contents, other: Contents) -> bool:
    """Tell whether two say the same; how many members there are changes by itself.

    A register that names no admins says the same as a group that has none.
    """
    first, second = (
        replace(each, member_count=None, admin_ids=sorted(each.admin_ids or ())) for each in (one, other)
    )
    return first == second


async def _refused(tx: Transaction, group_id: int, route: str) -> Answer | None:
    filed = await filings.approved_row(tx, group_id)
    if route == "upgrade":
        if filed is None or filed.kind is not Kind.DISCUSSION:
            return _refusal(await only_discussion(tx, group_id, "升级"))
    elif filed is not None:
        return _refusal(phrases.APPROVED_ALREADY.format(number=filed.number or ""))
    return None


async def _hand_in(
    app: App, tx: Transaction, group_id: int, route: str, wanted: Contents, by: int, comment: str = ""
) -> Answer:
    """Write the filing with its first step, tell its reviewers, and say where it is now.

    The very same that is on its way already is no second one.
    """
    if told := await _told_that_it_waits(app, tx, group_id, route, wanted, comment):
        return told
    before = await withdraw_waiting(app, tx, group_id, by=str(by))
    heads = heads_of_filing(app, wanted.owner_id, wanted.department)
    officer = frozenset({Actor.OFFICER})
    state = advance(FilingState.DRAFT, Step.HAND_IN, officer, has_head=bool(heads), short=route == "change")
    assert not isinstance(state, Refusal)
    now = app.now()
    if await group_rows.get(tx, group_id) is None:
        await group_rows.put(tx, group_id, name=wanted.name or "", owner_id=wanted.owner_id)
    filing_id = await filings.add(
        tx, group_id=group_id, route=route, state=state.value, made_by=by, made_at=now, **written(wanted)
    )
    await filings.add_step(tx, filing_id, at=now, actor=str(by), step="submitted", comment=comment)
    subject = f"B{filing_id}"
    what = {"action": "filing_handed_in", "subject": subject, "route": route}
    await record(app, tx, actor=str(by), **what, group_id=group_id)
    await listing.announce(app, tx, "B", filing_id)
    await groups_changed(app, tx, [group_id])
    text = phrases.SUBMITTED_STAFF
    if state is FilingState.WITH_HEAD:
        text = phrases.SUBMITTED_HEAD
    group = numbered(wanted.name or "", group_id)
    said = text.format(item=subject, group=group, heads="、".join(head.name for head in heads))
    if before is not None:
        said += phrases.REPLACED.format(item=before)
    return Answer(True, said, phrases.PUBLIC_SUBMITTED)


async def _told_that_it_waits(
    app: App, tx: Transaction, group_id: int, route: str, wanted: Contents, comment: str
) -> Answer | None:
    """Say with whom the same filing is already; None where there is none, or whose head is one no more."""
    row = await filings.waiting_row(tx, group_id)
    if row is None or row.route != route or not _same(_kept(as_called(app, row)), wanted):
        return None
    if (await filings.steps(tx, row.id))[0].comment != comment:
        return None
    whom = phrases.WITH_STAFF
    if row.state is FilingState.WITH_HEAD:
        heads = heads_of_filing(app, row.owner_id, row.department)
        if not heads:
            return None
        whom = phrases.WITH_HEAD.format(heads="、".join(head.name for head in heads))
    return Answer(False, phrases.SAME_WAITS.format(item=f"B{row.id}", whom=whom), phrases.PUBLIC_SUBMITTED)


def _refusal(text: str) -> Answer:
    return Answer(False, text, "")


def _explain(app: App, problems: tuple[Problem, ...], facts: Facts) -> str:
    """Return one line a problem: what is missing and how it is written."""
    return "\n".join(_explained(app, problem, facts) for problem in problems)


def _explained(app: App, problem: Problem, facts: Facts) -> str:
    if problem.field == "群主":
        owner = app.registry.employee_of(facts.owner_id)
        return phrases.OWNER_FIRST.format(owner=facts.owner_id if owner is None else owner.name)
    if problem.field == "范围" and problem.data:
        near = suggest(problem.data, app.registry) if problem.reason == "unknown" else ()
        names = near or tuple(path for word in problem.data for path in app.registry.tree.find(word))
        template = phrases.SCOPE_AMBIGUOUS if problem.reason == "ambiguous" else phrases.SCOPE_UNKNOWN
        hint = phrases.SCOPE_NEAR.format(names="、".join(f"“{one}”" for one in names)) if names else ""
        return template.format(word="、".join(problem.data)[:60], near=hint, names="、".join(names))
    sample = app.now().date() + timedelta(days=30)
    return phrases.MISSING[problem.field].format(sample=sample.isoformat())
