"""Whom the checks look at, and what several of them ask about a member."""

from collections.abc import Iterator, Mapping, Sequence

from regulation.deadlines import day_of
from regulation.duties import Code
from regulation.model import Employee, Filing, Finding, GroupSnapshot, Kind, Member, Scope, Transfer
from regulation.registry import Registry


def held(snapshot: GroupSnapshot) -> Iterator[Member]:
    """Yield the members that duties can be held against: no QQ robots, none of our own accounts."""
    bots = snapshot.bot_ids
    return (member for member in snapshot.members if not member.is_robot and member.user_id not in bots)


def known(snapshot: GroupSnapshot, registry: Registry) -> Sequence[tuple[Member, Employee]]:
    """Return every member with a verified identity, with their employee, departed or not."""
    return _found(snapshot, registry).known


def active(snapshot: GroupSnapshot, registry: Registry) -> Sequence[tuple[Member, Employee]]:
    """Return every member with a verified identity whose employee has not departed."""
    return _found(snapshot, registry).active


class _Found:
    """Whom a registry knows of a snapshot's members: what each check asks is looked up once."""

    __slots__ = ("active", "known", "registry")

    def __init__(self, snapshot: GroupSnapshot, registry: Registry) -> None:
        identities, by_no, day = registry.identities, registry.by_no, day_of(snapshot.read_at)
        self.registry = registry
        self.known: list[tuple[Member, Employee]] = []
        for member in held(snapshot):
            identity = identities.get(member.user_id)
            employee = None if identity is None or identity.contested else by_no.get(identity.employee_no)
            if employee is not None:
                self.known.append((member, employee))
        self.active = [one for one in self.known if not one[1].is_departed(day)]


def _found(snapshot: GroupSnapshot, registry: Registry) -> _Found:
    kept = snapshot.found.get(_Found)
    if isinstance(kept, _Found) and kept.registry is registry:
        return kept
    made = snapshot.found[_Found] = _Found(snapshot, registry)
    return made


def unverified(snapshot: GroupSnapshot, registry: Registry) -> Iterator[tuple[Member, str]]:
    """Yield every member who is no employee we know, with why: `no_identity` or `not_in_registry`."""
    identities, by_no = registry.identities, registry.by_no
    for member in held(snapshot):
        identity = identities.get(member.user_id)
        if identity is None:
            yield member, "no_identity"
        elif identity.employee_no not in by_no:
            yield member, "not_in_registry"


def filing_in_force(snapshot: GroupSnapshot) -> Filing | None:
    """Return the filing that reality is compared with; None for a group unfiled or exempt from filing."""
    return None if snapshot.group.exempt else snapshot.group.filing


def is_discussion(snapshot: GroupSnapshot) -> bool:
    """Tell whether the group was filed as a discussion group (四.2)."""
    filing = snapshot.group.filing
    return filing is not None and filing.kind is Kind.DISCUSSION


def transfer_out(employee: Employee, scope: Scope, snapshot: GroupSnapshot) -> Transfer | None:
    """Return the completed transfer that took `employee` out of `scope`, the latest one, else None.

    None while the handover is open, when the new department is in scope too, or when the employee
    was never in scope by a department left behind.
    """
    day = day_of(snapshot.read_at)
    if scope.covers(employee, day):
        return None
    left = [
        move
        for move in employee.transfers
        if not move.is_open(day) and scope.covers_departments(employee, (move.from_department,))
    ]
    return max(left, key=lambda move: move.handover_on or move.since, default=None)


def of_member(
    code: Code,
    snapshot: GroupSnapshot,
    member: Member,
    reason: str,
    employee: Employee | None = None,
    data: Mapping[str, str] | None = None,
) -> Finding:
    """Return a finding about one member; `data` gets the person's name where it is known."""
    name = employee.name if employee is not None else member.card or member.nickname
    return Finding(
        code=code,
        group_id=snapshot.group.group_id,
        subject=str(member.user_id),
        reason=reason,
        user_id=member.user_id,
        employee_no=None if employee is None else employee.employee_no,
        data={"name": name, **(data or {})},
    )


def of_group(code: Code, snapshot: GroupSnapshot, reason: str, **data: str) -> Finding:
    """Return a finding about the group itself."""
    return Finding(code, snapshot.group.group_id, "group", reason, data=data)


def said_name(user_id: int, registry: Registry, shown: str = "") -> str:
    """Return how a person is named so that nobody is taken for another: name, QQ number, card."""
    employee = registry.employee_of(user_id)
    number = f"QQ {user_id}，群里显示「{shown}」" if shown else f"QQ {user_id}"
    return number if employee is None else f"{employee.name}（{number}）"


def let_in(member: Member, registry: Registry) -> dict[str, str]:
    """Return who let a member in, where QQ told, as data of a finding."""
    return {} if member.let_in_by is None else {"let_in_by": said_name(member.let_in_by, registry)}
