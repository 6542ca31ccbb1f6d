"""Outward acts as values: what is to be done in QQ, how urgent it is, where it waits, how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Literal

from db.queries.work.outbox import ActKind


class Priority(IntEnum):
    """What goes first: join answers, other requests, removals by deadline, cards, notices and so on."""

    ANSWER = 0
    COURTESY = 5
    REMOVE = 10
    CARD = 20
    NOTICE = 30
    REMINDER = 40
    REPORT = 50


class Lane(StrEnum):
    """The sender's queues: each has its own pace for each QQ account."""

    ANSWER = "answer"
    REMOVE = "remove"
    CARD = "card"
    MESSAGE = "message"


_LANES = {
    ActKind.ANSWER_REQUEST: Lane.ANSWER,
    ActKind.ANSWER_INVITE: Lane.ANSWER,
    ActKind.ANSWER_FRIEND: Lane.ANSWER,
    ActKind.REMOVE: Lane.REMOVE,
    ActKind.SET_CARD: Lane.CARD,
}

# Said at night too: what is wrong with the bot itself.
ALERT = "alert"
# The purposes of what admin staff is told.
FOR_STAFF = ("staff", ALERT)
# Says whoever asked for an act that it failed: of each one that does.
NOT_DONE = "not_done"
# Says how things stand on the day it is made; on another day nobody wants it.
OF_ITS_DAY = ("remind", "daily")
# What a plan says of open cases: not wanted once these are closed, or their group is observed.
PLANNED = (
    "card_intro", "card_reminder", "cannot_remove", "cannot_set_card", "file", "hand_over", "last_call",
    "notice", "verify",
)  # fmt: skip
# Of these, what asks whoever answers for the group to act.
TO_OFFICERS = ("cannot_remove", "cannot_set_card", "file", "last_call", "notice")
MESSAGES = (ActKind.SEND_GROUP, ActKind.SEND_PRIVATE, ActKind.SEND_FILE, ActKind.GROUP_NOTICE)


def lane_of(kind: ActKind) -> Lane:
    """Return the queue that acts of this kind wait in."""
    return _LANES.get(kind, Lane.MESSAGE)


class Lapse(StrEnum):
    """Why an act isn't wanted any more."""

    SETTLED = "settled"  # it is answered already
    ELSEWHERE = "elsewhere"  # somebody else has settled it in QQ
    CHANGED = "changed"  # judged again, the answer is another one


@dataclass(frozen=True, slots=True)
class ActOutcome:
    """How an act ended.

    `state`: `done` · `unconfirmed` (may have happened; never repeated) · `failed` (will not happen;
    the row is dead) · `dropped` (not wanted any more, or somebody else did it). `detail`: why, in
    Chinese. `confirmed_by`: `member_list`, `member_info`, `pending_list`, `group_list`, or `answer`
    (QQ's own word, where that is worth something). `fallback`: said in the group instead, because
    the private message failed. `lapse`: why it was dropped, where something follows from that.
    """

    state: Literal["done", "unconfirmed", "failed", "dropped"]
    detail: str = ""
    confirmed_by: str | None = None
    fallback: bool = False
    lapse: Lapse | None = None


def dropped(detail: str, lapse: Lapse | None = None) -> ActOutcome:
    """Return the end of an act that isn't to be done any more."""
    return ActOutcome("dropped", detail, lapse=lapse)


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be queued. `payload` by kind (all JSON):

    answer_request/answer_invite `{flag, approve, reason, request_id}` · answer_friend `{flag, approve}` ·
    remove `{code}` · set_card `{card, why}` · send_group `{parts, purpose}` ·
    send_private `{parts, via_group, fallback, purpose}` · send_file `{name}` + attachment ·
    group_notice `{text}`. `parts` is a list of `{"text"}`, `{"at"}` or `{"image": true}` (attachment).
    `via_group`: try a temporary session through that group. `fallback`: parts that may be said in
    that group when the private message fails (nothing private in them), or absent. A message may name what it
    stands or falls with: `item` (of the inbox, with its stage: `while_open`), `employee_no` (`meant_for`).
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


def while_open(act: Act, item: str, stage: str = "", *, or_past_us: bool = False) -> Act:
    """Return a message that is said only while this item (`J12`) awaits somebody, at this stage.

    `or_past_us`: also where it was settled in QQ itself.
    """
    return replace(act, payload={**act.payload, "item": [item, stage, or_past_us]})


def meant_for(act: Act, employee_no: str | None) -> Act:
    """Return a private message that is nobody's but this employee's, whoever has the QQ when it is sent."""
    return act if employee_no is None else replace(act, payload={**act.payload, "employee_no": employee_no})


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
    listed: list[dict[str, Any]] = [{"text": parts}] if isinstance(parts, str) else list(parts)
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
