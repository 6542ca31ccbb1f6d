"""What the bot must know of an implementation, and how answers are read.

To add one: a file here with a `Profile`, and its line in `profiles/__init__.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from plugins.gateway.calls import Call
from services.ports import Pending, PendingRequest

# The implementations list the newest 50 or 100 requests; a list as short as this was never cut.
SHORT = 20
ReadPending = Callable[[Sequence[Any]], list[PendingRequest]]


@dataclass(frozen=True, slots=True)
class Profile:
    """One implementation. `app_names`: what `get_version_info` calls it.

    `stale_lists`: the first member list is an old one, the fresh one is there about a second later.
    `trusts_flags`: a flag recovered from a list may be approved, and an answer may be repeated.
    `pending_calls` are made in order; `read_pending` gets their data (None where the call failed;
    only the first must not fail). `tells_settled`: that list leaves out (or marks) settled requests.
    `kick_many`: the call that removes several at once. `sends_files`: takes a file's bytes.
    `is_settled(retcode, text)`: this refusal means that somebody has settled the request already.
    """

    name: str
    app_names: tuple[str, ...]
    pending_calls: tuple[Call, ...]
    read_pending: ReadPending
    stale_lists: bool = False
    trusts_flags: bool = True
    tells_settled: bool = True
    kick_many: Callable[[int, Sequence[int]], Call] | None = None
    sends_files: bool = True
    fetches_by_id: bool = True
    is_settled: Callable[[int, str], bool] = lambda _retcode, _text: False


def number(value: Any) -> int | None:
    """Return a positive whole number, also when written as text; else None."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def text(value: Any) -> str:
    """Return text without lone surrogates (which neither JSON nor databases take); else ''."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


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
    row: Mapping[str, Any], applicant: str, flag: str, comment: str = "message"
) -> PendingRequest | None:
    """Return a listed request, or None when group, person or flag can't be read."""
    group_id, user_id = number(row.get("group_id")), number(row.get(applicant))
    if group_id is None or user_id is None or not flag:
        return None
    nickname = text(row.get("requester_nick")) or text(row.get("invitor_nick")) or text(row.get("nickname"))
    invitor = number(row.get("invitor_id"))
    return PendingRequest(group_id, user_id, text(row.get(comment)), flag, nickname, invitor)


def flag_of(row: Mapping[str, Any], name: str = "request_id") -> str:
    """Return the flag a row shows, as text, or ''."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


def read_requester_rows(answers: Sequence[Any]) -> list[PendingRequest]:
    """Read lists where `requester_uin` is the applicant and the request id is the flag."""
    found: list[PendingRequest | None] = [
        request_of(row, "requester_uin", flag_of(row))
        for answer in answers
        for row in rows(answer, "join_requests")
        if is_open(row)
    ]
    return unique(found)


def listing(found: Sequence[PendingRequest], answers: Sequence[Any], *, whole: bool = True) -> Pending:
    """Return waiting requests with what else the lists they were read from tell.

    `whole`: each list was read that this implementation has.
    """
    told = [rows(answer, "join_requests") for answer in answers]
    flags = {
        flag for listed in told for row in listed for flag in (flag_of(row), flag_of(row, "flag")) if flag
    }
    short = whole and all(len(listed) < SHORT for listed in told)
    return Pending(found, settled=flags - {one.flag for one in found}, short=short, whole=whole)


def unique(found: Sequence[PendingRequest | None]) -> list[PendingRequest]:
    """Return those that could be read, each flag once."""
    return list({request.flag: request for request in found if request is not None}.values())
