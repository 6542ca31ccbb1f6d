"""A small company to check: people, their QQ numbers, a filed group; every test changes what it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from regulation.actions import Remove, Tell
from regulation.checks import Check, Inspection, inspect
from regulation.claims.identity import Identity
from regulation.deadlines import ZONE
from regulation.duties import Code
from regulation.model import (
    Case,
    CaseStatus,
    Employee,
    Filing,
    FilingState,
    Finding,
    Group,
    GroupSnapshot,
    Kind,
    Member,
    Role,
    Scope,
    Status,
    Transfer,
)
from regulation.plan.limits import Limits, Plan
from regulation.policy import Mode, Policy
from regulation.registry import Registry

POLICY = Policy()
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
GROUP = 700001
BOT = 10000
CROWD = tuple(range(30001, 30061))
OWNER, ADMIN, PLAIN, HEAD, OUTSIDER = 20001, 20002, 20003, 20004, 29999


def employee(no: str, name: str, department: str = "市场部", **more: Any) -> Employee:
    """Return an employee."""
    return Employee(no, name, department, **more)


PEOPLE: Mapping[int, Employee] = {
    OWNER: employee("A001", "张三"),
    ADMIN: employee("A002", "李四"),
    PLAIN: employee("A003", "王芳"),
    HEAD: employee("A004", "王强", title="经理", is_head=True),
}


def registry_of(people: Mapping[int, Employee], *, as_of: datetime | None = NOW) -> Registry:
    """Return the registry in which each QQ number is verified for its employee."""
    names = POLICY.departments
    bound = [Identity(qq, e.employee_no, "roster", NOW) for qq, e in people.items()]
    return Registry.build({e.employee_no: e for e in people.values()}.values(), bound, names, as_of=as_of)


def registry(changes: Mapping[int, Employee] | None = None) -> Registry:
    """Return the company's registry, with `changes` by QQ number."""
    return registry_of({**PEOPLE, **(changes or {})})


def member(user_id: int, role: Role = Role.MEMBER, **more: Any) -> Member:
    """Return a member with the right card, where the company knows one."""
    known = PEOPLE.get(user_id)
    card = "" if known is None else f"{known.department}-{known.name}"
    return Member(user_id, **{"nickname": f"昵称{user_id}", "card": card, "role": role, **more})


MEMBERS = (
    member(BOT, Role.ADMIN),
    member(OWNER, Role.OWNER),
    member(HEAD, Role.ADMIN),
    member(PLAIN),
)
FILING = Filing(
    number="备案2026-0001",
    name="市场部群",
    owner_id=OWNER,
    admin_ids=frozenset({HEAD}),
    scope=Scope(departments=("市场部",)),
    department="市场部",
    purpose="部门日常工作",
)
DISCUSSION = replace(
    FILING, kind=Kind.DISCUSSION, issue="展会方案", ends_on=date(2026, 3, 31), initiator_id=OWNER
)


def group(filing: Filing | None = FILING, **more: Any) -> Group:
    """Return the filed group; `filing=None` for an unfiled one."""
    state = FilingState.NONE if filing is None else FilingState.APPROVED
    return Group(GROUP, **{"name": "市场部群", "filing": filing, "filing_state": state, **more})


def snapshot(members: Iterable[Member] = MEMBERS, of: Group | None = None, **more: Any) -> GroupSnapshot:
    """Return a fresh complete reading of the group."""
    its = of or group()
    facts: dict[str, Any] = {"name": its.name, "read_at": NOW, "bot_ids": frozenset({BOT}), **more}
    return GroupSnapshot(its, members=tuple(members), **facts)


def findings(
    check: Check, seen: GroupSnapshot, known: Registry | None = None, policy: Policy = POLICY
) -> list[Finding]:
    """Run one check alone."""
    return list(check.check(seen, known or registry(), policy))


def found_by_all(seen: GroupSnapshot, known: Registry | None = None, policy: Policy = POLICY) -> Inspection:
    """Run every check."""
    return inspect(seen, known or registry(), policy)


def departed(who: int, on: date = date(2026, 3, 1), known_on: date | None = None) -> dict[int, Employee]:
    """Return the change by which one of the company left."""
    return {who: replace(PEOPLE[who], departed_on=on, departure_known_on=known_on or on)}


def on_probation(who: int) -> dict[int, Employee]:
    """Return the change by which one of the company is on probation."""
    return {who: replace(PEOPLE[who], employment=Status.PROBATION)}


def transferred(who: int, to: str, handover_on: date | None, origin: str = "市场部") -> dict[int, Employee]:
    """Return the change by which one of the company moved to another department."""
    move = Transfer(origin, to, date(2026, 2, 1), handover_on, handover_on)
    return {who: replace(PEOPLE[who], department=to, transfers=(move,))}


def case(id: int, code: Code, user_id: int | None = None, **more: Any) -> Case:
    """Return an open case in the group, opened an hour ago; one with a deadline was told of as well."""
    opened = NOW - timedelta(hours=1)
    facts: dict[str, Any] = {
        "group_id": GROUP,
        "subject": "group" if user_id is None else str(user_id),
        "status": CaseStatus.OPEN,
        "reason": "",
        "opened_at": opened,
        "user_id": user_id,
        "first_reminded_at": opened if more.get("due_at") else None,
        **more,
    }
    return Case(id, code, **facts)


def limits(known: Registry | None = None, **more: Any) -> Limits:
    """Return limits under which everything may be done; the bot is an admin, the mode 执行."""
    facts: dict[str, Any] = {"mode": Mode.ENFORCE, "policy": POLICY, "bot_role": Role.ADMIN, **more}
    return Limits(registry=known or registry(), **facts)


def crowd(gone: int, members: int = 60) -> tuple[list[Case], GroupSnapshot, Registry]:
    """Return L1 cases, the reading and the registry of a group of which `gone` departed."""
    people = {qq: employee(f"B{qq}", f"员工{qq}") for qq in CROWD[:members]}
    for qq in CROWD[:gone]:
        people[qq] = replace(people[qq], departed_on=date(2026, 3, 1))
    seen = snapshot([member(OWNER, Role.OWNER), *(Member(qq) for qq in people)])
    cases = [
        case(qq, Code.L1, qq, employee_no=people[qq].employee_no, due_at=NOW + timedelta(hours=1))
        for qq in CROWD[:gone]
    ]
    return cases, seen, registry(people)


def removed(made: Plan) -> list[int]:
    """Return whom a plan removes."""
    return [action.user_id for action in made.actions if isinstance(action, Remove)]


def told(made: Plan, purpose: str) -> list[Tell]:
    """Return what a plan says for one purpose."""
    return [action for action in made.actions if isinstance(action, Tell) and action.purpose == purpose]
