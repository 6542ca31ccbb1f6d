"""Reading a whole DingTalk directory: the tree of departments, everybody in it, and who left.

A directory that changes while it is read is read anew; whoever seems to be missing is asked for by name
of their id, since somebody who moves from a department not read yet to one that was is in neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from config.phrases import dingtalk as say
from db.tables.base import ZONE
from services.imports.sources.dingtalk.client import (
    GONE_DEPARTMENT,
    GONE_USER,
    OUT_OF_SCOPE,
    Client,
    DingTalkError,
)
from services.imports.sources.model import SourceError

ROOT = 1
# The largest page that each call gives.
_USERS, _RECORDS = 100, 50
_READINGS = 3
# Of those missing no more are asked for one by one, however many of them are there after all.
MOST_ASKED = 500
# One for nearly everybody.
_NONE = frozenset[int]()


@dataclass(frozen=True, slots=True)
class Department:
    """A department: its name, and the department that it is a part of."""

    dept_id: int
    name: str
    parent_id: int


@dataclass(slots=True)
class User:
    """Somebody in the directory. `leads`: the departments that they lead. `hired_on`: None if not said."""

    ding_id: str
    name: str
    job_number: str
    title: str
    mobile: str
    dept_ids: tuple[int, ...]
    leads: frozenset[int] = _NONE
    hired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A record of somebody who left."""

    ding_id: str
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Directory:
    """All of it. `departments`: by id, the root too."""

    departments: Mapping[int, Department]
    users: dict[str, User]
    left: Mapping[str, Left]

    def path(self, dept_id: int) -> str:
        """Return a department's path below the company; the company's name for the root itself."""
        names: list[str] = []
        while dept_id != ROOT and dept_id in self.departments and len(names) < len(self.departments):
            names.append(self.departments[dept_id].name.replace("/", "／"))
            dept_id = self.departments[dept_id].parent_id
        return "/".join(reversed(names)) or self.departments[ROOT].name

    def missing(self, known: Iterable[str]) -> list[str]:
        """Return which of these ids are neither listed nor on record as having left."""
        return [one for one in known if one not in self.users and one not in self.left]


def read(client: Client, since: datetime) -> Directory:
    """Read everything; blocks. `since`: from when on who left.

    Raises `SourceError` where a part of it can't be had: a part of a directory is worse than none.
    """
    for _ in range(_READINGS):
        departments = _departments(client)
        try:
            users = _users(client, departments)
        except DingTalkError as error:
            if error.code != GONE_DEPARTMENT:
                raise
            continue
        if _departments(client) == departments:
            return Directory(departments, users, _left(client, since))
    raise SourceError(say.MOVING)


def _departments(client: Client) -> dict[int, Department]:
    root = _mapping(client.ask("v2/department/get", {"dept_id": ROOT}), "部门")
    found = {ROOT: Department(ROOT, str(root.get("name") or ""), 0)}
    waiting = [ROOT]
    while waiting:
        parent = waiting.pop()
        try:
            below = client.ask("v2/department/listsub", {"dept_id": parent})
        except DingTalkError as error:
            # It went meanwhile: what is above it says so when it is asked again.
            if error.code != GONE_DEPARTMENT:
                raise
            continue
        for one in _list(below, "部门"):
            department = Department(int(_said(one, "dept_id")), str(_said(one, "name")), parent)
            if department.dept_id not in found:
                found[department.dept_id] = department
                waiting.append(department.dept_id)
    return found


def _users(client: Client, departments: Iterable[int]) -> dict[str, User]:
    found: dict[str, User] = {}
    for dept_id in departments:
        cursor = 0
        while True:
            asked = {"dept_id": dept_id, "cursor": cursor, "size": _USERS, "contain_access_limit": True}
            page = _mapping(client.ask("v2/user/list", asked), "成员")
            for one in _list(page.get("list"), "成员"):
                _take(found, one, dept_id)
            if not page.get("has_more"):
                break
            after = int(page.get("next_cursor") or 0)
            if after <= cursor:
                raise SourceError(say.BAD_ANSWER.format(what="下一页"))
            cursor = after
    return found


def _take(found: dict[str, User], one: Mapping[str, Any], dept_id: int) -> None:
    """Note one of a department's list: who is in several is in several lists, and leads some of them.

    `active` is no word on employment: it says whether somebody ever logged in.
    """
    ding_id = str(_said(one, "userid"))
    user = found.get(ding_id)
    if user is None:
        user = found[ding_id] = _user(one)
    if one.get("leader"):
        user.leads |= {dept_id}
    if dept_id not in user.dept_ids:
        user.dept_ids += (dept_id,)


def _user(one: Mapping[str, Any]) -> User:
    said: list[Mapping[str, Any]] = one.get("leader_in_dept") or []
    dept_ids: list[Any] = one.get("dept_id_list") or []
    hired: Any = one.get("hired_date")
    return User(
        ding_id=str(_said(one, "userid")),
        name=str(one.get("name") or ""),
        job_number=str(one.get("job_number") or "").strip(),
        title=str(one.get("title") or ""),
        mobile=str(one.get("mobile") or ""),
        dept_ids=tuple(map(int, dept_ids)),
        leads=frozenset(int(entry["dept_id"]) for entry in said if entry.get("leader")) if said else _NONE,
        hired_on=datetime.fromtimestamp(hired / 1000, ZONE).date()
        if isinstance(hired, int | float)
        else None,
    )


def ask_for(client: Client, missing: Sequence[str], directory: Directory, enough: int) -> list[str]:
    """Ask for each who seems to be missing; who is there after all is taken; blocks. Raises `SourceError`.

    `enough`: once so many are known to be gone, the others needn't be asked for. Return of whom nothing is
    known, since they are outside of the app's scope, or would be too many to ask for.
    """
    unknown: list[str] = []
    gone = 0
    for at, ding_id in enumerate(missing):
        if gone >= enough:
            return unknown
        if at == MOST_ASKED:
            return [*unknown, *missing[at:]]
        try:
            one = _mapping(client.ask("v2/user/get", {"userid": ding_id}), "成员")
        except DingTalkError as error:
            if error.code == OUT_OF_SCOPE:
                unknown.append(ding_id)
            elif error.code == GONE_USER:
                gone += 1
            else:
                raise
            continue
        directory.users[ding_id] = _user(one)
    return unknown


def _left(client: Client, since: datetime) -> dict[str, Left]:
    """Return who left, by id; of several records of one person the last."""
    found: dict[str, Left] = {}
    token = "0"
    while token:
        query = {"startTime": _utc(since), "nextToken": token, "maxResults": str(_RECORDS)}
        page = client.get("contact/empLeaveRecords", query)
        for one in _list(page.get("records") or [], "离职记录"):
            on = datetime.fromisoformat(str(_said(one, "leaveTime"))).astimezone(ZONE).date()
            left = Left(str(_said(one, "userId")), str(one.get("name") or ""), on)
            if left.ding_id not in found or found[left.ding_id].on < on:
                found[left.ding_id] = left
        after = str(page.get("nextToken") or "")
        token = "" if after == token or not page.get("records") else after
    return found


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SourceError(say.BAD_ANSWER.format(what=what))
    return cast("Mapping[str, Any]", value)


def _list(value: Any, what: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise SourceError(say.BAD_ANSWER.format(what=what))
    return cast("list[Mapping[str, Any]]", value)


def _said(one: Mapping[str, Any], name: str) -> Any:
    if one.get(name) in (None, ""):
        raise SourceError(say.BAD_ANSWER.format(what=name))
    return one[name]
