"""The join gate (四.1.3): one pure function, the decision table row by row, the first match wins.

A QQ with an identity is judged by it (rows 1, 2, 7 to 10): its comment and locks count for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from regulation.claims.proofs import Claim, check_proof, mask_digits, read_claim
from regulation.deadlines import day_of
from regulation.model import Employee, Group, Status
from regulation.policy import Policy
from regulation.registry import Registry

CLAUSE = "四.1.3"
CLAUSE_UNFILED = "四.1.1"
CLAUSE_DEPARTED = "四.1.5A"


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Somebody asks to join. `invitor_id`: the member who invited them, where QQ tells."""

    group_id: int
    user_id: int
    comment: str
    flag: str
    invitor_id: int | None = None
    recovered: bool = False


class Decision(StrEnum):
    """What is answered to QQ; a hold answers nothing."""

    APPROVE = "approve"
    REJECT = "reject"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Locks:
    """Who is locked out for wrong proofs: this QQ, and which employee numbers."""

    qq: bool = False
    employee_nos: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided, by which `row` of the table, and why.

    `reason`: a key of the phrases' REASONS; `reply`: of their REPLIES, "" where QQ is told nothing.
    `employee_no`: whom this is about, once they are known or have proved it. `bind`: the proof holds and
    this QQ is to be recorded for them, whether they are let in or not (rows 8 to 10).
    `count_qq`: a wrong proof; `count_employee_no`: it counts against this number too.
    `claim`: what the comment says, None where it was not read. `evidence`: the same and the other inputs
    as text for the records, digits masked (keys: name, number, digits, doubt, filing, identity).
    """

    answer: Decision
    row: int
    reason: str
    employee_no: str | None = None
    reply: str = ""
    bind: bool = False
    count_qq: bool = False
    count_employee_no: str | None = None
    clause: str = CLAUSE
    claim: Claim | None = None
    evidence: Mapping[str, str] = field(default_factory=dict[str, str])


def decide(
    request: JoinRequest,
    group: Group,
    registry: Registry,
    policy: Policy,
    locks: Locks,
    key: bytes,
    now: datetime,
    *,
    trusted_flags: bool = True,
    claim: Claim | None = None,
) -> Verdict:
    """Decide a join request (product contract, "Joining"); the same table for every kind of group.

    `key`: of the phone digits. `now`: aware. `trusted_flags`: False for an implementation that may act
    on another request than the one named; what was recovered there is held, never answered by itself.
    `claim`: what the comment says, where it was read in this very registry already.
    """
    verdict = _unjudged(group, registry, policy, now)
    if not request.flag or request.user_id <= 0 or request.group_id <= 0:
        verdict = verdict if verdict is not None and verdict.row == 1 else _hold(1, "unreadable")
    known = registry.identities.get(request.user_id)
    if verdict is None and known is not None and known.contested:
        verdict = _hold(6, "contested")
    elif verdict is None and known is not None:
        employee = registry.by_no.get(known.employee_no)
        verdict = _hold(1, "identity_lost") if employee is None else _admit(employee, group, now)
    elif verdict is None:
        verdict = _stranger(request, group, registry, locks, key, now, claim)
    if request.recovered and not trusted_flags and verdict.answer is not Decision.HOLD:
        verdict = replace(verdict, answer=Decision.HOLD, reason="recovered", reply="")
    method = known.method if known is not None else ""
    return replace(verdict, evidence=_evidence(verdict.claim, group, method))


def not_judged() -> Verdict:
    """Return the verdict where judging failed by a mistake of ours: people decide."""
    return _hold(1, "not_judged")


def judge_again(
    employee: Employee | None, group: Group, registry: Registry, policy: Policy, now: datetime
) -> Verdict:
    """Judge somebody whose name was verified once more, when the answer is about to go out."""
    verdict = _unjudged(group, registry, policy, now)
    if verdict is None:
        verdict = _hold(1, "identity_lost") if employee is None else _admit(employee, group, now)
    return verdict


def _unjudged(group: Group, registry: Registry, policy: Policy, now: datetime) -> Verdict | None:
    """Rows 1 and 2: nobody can be judged. A group exempt from filing has no scope to judge by either."""
    unusable = registry.is_unusable(now, policy)
    if unusable is not None:
        return _hold(1, f"registry_{unusable}")
    if group.filing is None:
        return replace(_hold(2, "exempt" if group.exempt else "unfiled"), clause=CLAUSE_UNFILED)
    return None


def _stranger(
    request: JoinRequest,
    group: Group,
    registry: Registry,
    locks: Locks,
    key: bytes,
    now: datetime,
    claim: Claim | None,
) -> Verdict:
    """Rows 3 to 6, and on if the proof holds: somebody whose QQ nobody has verified."""
    if locks.qq:
        return _reject(3, "locked", "wrong")
    claim = claim or read_claim(request.comment, registry)
    if claim.complete and not locks.employee_nos.isdisjoint((claim.employee_no or "", *claim.candidates)):
        return replace(_reject(3, "locked_number", "wrong"), employee_no=claim.employee_no, claim=claim)
    verdict = _proof(request, claim, registry, key)
    if verdict.answer is Decision.APPROVE and verdict.employee_no is not None:
        verdict = _admit(registry.by_no[verdict.employee_no], group, now)
        verdict = replace(verdict, bind=verdict.row != 7)
    return replace(verdict, claim=claim)


def _proof(request: JoinRequest, claim: Claim, registry: Registry, key: bytes) -> Verdict:
    """Rows 4 to 6; an approval here only says that the proof holds."""
    proof = check_proof(claim, registry, key)
    no = proof.employee_no
    if proof.outcome == "incomplete":
        return _reject(4, "incomplete", "incomplete")
    if no is None or proof.outcome == "failed":
        return replace(_reject(5, "wrong_proof", "wrong"), count_qq=True, count_employee_no=no)
    if proof.outcome == "no_phone":
        return replace(_hold(5, "no_phone"), employee_no=no)
    if any(qq != request.user_id for qq in registry.qqs_of(no)):
        return replace(_hold(6, "impersonation"), employee_no=no)
    return Verdict(Decision.APPROVE, 6, "", no)


def _admit(employee: Employee, group: Group, now: datetime) -> Verdict:
    """Rows 7 to 10: somebody whose name is verified."""
    no, day = employee.employee_no, day_of(now)
    if employee.is_departed(day):
        verdict = replace(_reject(7, "departed", "departed"), clause=CLAUSE_DEPARTED)
    elif group.filing is None or not group.filing.scope.covers(employee, day):
        verdict = _reject(8, "out_of_scope", "out_of_scope")
    elif employee.status(day) is Status.PROBATION and no not in group.consents:
        verdict = _hold(9, "probation")
    else:
        verdict = Verdict(Decision.APPROVE, 10, "approved")
    return replace(verdict, employee_no=no)


def _hold(row: int, reason: str) -> Verdict:
    return Verdict(Decision.HOLD, row, reason)


def _reject(row: int, reason: str, reply: str) -> Verdict:
    return Verdict(Decision.REJECT, row, reason, reply=reply)


def _evidence(claim: Claim | None, group: Group, method: str) -> dict[str, str]:
    """Return the inputs of a verdict as text, no digit of a number or phone among them."""
    found = {
        "filing": group.filing.number if group.filing is not None else "",
        "identity": method,
    }
    if claim is not None:
        flags = ("denied", "other_names", "ambiguous")
        found |= {
            "name": mask_digits(claim.name or ""),
            "number": mask_digits(claim.employee_no or ""),
            "digits": mask_digits(claim.digits or ""),
            "doubt": ",".join(flag for flag in flags if getattr(claim, flag)),
        }
    return {name: text for name, text in found.items() if text}
