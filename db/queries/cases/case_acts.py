"""Where cases and the outbox meet: what is under way for a case, and calling it off."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select, update

from db.engine import Transaction
from db.tables.cases import cases
from db.tables.requests import join_requests
from db.tables.work import outbox, outbox_cases
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


async def in_flight(tx: Transaction, group_id: int, failed_since: datetime) -> frozenset[int]:
    """Return the group's cases with an act under way, or one that failed after `failed_since`.

    A card that the bot is seeing to counts for the member's card case also when it was not that case
    that asked.
    """
    recent = and_(outbox.c.state.in_(("dead", "unconfirmed")), outbox.c.finished_at > failed_since)
    wanted = (
        select(outbox_cases.c.case_id)
        .join(outbox, outbox.c.id == outbox_cases.c.outbox_id)
        .where(
            outbox.c.group_id == group_id,
            outbox.c.kind.in_(("remove", "set_card", "send_group")),
            or_(outbox.c.state.in_(_RUNNING), and_(outbox.c.kind != "send_group", recent)),
        )
    )
    by_member = _card_in_work().where(cases.c.group_id == group_id, cases.c.closed_at.is_(None))
    return frozenset([*(await tx.execute(wanted)).scalars(), *(await tx.execute(by_member)).scalars()])


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


async def is_card_in_work(tx: Transaction, case_ids: Sequence[int]) -> bool:
    """Tell whether the bot is seeing to the card of one of these cases, whoever asked for it."""
    return (await tx.execute(_card_in_work().where(cases.c.id.in_(case_ids)).limit(1))).first() is not None


async def reminder_under_way(tx: Transaction, group_id: int) -> bool:
    """Tell whether a card reminder to this group waits to be sent."""
    wanted = (
        select(outbox.c.id)
        .join(outbox_cases, outbox.c.id == outbox_cases.c.outbox_id)
        .where(outbox.c.group_id == group_id, outbox.c.kind == "send_group", outbox.c.state.in_(_RUNNING))
    )
    return (await tx.execute(wanted.limit(1))).first() is not None


async def last_reminders(tx: Transaction, user_ids: Sequence[int], since: datetime) -> dict[int, datetime]:
    """Return when each of these people was last reminded of a card, in any group, after `since`."""
    found: dict[int, datetime] = {}
    for start in range(0, len(user_ids), 500):
        wanted = (
            select(cases.c.user_id, func.max(cases.c.last_reminded_at))
            .where(
                cases.c.user_id.in_(user_ids[start : start + 500]),
                cases.c.code == "C1",
                cases.c.last_reminded_at > since,
            )
            .group_by(cases.c.user_id)
        )
        found.update(dict(await tx.rows(wanted)))
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
    wanted = select(func.max(cases.c.last_reminded_at)).where(
        cases.c.group_id == group_id, cases.c.code == "C1"
    )
    return (await tx.execute(wanted)).scalar_one()


async def acted_on(tx: Transaction, group_id: int) -> dict[int, Closure]:
    """Return, for a group's open cases, what the bot did about each: removed or corrected."""
    how = {"remove": Closure.REMOVED, "set_card": Closure.CORRECTED}
    return {case_id: how[kind] for case_id, kind in await tx.rows(_ACTED_ON, {"of": group_id})}
