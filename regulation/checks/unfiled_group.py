"""F1 unfiled_group: every internal group is filed (备案).

Clause: 四.1.1, 三.1. Liable: owner.
Violating: a group the bot was added to yesterday, for which nothing was ever handed in.
Compliant: a group with an approved filing; the group of admin staff (`ADMIN_GROUP`), which needs none.

A filing handed in and under review leaves the finding as `in_review`: the owner has done his part,
so no deadline runs against him (`cases.is_overdue`).
"""

from collections.abc import Iterator

from regulation.checks.people import of_group
from regulation.duties import Code
from regulation.model import FilingState, Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.F1
IN_REVIEW = "in_review"
REVIEWED = frozenset({FilingState.WITH_HEAD, FilingState.WITH_ADMIN})
_REASONS = {FilingState.RETURNED: "returned", FilingState.CLOSED: "closed"}


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report a group without an approved filing."""
    group = snapshot.group
    if group.exempt or group.filing is not None:
        return
    state = group.filing_state
    reason = IN_REVIEW if state in REVIEWED else _REASONS.get(state, "never_filed")
    yield of_group(CODE, snapshot, reason, group_name=snapshot.name)
