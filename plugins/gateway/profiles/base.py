"""What the bot must know of an implementation, and how answers are read.

To add one: a file here with a `Profile`, and its line in `profiles/__init__.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from plugins.fields import number, text
from plugins.gateway.calls import Call
from services.ports import Pending, PendingInvitation, PendingRequest

ReadPending = Callable[[Sequence[Any], int], Pending]


@dataclass(frozen=True, slots=True)
class Profile:
    """One implementation. `app_names`: what `get_version_info` calls it; `before`: only older versions.

    `stale_lists`: the first member list is an old one, the fresh one is there about a second later.
    `trusts_flags`: a flag recovered from a list may be approved, and an answer may be repeated.
    `flags`: the forms in which it takes a flag; others were heard while the account ran on something else.
    `strays`: a flag that matches nothing hits somebody else; so it must be listed when it is sent.
    `pending_calls` are made in order; `read_pending` gets their data (None where the call failed;
    only the first must not fail) and the account. `tells_settled`: they mark what is settled.
    `kick_many`: the call that removes several at once. `sends_files`: takes a file's bytes.
    `is_settled(retcode, text)`: this refusal means that somebody has settled the request already.
    """

    name: str
    app_names: tuple[str, ...]
    pending_calls: tuple[Call, ...]
    read_pending: ReadPending
    stale_lists: bool = False
    trusts_flags: bool = True
    flags: re.Pattern[str] = re.compile(".*", re.DOTALL)
    strays: bool = False
    tells_settled: bool = True
    kick_many: Callable[[int, Sequence[int]], Call] | None = None
    sends_files: bool = True
    fetches_by_id: bool = True
    is_settled: Callable[[int, str], bool] = lambda _retcode, _text: False
    before: tuple[int, ...] | None = None


def rows(data: Any, *names: str) -> list[Mapping[str, Any]]:
    """Return the mappings of a list, or of the first list under one of `names`; null is empty."""
    if isinstance(data, Mapping):
        found = cast("Mapping[str, Any]", data)
        data = next((found[name] for name in names if isinstance(found.get(name), list)), None)
    if not isinstance(data, list):
        return []
    return [cast("Mapping[str, Any]", row) for row in cast("list[Any]", data) if isinstance(row, Mapping)]


def is_open(row: Mapping[str, Any]) -> bool:
    """Tell whether a listed request still waits: neither checked nor settled by somebody."""
    return row.get("checked") is not True and not number(row.get("actor"))


def request_of(
    row: Mapping[str, Any], applicant: str, flag: str, comment: str = "message", *, sure: bool = True
) -> PendingRequest | None:
    """Return a listed request, or None when group or flag can't be read."""
    group_id, user_id = number(row.get("group_id")), number(row.get(applicant)) or 0
    if group_id is None or not flag:
        return None
    nickname = text(row.get("requester_nick")) or text(row.get("invitor_nick")) or text(row.get("nickname"))
    invitor = number(row.get("invitor_id"))
    return PendingRequest(group_id, user_id, text(row.get(comment)), flag, nickname, invitor, sure)


def flag_of(row: Mapping[str, Any], name: str = "request_id") -> str:
    """Return the flag a row shows, as text, or ''."""
    return text(row.get(name))


def read_rows(applicant: str) -> ReadPending:
    """Return a reader of lists where `applicant` names who asks, and the request id is the flag."""

    def read(answers: Sequence[Any], account: int) -> Pending:
        found = [
            (is_open(row), request_of(row, applicant, flag_of(row)))
            for answer in answers
            for row in rows(answer, "join_requests")
        ]
        return listing(found, [one for answer in answers for one in invitations(answer, account)])

    return read


def listing(
    found: Sequence[tuple[bool, PendingRequest | None]], invited: Sequence[PendingInvitation] = ()
) -> Pending:
    """Return what lists tell, each request once; `found`: whether it waits, and what could be read of it.

    Whom a list doesn't name may only be told from others by the flag; nobody else is without a number.
    """
    once = {(one.group_id, one.user_id, one.key): (waits, one) for waits, one in found if one is not None}
    waiting = tuple(one for waits, one in once.values() if waits)
    return Pending(waiting, tuple(one for waits, one in once.values() if not waits), tuple(invited))


def invitations(answer: Any, account: int) -> list[PendingInvitation]:
    """Read invitations of the bot. Some name the bot itself as `invitor_uin`, and the inviter as `actor`."""
    made: list[PendingInvitation] = []
    for row in rows(answer, "invited_requests") if isinstance(answer, Mapping) else ():
        group_id, flag = number(row.get("group_id")), flag_of(row)
        named = (number(row.get("invitor_uin")), number(row.get("actor")))
        inviter = next((one for one in named if one not in (None, account)), None)
        if group_id is not None and flag and row.get("checked") is not True:
            made.append(PendingInvitation(group_id, inviter or 0, flag))
    return made
