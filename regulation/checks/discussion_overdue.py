"""D2 discussion_overdue: a discussion group ends with its question; one in frequent use is upgraded.

Clause: 四.2.1, 四.2.2, 三.4. Liable: the initiator.
Violating: filed until 03-31 and still there on 04-01; or messages on 10 of the last 30 days.
Compliant: on its end date itself; 9 active days; an ordinary group, however busy.

An upgrade under review, or a later end, leaves the finding as `in_review`, as of F1.
"""

from collections.abc import Iterator

from regulation.checks.people import filing_in_force, is_discussion, of_group
from regulation.checks.unfiled_group import IN_REVIEW
from regulation.deadlines import day_of
from regulation.duties import Code
from regulation.model import Finding, GroupSnapshot, Kind
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.D2


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report a discussion group past its end date or, failing that, in frequent use."""
    filing = filing_in_force(snapshot)
    if filing is None or not is_discussion(snapshot):
        return
    ends_on = filing.ends_on
    if ends_on is not None and day_of(snapshot.read_at) > ends_on:
        reason = IN_REVIEW if _is_settling(snapshot, by_a_later_end=True) else "past_end"
        yield of_group(CODE, snapshot, reason, issue=filing.issue, ends_on=ends_on.isoformat())
    elif snapshot.group.active_days >= policy.discussion.active_days:
        reason = IN_REVIEW if _is_settling(snapshot) else "in_use"
        days, window = snapshot.group.active_days, policy.discussion.window_days
        yield of_group(CODE, snapshot, reason, issue=filing.issue, active_days=str(days), window=str(window))


def _is_settling(snapshot: GroupSnapshot, *, by_a_later_end: bool = False) -> bool:
    """Tell whether what is under review would settle it: an upgrade, or an end that isn't over."""
    asked = snapshot.group.in_review
    if asked is None:
        return False
    later = asked.ends_on is not None and day_of(snapshot.read_at) <= asked.ends_on
    return asked.kind is not Kind.DISCUSSION or (by_a_later_end and later)
