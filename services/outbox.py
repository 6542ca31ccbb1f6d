"""The outbox: every outward act is a row before it is an act.

A row is written in the transaction that decided it; `plugins.gateway` claims it, acts, reads
back and records. Answers to commands aside, nothing reaches QQ another way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from db.engine import Transaction
from db.queries import outbox as rows
from services.app import App


class Priority(IntEnum):
    """What goes first: join answers, then removals by deadline, cards, notices, reminders, reports."""

    ANSWER = 0
    REMOVE = 10
    CARD = 20
    NOTICE = 30
    REMINDER = 40
    REPORT = 50


class ActKind(StrEnum):
    """What can be done in QQ."""

    ANSWER_REQUEST = "answer_request"
    ANSWER_INVITE = "answer_invite"
    ANSWER_FRIEND = "answer_friend"
    REMOVE = "remove"
    SET_CARD = "set_card"
    SEND_GROUP = "send_group"
    SEND_PRIVATE = "send_private"
    SEND_FILE = "send_file"
    GROUP_NOTICE = "group_notice"


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be queued. `payload` by kind (all JSON):

    answer_request/answer_invite `{flag, approve, reason, request_id}` · answer_friend `{flag, approve}` ·
    remove `{code}` · set_card `{card, why}` · send_group `{parts, purpose}` ·
    send_private `{parts, via_group, fallback, purpose}` · send_file `{name}` + attachment ·
    group_notice `{text}`. `parts` is a list of `{"text"}`, `{"at"}` or `{"image": true}` (attachment).
    `via_group`: try a temporary session through that group. `fallback`: parts that may be said in
    that group when the private message fails (nothing private in them), or absent.
    `key`: a second act with the same key is not written.
    """

    kind: ActKind
    priority: Priority
    payload: dict[str, Any]
    group_id: int | None = None
    user_id: int | None = None
    account: int | None = None
    deadline: datetime | None = None
    not_before: datetime | None = None
    key: str | None = None
    case_ids: tuple[int, ...] = ()
    attachment: bytes | None = field(default=None, repr=False)


async def queue(app: App, tx: Transaction, *acts: Act) -> int:
    """Write `acts` as rows; return how many were new. The sender is woken once this is committed."""
    made = 0
    for act in acts:
        made += await rows.add(tx, act_row(act, app.now()), act.case_ids)
    if made:
        tx.after_commit(app.outbox_news.set)
    return made


def act_row(act: Act, now: datetime) -> dict[str, Any]:
    """Return the row of one act."""
    return {
        "account": act.account,
        "kind": act.kind.value,
        "group_id": act.group_id,
        "user_id": act.user_id,
        "payload": act.payload,
        "attachment": act.attachment,
        "priority": int(act.priority),
        "deadline": act.deadline,
        "not_before": act.not_before or now,
        "made_at": now,
        "key": act.key,
        "state": "waiting",
        "attempts": 0,
    }


def to_person(
    user_id: int,
    text: str,
    *,
    via_group: int | None = None,
    fallback: str | None = None,
    purpose: str = "",
    key: str | None = None,
    case_ids: Sequence[int] = (),
    priority: Priority = Priority.NOTICE,
) -> Act:
    """Return a private message; `fallback` is what `via_group` may hear when it can't be delivered."""
    payload: dict[str, Any] = {"parts": [{"text": text}], "via_group": via_group, "purpose": purpose}
    if fallback is not None and via_group is not None:
        payload["fallback"] = [{"at": user_id}, {"text": " " + fallback}]
    return Act(
        ActKind.SEND_PRIVATE,
        priority,
        payload,
        group_id=via_group,
        user_id=user_id,
        key=key,
        case_ids=tuple(case_ids),
    )


def to_group(
    group_id: int,
    parts: Sequence[dict[str, Any]] | str,
    *,
    purpose: str = "",
    key: str | None = None,
    case_ids: Sequence[int] = (),
    priority: Priority = Priority.NOTICE,
    image: bytes | None = None,
) -> Act:
    """Return a message into a group, which must hold nothing personal."""
    listed = [{"text": parts}] if isinstance(parts, str) else list(parts)
    if image is not None:
        listed.append({"image": True})
    payload = {"parts": listed, "purpose": purpose}
    return Act(
        ActKind.SEND_GROUP,
        priority,
        payload,
        group_id=group_id,
        key=key,
        case_ids=tuple(case_ids),
        attachment=image,
    )
