"""Where cases and the outbox meet: the acts planned or begun for a case, and calling them off."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select, update

from db.engine import Transaction
from db.tables.cases import cases
from db.tables.requests import join_requests
from db.tables.work import outbox, outbox_cases
from db.writing.parts import in_parts
from regulation.model import Closure

_RUNNING = ("waiting", "claimed", "verifying")
_CALLED_OFF = ("remove", "set_card")
_ACTED_ON = (
    select(outbox_cases.c.case_id, outbox.c.kind)
    .join(outbox, outbox.c.id == outbox_cases.c.outbox_id)
    .join(cases, cases.c.id == outbox_cases.c.case_id)
    .where(
        cases.c.group_id == bindparam("of"),
        cases.c.closed_at.is_(None),
        outbox.c.kind.in_(_CALLED_OFF),
        outbox.c.acted_at.is_not(None),
        outbox.c.state.not_in(("dropped", "dead")),
    )
)
_FAILED = and_(outbox.c.state.in_(("dead", "unconfirmed")), outbox.c.finished_at > bindparam("failed_since"))
_IN_FLIGHT = (
    select(outbox_cases.c.case_id)
    .join(outbox, outbox.c.id == outbox_cases.c.outbox_id)
    .where(
        outbox.c.group_id == bindparam("of"),
        outbox.c.kind.in_(("remove", "set_card", "send_group")),
        or_(outbox.c.state.in_(_RUNNING), and_(outbox.c.kind != "send_group", _FAILED)),
    )
)
_REMINDER_UNDER_WAY = (
    select(outbox.c.id)
    .join(outbox_cases, outbox.c.id == outbox_cases.c.outbox_id)
    .where(outbox.c.group_id == bindparam("of"), outbox.c.kind == "send_group", outbox.c.state.in_(_RUNNING))
    .limit(1)
)
_LAST_REMINDERS = (
    select(cases.c.user_id, func.max(cases.c.last_reminded_at))
    .where(
        cases.c.user_id.in_(bindparam("ids", expanding=True)),
        cases.c.code == "C1",
        cases.c.last_reminded_at > bindparam("since"),
    )
    .group_by(cases.c.user_id)
)
_LAST_REMINDER = select(func.max(cases.c.last_reminded_at)).where(
    cases.c.group_id == bindparam("of"), cases.c.code == "C1"
)


async def in_flight(tx: Transaction, group_id: int, failed_since: datetime) -> frozenset[int]:
    """Return the group's cases with an act under way, or one that failed after `failed_since`.

    A card that the bot is seeing to counts for the member's card case also when it was not that case
    that asked.
    """
    found = await tx.fetch(_IN_FLIGHT, {"of": group_id, "failed_since": failed_since})
    by_member = await tx.fetch(_CARDS_IN_WORK, {"of": group_id})
    return frozenset(case_id for (case_id,) in (*found, *by_member))


def _card_in_work() -> Select[tuple[int]]:
    """Choose the card cases whose card the bot is seeing to.

    It is being set, or was after the reading that speaks of them, or will be: the gate sets the card
    of whoever it lets in, once that is seen to have worked.
    """
    set_since = and_(outbox.c.state == "done", outbox.c.finished_at >= cases.c.seen_at)
    being_set = exists().where(
        outbox.c.group_id == cases.c.group_id,
        outbox.c.user_id == cases.c.user_id,
        outbox.c.kind == "set_card",
        or_(outbox.c.state.in_(_RUNNING), set_since),
    )
    entering = exists().where(
        join_requests.c.group_id == cases.c.group_id,
        join_requests.c.user_id == cases.c.user_id,
        join_requests.c.state == "answering",
    )
    return select(cases.c.id).where(cases.c.code == "C1", or_(being_set, entering))


_CARDS_IN_WORK = _card_in_work().where(cases.c.group_id == bindparam("of"), cases.c.closed_at.is_(None))


async def is_card_in_work(tx: Transaction, case_ids: Sequence[int]) -> bool:
    """Tell whether the bot is seeing to the card of one of these cases, whoever asked for it."""
    return (await tx.execute(_card_in_work().where(cases.c.id.in_(case_ids)).limit(1))).first() is not None


async def reminder_under_way(tx: Transaction, group_id: int) -> bool:
    """Tell whether a card reminder to this group waits to be sent."""
    return bool(await tx.fetch(_REMINDER_UNDER_WAY, {"of": group_id}))


async def last_reminders(tx: Transaction, user_ids: Sequence[int], since: datetime) -> dict[int, datetime]:
    """Return when each of these people was last reminded of a card, in any group, after `since`."""
    found: dict[int, datetime] = {}
    for part in in_parts(user_ids):
        given = {"ids": part, "since": since}
        found.update({row[0]: row[1] for row in await tx.fetch(_LAST_REMINDERS, given)})
    return found


async def call_off(tx: Transaction, case_id: int, at: datetime) -> None:
    """Drop the removals and card changes of a closed case that nobody has begun."""
    linked = select(outbox_cases.c.outbox_id).where(outbox_cases.c.case_id == case_id)
    waiting = and_(outbox.c.state == "waiting", outbox.c.kind.in_(_CALLED_OFF), outbox.c.id.in_(linked))
    await tx.execute(
        update(outbox).where(waiting).values(state="dropped", finished_at=at, result="case closed")
    )


async def last_reminder_of_group(tx: Transaction, group_id: int) -> datetime | None:
    """Return when cards were last spoken of in this group, delivered or not."""
    return (await tx.fetch(_LAST_REMINDER, {"of": group_id}))[0][0]


async def acted_on(tx: Transaction, group_id: int) -> dict[int, Closure]:
    """Return, for a group's open cases, what the bot did about each: removed or corrected."""
    how = {"remove": Closure.REMOVED, "set_card": Closure.CORRECTED}
    return {case_id: how[kind] for case_id, kind in await tx.fetch(_ACTED_ON, {"of": group_id})}
