"""The outbox: every outward act is a row before it is an act.

A row is written in the transaction that decided it; `plugins.gateway` claims it, acts, reads
back and records. Answers to commands aside, nothing reaches QQ another way.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from db.engine import Transaction
from db.queries.work import outbox as rows
from db.queries.work import switches, unsaid
from db.queries.work.outbox import OutboxRow
from regulation.deadlines import next_day_time
from regulation.policy import Hours
from services.acts import ALERT, MESSAGES, Act, lane_of
from services.app import App

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# The beginning of keys of switches: when a note was said last. None is held back for longer than
# `NOTES_KEPT`.
NOTE = "told:"
NOTES_KEPT = timedelta(days=7)
MAKER, SENDER = "bot", "sender"


async def queue(app: App, tx: Transaction, *acts: Act) -> int:
    """Write `acts` as rows; return how many were new. The sender is woken once this is committed."""
    now, made = app.now(), 0
    acts = tuple(_by_day(act, now, app.policy.hours) for act in acts)
    plain = [act for act in acts if act.key and not act.case_ids]
    if len(plain) > 1:
        made = len(await rows.add_many(tx, [act_row(act, now) for act in plain]))
        acts = tuple(act for act in acts if not act.key or act.case_ids)
    for act in acts:
        made += await rows.add(tx, act_row(act, now), act.case_ids)
    if made:
        await tx.notify("outbox")
        tx.after_commit(app.outbox_news.set)
    return made


async def queue_rarely(app: App, tx: Transaction, note: str, every: timedelta, *acts: Act) -> bool:
    """Write `acts`, the messages of one note, unless that was said within `every`; return whether they were.

    Nothing is written, either, while the note waits to be said: at night, or where nothing can be sent. A
    note that reached nobody counts as not said.
    """
    now, key = app.now(), f"{NOTE}{note}"[:40]
    if not acts or await unsaid.is_any(tx, f"{key}:"):
        return False
    if not await unsaid.make_note(tx, key, by=MAKER, at=now, every=every):
        return False
    of_now = f"{key}:{secrets.token_hex(6)}"
    noted = {"note": key, "noted_at": now.isoformat()}
    each = [
        replace(act, key=f"{of_now}:{act.user_id or 'group'}", payload={**act.payload, **noted})
        for act in acts
    ]
    return await queue(app, tx, *each) > 0


async def note_said(app: App, tx: Transaction, row: OutboxRow, *, said: bool) -> None:
    """If `row` is a message of a note, count the time until that may be said again from now.

    `said`: as far as anybody knows, even if it timed out.
    """
    note = row.payload.get("note")
    if note is None:
        return
    if said:
        await switches.put(tx, note, True, by=SENDER, at=app.now())
    else:
        await unsaid.take_back_note(tx, note, MAKER, datetime.fromisoformat(row.payload["noted_at"]))


async def forget_notes(app: App) -> None:
    """Forget when notes were said that may be made again long since."""
    async with app.database.transaction() as tx:
        await unsaid.forget_notes(tx, NOTE, app.now() - NOTES_KEPT)


def _by_day(act: Act, now: datetime, hours: Hours) -> Act:
    """Return a message with the time of day that it waits for: at night nobody is spoken to."""
    if act.kind not in MESSAGES or act.payload.get("purpose") == ALERT:
        return act
    return replace(act, not_before=next_day_time(act.not_before or now, hours))


def act_now(app: App, tx: Transaction, acts: Sequence[Act]) -> None:
    """Write acts that this process does itself as soon as they are committed; each has key and account.

    They are in hand from the start, tried for all anybody knows: after a crash they are read back
    before anything is repeated.
    """
    if not acts:
        return
    now = app.now()
    made: list[dict[str, Any]] = [
        {
            **act_row(act, now), "state": "verifying", "claimed_by": app.worker, "claimed_at": now,
            "acted_at": now, "acted_by": act.account, "attempts": 1,
        }
        for act in acts
    ]  # fmt: skip

    def made_known(ids: Mapping[str, int]) -> None:
        new = [_tried(act, ids[act.key], now) for act in acts if act.key is not None and act.key in ids]
        tx.after_commit(lambda: app.qq.act(new))

    rows.add_last(tx, made, made_known)


def _tried(act: Act, row_id: int, now: datetime) -> OutboxRow:
    return OutboxRow(
        id=row_id,
        kind=act.kind,
        account=act.account,
        group_id=act.group_id,
        user_id=act.user_id,
        payload=act.payload,
        priority=act.priority,
        deadline=act.deadline,
        made_at=now,
        acted_at=now,
        attempts=1,
        key=act.key,
        attachment=act.attachment,
    )


def act_row(act: Act, now: datetime) -> dict[str, Any]:
    """Return the row of one act."""
    return {
        "account": act.account,
        "kind": act.kind.value,
        "group_id": act.group_id,
        "user_id": act.user_id,
        "payload": act.payload,
        "attachment": act.attachment,
        "lane": lane_of(act.kind).value,
        "priority": int(act.priority),
        "deadline": act.deadline,
        "order_at": act.deadline or NEVER,
        "not_before": act.not_before or now,
        "made_at": now,
        "key": act.key,
        "state": "waiting",
        "attempts": 0,
    }
