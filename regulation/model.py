"""The nouns of the regulation, all frozen. A `date` is a day in Asia/Shanghai, a `datetime` is aware."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from regulation.duties import Code
from regulation.policy import Mode


class Status(StrEnum):
    """What an employee is on a given day."""

    REGULAR = "regular"
    PROBATION = "probation"
    DEPARTED = "departed"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A change of department; open until `handover_on` is reached. `known_on`: first recorded as complete."""

    from_department: str
    to_department: str
    since: date
    handover_on: date | None = None
    known_on: date | None = None

    def is_open(self, day: date) -> bool:
        """Tell whether the handover is not yet complete on `day`."""
        return self.handover_on is None or self.handover_on > day


@dataclass(frozen=True, slots=True)
class Employee:
    """One employee as the registry has them. `department` is a canonical path (`市场部/华东组`).

    `employment`: regular or probation. `departed_on`: effective at 00:00; `departure_known_on`: first known.
    `phone_hash`: of the last four digits (`regulation.claims.digits`).
    """

    employee_no: str
    name: str
    department: str
    employment: Status = Status.REGULAR
    title: str = ""
    is_head: bool = False
    also_in: tuple[str, ...] = ()
    phone_hash: bytes | None = None
    hired_on: date | None = None
    regularized_on: date | None = None
    departed_on: date | None = None
    departure_known_on: date | None = None
    transfers: tuple[Transfer, ...] = ()

    def status(self, day: date) -> Status:
        """Return what this employee is on `day`: a date reached counts without another import."""
        if self.departed_on is not None and self.departed_on <= day:
            return Status.DEPARTED
        if self.employment is Status.PROBATION and self.regularized_on is not None:
            return Status.REGULAR if self.regularized_on <= day else Status.PROBATION
        return self.employment

    def is_departed(self, day: date) -> bool:
        """Tell whether the departure is effective on `day`."""
        return self.departed_on is not None and self.departed_on <= day

    def departments(self, day: date) -> tuple[str, ...]:
        """Return every department path that counts on `day`: own, also in, and old ones under handover."""
        old = tuple(move.from_department for move in self.transfers if move.is_open(day))
        return (self.department, *self.also_in, *old)


def is_within(path: str, department: str) -> bool:
    """Tell whether a path is this department or lies below it."""
    return path == department or path.startswith(department + "/")


@dataclass(frozen=True, slots=True)
class Scope:
    """The filed member scope: everyone, departments (canonical paths, each with all below), single people."""

    everyone: bool = False
    departments: tuple[str, ...] = ()
    employee_nos: frozenset[str] = frozenset()

    def covers(self, employee: Employee, day: date) -> bool:
        """Tell whether `employee` is in scope on `day`; while a handover is open both departments count."""
        return self.covers_departments(employee, employee.departments(day))

    def covers_departments(self, employee: Employee, paths: tuple[str, ...]) -> bool:
        """Tell whether `employee` would be in scope if `paths` were their departments."""
        if self.everyone or employee.employee_no in self.employee_nos:
            return True
        return any(is_within(path, wanted) for path in paths for wanted in self.departments)


class Kind(StrEnum):
    """What a group was filed as."""

    QQ_GROUP = "QQ群"
    DISCUSSION = "讨论组"


class FilingState(StrEnum):
    """Where a filing stands. `NONE`: the group was never filed."""

    NONE = "none"
    DRAFT = "draft"
    WITH_HEAD = "with_head"
    WITH_ADMIN = "with_admin"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Filing:
    """What was approved for a group: the standard that reality is compared with.

    `department`: the owner's. `owner_id`, `admin_ids`: None where a register taken over did not say.
    """

    number: str
    name: str | None
    owner_id: int | None
    admin_ids: frozenset[int] | None
    scope: Scope
    department: str = ""
    purpose: str = ""
    established_on: date | None = None
    kind: Kind = Kind.QQ_GROUP
    issue: str = ""
    ends_on: date | None = None
    initiator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group as the company knows it, with what has been decided about it.

    `filing` is the approved filing, else None (`filing_state` says why); `in_review` one on its way beside
    it: a change, an upgrade, a later end. `mode` is the group's own.
    `exempt`: needs no filing (`ADMIN_GROUP`). `consents`: employee numbers admitted early here.
    `waivers`: (user_id, code) pairs running here.
    `active_days`: distinct days with messages inside `discussion.window_days`.
    """

    group_id: int
    name: str
    mode: Mode = Mode.ENFORCE
    filing_state: FilingState = FilingState.NONE
    filing: Filing | None = None
    in_review: Filing | None = None
    exempt: bool = False
    consents: frozenset[str] = frozenset()
    waivers: frozenset[tuple[int, str]] = frozenset()
    active_days: int = 0
    first_seen_at: datetime | None = None


class Role(StrEnum):
    """A member's live role in QQ."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Member:
    """One line of a member list. `card == ""`: none set, the nickname shows. `let_in_by`: QQ, if known."""

    user_id: int
    nickname: str = ""
    card: str = ""
    role: Role = Role.MEMBER
    is_robot: bool = False
    let_in_by: int | None = None


@dataclass(frozen=True, slots=True)
class GroupSnapshot:
    """What one reading saw of a group.

    `complete`: the list is fresh and has everybody in it. `bot_ids`: our own accounts; `superusers`:
    theirs. `name`: the live one. `left_out`: how many were read, but are not in here. `short`: how many
    more QQ counts than were read. `proving`: who proved their name, and is about to be bound.
    """

    group: Group
    name: str
    members: tuple[Member, ...]
    read_at: datetime
    complete: bool = True
    bot_ids: frozenset[int] = frozenset()
    superusers: frozenset[int] = frozenset()
    left_out: int = 0
    short: int = 0
    proving: frozenset[int] = frozenset()
    # What several checks ask of these members, found once: see `checks.people`.
    found: dict[type, Any] = field(default_factory=dict[type, Any], init=False, compare=False, repr=False)

    @property
    def day(self) -> date:
        """Return the calendar day of the reading."""
        return self.read_at.date()

    @property
    def owner(self) -> Member | None:
        """Return the owner, who comes reliably only from the member list."""
        return next((m for m in self.members if m.role is Role.OWNER), None)

    @property
    def officers(self) -> tuple[Member, ...]:
        """Return owner and admins, our own accounts left out."""
        plain = Role.MEMBER
        return tuple([m for m in self.members if m.role is not plain and m.user_id not in self.bot_ids])


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check reports. `reason`: a key of the sentences in `config.phrases.findings`, filled by `data`.

    `subject` tells findings of one code in one group apart: the QQ number as text, or `group`.
    """

    code: Code
    group_id: int
    subject: str
    reason: str
    user_id: int | None = None
    employee_no: str | None = None
    data: Mapping[str, str] = field(default_factory=dict[str, str])


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    REMINDED = "reminded"
    OVERDUE = "overdue"
    CLOSED = "closed"


class Closure(StrEnum):
    """How a case was closed."""

    CURED = "cured"
    REMOVED = "removed"
    CORRECTED = "corrected"
    WAIVED = "waived"
    LEFT = "left"
    DISMISSED = "dismissed"
    DISSOLVED = "dissolved"
    # The QQ is not whose it was taken for any more: nobody bettered anything.
    UNBOUND = "unbound"


@dataclass(frozen=True, slots=True)
class Case:
    """A finding with a life. Times are None until they happen.

    `due_at` binds nobody before `first_reminded_at`: the first notice that reached whoever answers for it.
    `last_reminded_at`: the last attempt. `escalated_at`: who can act was told. `frozen`: under appeal.
    """

    id: int
    code: Code
    group_id: int
    subject: str
    status: CaseStatus
    reason: str
    opened_at: datetime
    user_id: int | None = None
    employee_no: str | None = None
    department: str = ""
    data: Mapping[str, str] = field(default_factory=dict[str, str])
    due_at: datetime | None = None
    first_reminded_at: datetime | None = None
    last_reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    overdue_at: datetime | None = None
    closed_at: datetime | None = None
    closed_as: Closure | None = None
    previous_id: int | None = None
    frozen: bool = False

    @property
    def key(self) -> tuple[Code, int, str]:
        """Return what at most one open case may have: (code, group, subject)."""
        return (self.code, self.group_id, self.subject)
