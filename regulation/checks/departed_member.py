"""L1 departed_member: a departed employee is out of every group within three days.

Clause: 四.1.5A, 三.3. Liable: owner and every admin, per departed person.
Violating: 王芳 left on 03-02 and is still on the member list.
Compliant: a departure dated 04-01 while it is March; a person who is back (复职).

Judged in every group, unfiled and exempt ones too: the departed belong into none of them.
"""

from collections.abc import Iterator

from regulation.checks.people import known, of_member
from regulation.deadlines import day_of
from regulation.duties import Code
from regulation.model import Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.L1


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report every member whose employee's departure is effective on the day of the reading."""
    day = day_of(snapshot.read_at)
    for member, employee in known(snapshot, registry):
        if employee.is_departed(day):
            left = "" if employee.departed_on is None else employee.departed_on.isoformat()
            data = {"department": employee.department, "departed_on": left}
            yield of_member(CODE, snapshot, member, "departed", employee, data)
