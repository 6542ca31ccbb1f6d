"""F3 reserved_name: a name with "XY" or a member company's keyword needs admin approval.

Clause: 四.1.1 note. Liable: owner. It holds for whatever kind of group, filed or not.
Violating: an unfiled `XY 羽毛球`; a filed `市场部群` renamed to `ＸＹ市场部群`.
Compliant: `XY市场部群` approved under that name; `TAXY拼车`, where no whole word is the company's.

A filing of this very name under review leaves the finding as `in_review`, as of F1.
Silent where a register taken over approved the group without saying its name, and in exempt groups.
"""

from collections.abc import Iterator

from regulation.checks.group_names import plain_name, reserved_word
from regulation.checks.people import of_group
from regulation.checks.unfiled_group import IN_REVIEW, REVIEWED
from regulation.duties import Code
from regulation.model import Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.F3


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report a group whose live name is reserved and not the one approved."""
    group, filing = snapshot.group, snapshot.group.filing
    word = None if group.exempt else reserved_word(snapshot.name, policy.company)
    if word is None or (filing is not None and _approved(filing.name, snapshot.name)):
        return
    reason = "renamed" if filing is not None else "unfiled"
    if filing is None and group.filing_state in REVIEWED:
        reason = IN_REVIEW
    if filing is not None and group.in_review is not None and _approved(group.in_review.name, snapshot.name):
        reason = IN_REVIEW
    yield of_group(CODE, snapshot, reason, group_name=snapshot.name, keyword=word)


def _approved(filed: str | None, live: str) -> bool:
    return filed is None or plain_name(filed) == plain_name(live)
