"""What the sender asks before an act, and what an act's end means for cases and requests."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from config.phrases import gateway as say
from config.phrases.groups import UNKNOWN
from db.engine import Transaction
from db.queries.cases import case_acts, notices
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.people import offices
from db.queries.work.outbox import OutboxRow
from regulation.cards.group_card import judge_card, right_card
from regulation.cases import STARTS_CLOCK, due_after_notice
from regulation.checks.unfiled_group import IN_REVIEW
from regulation.deadlines import ZONE
from regulation.duties import Code
from regulation.model import Case, CaseStatus, Closure, Group
from regulation.policy import Mode
from services import outbox
from services.acts import OF_ITS_DAY, PLANNED, TO_OFFICERS, ActKind, ActOutcome, Lapse, dropped
from services.app import App
from services.cases import escalation, life
from services.cases.settling import asking_back
from services.groups.modes import general_mode
from services.groups.view import effective_mode, load_group
from services.inbox import listing
from services.joining import answered, invitations
from services.people import grants, roles
from services.sender import last_look
from services.sender.last_look import Look
from services.watching import clock, lost_groups


async def why_not(app: App, tx: Transaction, row: OutboxRow, look: Look | None) -> ActOutcome | None:
    """Return how this act ends if it is not to be done, or None when it is to be done now.

    `look`: for a removal, what was read of its group a moment ago.
    """
    if look is not None:
        why = await last_look.why_not(app, tx, row, look)
        return dropped(why) if why else None
    check = _WANTED.get(row.kind)
    return None if check is None else await check(app, tx, row)


async def record(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    """Write what an act's end means, in the transaction that ends the row."""
    followed = _ENDED.get(row.kind)
    if followed is not None:
        await followed(app, tx, row, outcome)
    if row.kind in (ActKind.REMOVE, ActKind.SET_CARD) and row.group_id is not None:
        await group_rows.look_no_later(tx, [row.group_id], app.now() + timedelta(seconds=1))
        tx.after_commit(app.work_news.set)


async def _card_wanted(app: App, tx: Transaction, row: OutboxRow) -> ActOutcome | None:
    if row.group_id is None or row.user_id is None:
        return dropped(say.NOT_WANTED["incomplete"])
    group = await load_group(app, tx, row.group_id)
    if await effective_mode(tx, group) is not Mode.ENFORCE and row.payload.get("why") != "asked":
        return dropped(say.LAST_LOOK["not_enforcing"])
    if row.case_ids and not await _all_open(tx, row.case_ids):
        return dropped(say.NOT_WANTED["cured"])
    day = app.now().date()
    employee = app.registry.active_employee_of(row.user_id, day)
    if employee is None:
        return dropped(say.NOT_WANTED["identity"])
    if not judge_card(row.payload["card"], employee, app.registry, app.policy, day).ok:
        return dropped(say.NOT_WANTED["another_card"])
    return None


async def _message_wanted(app: App, tx: Transaction, row: OutboxRow) -> ActOutcome | None:
    """Return how a message ends that is not to be sent any more, or None.

    A planned message is dropped as a whole if any of its cases is closed by now, and planned anew at once. So
    is a report of a day that is over (the next one tells how things are then), a message meant for an
    employee whose QQ is somebody else's by now, and word of an item of the inbox that is settled by now.
    """
    purpose = row.payload.get("purpose")
    if purpose in OF_ITS_DAY and row.made_at.astimezone(ZONE).date() < app.now().date():
        return dropped(say.NOT_WANTED["another_day"])
    whose = row.payload.get("employee_no")
    if whose is not None and row.user_id not in app.registry.qqs_of(whose):
        return dropped(say.NOT_WANTED["another_person"])
    if purpose == "rights" and not await grants.still_so(tx, row):
        return dropped(say.NOT_WANTED["rights"])
    if "item" in row.payload and not await listing.is_news(app, tx, row):
        return dropped(say.NOT_WANTED["settled"])
    if await lost_groups.are_back(tx, row.payload):
        return dropped(say.NOT_WANTED["back"])
    if purpose not in PLANNED or row.group_id is None:
        return None
    seen = await group_rows.get_or_blank(tx, row.group_id)
    if seen.gone_at is not None:
        return dropped(UNKNOWN["lost"])
    group = await load_group(app, tx, row.group_id, seen)
    if not await _is_office_the_same(app, tx, row, group):
        return dropped(say.NOT_WANTED["office"])
    # An unfiled group is observed, but for the notice to file.
    mode = await general_mode(tx) if purpose == "file" else await effective_mode(tx, group)
    if mode is Mode.OBSERVE:
        return dropped(say.LAST_LOOK["observed"])
    if not await _all_open(tx, row.case_ids):
        return dropped(say.NOT_WANTED["some_cured"])
    if purpose == "card_reminder" and await case_acts.is_card_in_work(tx, row.case_ids):
        return dropped(say.NOT_WANTED["in_work"])
    if _names_another_card(app, row):
        return dropped(say.NOT_WANTED["another_card"])
    return None


def _names_another_card(app: App, row: OutboxRow) -> bool:
    """Tell whether a reminder names a card that is not the right one any more: nobody is to act on it."""
    named: Mapping[str, str] = row.payload.get("cards", {})
    people = ((app.registry.employee_of(int(user_id)), card) for user_id, card in named.items())
    return any(one is None or right_card(one, app.policy) != card for one, card in people)


async def _is_office_the_same(app: App, tx: Transaction, row: OutboxRow, group: Group) -> bool:
    """Tell whether a message still goes to the right person: one in office, or standing in where nobody is.

    If it asks for an office to be handed over: whether that office is still held.
    """
    if row.payload["purpose"] == "hand_over":
        held = (await offices.officers(tx, [group.group_id])).get(group.group_id, ())
        return all(case.user_id in held for case in await case_rows.get_many(tx, row.case_ids))
    if row.payload["purpose"] not in TO_OFFICERS:
        return True
    if await _is_the_initiators(tx, row, group):
        return True
    officers = await roles.officers_of(app, tx, group.group_id)
    return row.user_id in (officers or await roles.answering_for(app, tx, group.group_id))


async def _is_the_initiators(tx: Transaction, row: OutboxRow, group: Group) -> bool:
    """Tell whether a message asks the initiator of a discussion group, still a member, to end it."""
    if row.user_id is None or group.filing is None or row.user_id != group.filing.initiator_id:
        return False
    member = await memberships.membership(tx, group.group_id, row.user_id)
    found = await case_rows.get_many(tx, row.case_ids)
    return member is not None and member.is_inside and all(case.code is Code.D2 for case in found)


async def _all_open(tx: Transaction, case_ids: tuple[int, ...]) -> bool:
    found = await case_rows.get_many(tx, case_ids)
    return all(case.closed_at is None and not case.frozen and case.reason != IN_REVIEW for case in found)


async def _acted_on(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> list[Case]:
    """Note on an act's cases how it ended; return them."""
    how = {"state": outcome.state, "result": outcome.detail, "confirmed_by": outcome.confirmed_by or ""}
    for case_id in row.case_ids:
        await life.note(app, tx, case_id, "acted", act=row.kind.value, **how)
    return await case_rows.get_many(tx, row.case_ids)


async def _removal_ended(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    for case in await _acted_on(app, tx, row, outcome):
        if outcome.state == "done":
            closed = await life.close_case(app, tx, case, Closure.REMOVED, "removed")
            await memberships.member_gone(tx, case.group_id, row.user_id or 0, app.now())
            if not closed and case.closed_as is Closure.DISMISSED:
                await asking_back.ask(app, tx, [case])  # found wrong while they were being removed
        elif outcome.state in ("failed", "unconfirmed"):
            await escalation.removal_failed(app, tx, case, outcome.detail)


async def _card_ended(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    for case in await _acted_on(app, tx, row, outcome):
        if outcome.state == "done":
            await life.close_case(app, tx, case, Closure.CORRECTED, "card set")
    if row.payload.get("why") == "asked":
        await _tell_asker(app, tx, row, outcome, row.user_id, "card")
    elif outcome.state == "failed" and row.group_id is not None:
        await escalation.card_failed(app, tx, row.group_id, outcome.detail)


async def _notice_ended(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    await _tell_asker(app, tx, row, outcome, row.payload.get("by"), "announcement")


async def _answer_ended(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    await answered.ended(app, tx, row, outcome)
    by = row.payload.get("by")
    if outcome.lapse not in (Lapse.ELSEWHERE, Lapse.SETTLED):
        await _tell_asker(app, tx, row, outcome, int(by) if by else None, "answer")


async def _tell_asker(
    app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome, asked_by: int | None, what: str
) -> None:
    if outcome.state != "done" and asked_by is not None:
        await escalation.not_done(app, tx, asked_by, what, row, outcome.detail)


async def _message_ended(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    await outbox.note_said(app, tx, row, said=outcome.state in ("done", "unconfirmed"))
    if outcome.state == "dropped":
        if row.payload.get("purpose") in PLANNED and row.group_id is not None:
            await group_rows.look_no_later(tx, [row.group_id], app.now())
            tx.after_commit(app.work_news.set)
        for case_id in row.case_ids:
            await notices.take_back(tx, case_id, row.payload.get("purpose", ""), row.user_id or 0)
        return
    if row.payload.get("purpose") == "card_intro" and row.group_id is not None:
        await group_rows.put(tx, row.group_id, reminded_at=app.now())
    for case in await case_rows.get_many(tx, row.case_ids):
        await _note_said(app, tx, case, row, delivered=outcome.state == "done", detail=outcome.detail)


async def _note_said(
    app: App, tx: Transaction, case: Case, row: OutboxRow, *, delivered: bool, detail: str
) -> None:
    """Note a reminder or notice, and whom it reached when: the clock of blame starts with that.

    While the clock is wrong none starts: the first reading after it was set right starts it.
    """
    now, purpose = app.now(), row.payload.get("purpose", "")
    reminder = purpose == "card_reminder"
    kind = ("reminded" if reminder else "told") if delivered else "undelivered"
    told = f"群 {row.group_id}" if row.kind is ActKind.SEND_GROUP else f"QQ {row.user_id}"
    await life.note(app, tx, case.id, kind, purpose=purpose, to=told, result=detail)
    if reminder:
        await case_rows.change(tx, case.id, last_reminded_at=now)
    to = case.user_id if reminder else row.user_id
    if purpose not in STARTS_CLOCK or to is None:
        return
    if delivered and clock.earlier(app) is not None:
        await notices.ask(tx, case.id, purpose, to, now)
        if case.status is CaseStatus.OPEN:
            await case_rows.change(tx, case.id, status=CaseStatus.REMINDED.value)
        return
    await notices.note_end(tx, case.id, purpose, to, now, reached=delivered)
    if delivered:
        await _start_clock(app, tx, case)
    elif not reminder:
        await group_rows.look_no_later(tx, [case.group_id], now + life.TELL_AGAIN)


async def _start_clock(app: App, tx: Transaction, case: Case) -> None:
    """Give whoever was just told of a case the whole span from now; the first one sets its deadline."""
    due = due_after_notice(case, app.now(), app.policy)
    if case.first_reminded_at is None:
        status = CaseStatus.REMINDED if case.status is CaseStatus.OPEN else case.status
        await case_rows.change(tx, case.id, first_reminded_at=app.now(), due_at=due, status=status.value)
    await group_rows.look_no_later(tx, [case.group_id], due)


_WANTED: dict[ActKind, Callable[[App, Transaction, OutboxRow], Awaitable[ActOutcome | None]]] = {
    ActKind.SET_CARD: _card_wanted,
    ActKind.SEND_GROUP: _message_wanted,
    ActKind.SEND_PRIVATE: _message_wanted,
    ActKind.ANSWER_REQUEST: answered.why_not,
    ActKind.ANSWER_INVITE: invitations.why_not_invited,
    ActKind.ANSWER_FRIEND: invitations.why_not_befriended,
}
_ENDED: dict[ActKind, Callable[[App, Transaction, OutboxRow, ActOutcome], Awaitable[None]]] = {
    ActKind.REMOVE: _removal_ended,
    ActKind.SET_CARD: _card_ended,
    ActKind.SEND_GROUP: _message_ended,
    ActKind.SEND_PRIVATE: _message_ended,
    ActKind.ANSWER_REQUEST: _answer_ended,
    ActKind.GROUP_NOTICE: _notice_ended,
    ActKind.ANSWER_INVITE: invitations.invite_ended,
}
