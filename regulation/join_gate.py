"""The join gate (四.1.3): one pure function, the decision table row by row, the first match wins."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from regulation.identity import Claim, check_proof, read_claim
from regulation.model import Employee, Group, JoinRequest, Status
from regulation.policy import Policy
from regulation.registry import Registry

CLAUSE = "四.1.3"


class Answer(StrEnum):
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
    """`row`: of the decision table. `reason`: a key of the phrases; `reply`: of the answer to QQ.

    `bind`: the proof holds and this QQ is to be recorded for `employee_no`. `count_qq`: a wrong proof;
    `count_employee_no`: also against this number.
    """

    answer: Answer
    row: int
    reason: str
    employee_no: str | None = None
    reply: str = ""
    bind: bool = False
    count_qq: bool = False
    count_employee_no: str | None = None
    clause: str = CLAUSE
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
) -> Verdict:
    """Decide a join request.

    `key`: of the phone digits. `trusted_flags`: False for an implementation that may act on another
    request than the one named; what was recovered there is never approved by itself.
    """
    unusable = registry.is_unusable(now, policy)
    if unusable is not None:
        return _verdict(Answer.HOLD, 1, f"registry_{unusable}")
    if not request.flag or request.user_id <= 0:
        return _verdict(Answer.HOLD, 1, "unreadable")
    if group.filing is None:
        return _verdict(Answer.HOLD, 2, "unfiled", clause="四.1.1")
    known = registry.identities.get(request.user_id)
    if known is not None:
        employee = registry.by_no.get(known.employee_no)
        if employee is None:
            return _verdict(Answer.HOLD, 1, "identity_lost")
        verdict = _admit(employee, group, now)
    else:
        verdict = _strangers(request, group, registry, locks, key, now)
    if request.recovered and not trusted_flags and verdict.answer is not Answer.HOLD:
        return replace(verdict, answer=Answer.HOLD, reason="recovered")
    return verdict


def _strangers(
    request: JoinRequest, group: Group, registry: Registry, locks: Locks, key: bytes, now: datetime
) -> Verdict:
    """Rows 3 to 6: somebody whose QQ nobody has verified."""
    if locks.qq:
        return _verdict(Answer.REJECT, 3, "locked", reply="wrong")
    claim = read_claim(request.comment, registry)
    if claim.employee_no in locks.employee_nos:
        return _verdict(Answer.REJECT, 3, "locked_number", claim.employee_no, reply="wrong")
    proof = check_proof(claim, registry, key)
    seen = evidence(claim)
    if proof.outcome == "incomplete":
        return _verdict(Answer.REJECT, 4, "incomplete", reply="incomplete", evidence=seen)
    if proof.outcome == "no_phone":
        return _verdict(Answer.HOLD, 5, "no_phone", proof.employee_no, evidence=seen)
    if proof.outcome == "failed" or proof.employee_no is None:
        verdict = _verdict(Answer.REJECT, 5, "wrong_proof", reply="wrong", evidence=seen)
        return replace(verdict, count_qq=True, count_employee_no=proof.employee_no)
    others = [qq for qq in registry.qqs_of(proof.employee_no) if qq != request.user_id]
    if others:
        return _verdict(Answer.HOLD, 6, "impersonation", proof.employee_no, evidence=seen)
    admitted = _admit(registry.by_no[proof.employee_no], group, now)
    return replace(admitted, bind=admitted.row != 7, evidence=seen)


def _admit(employee: Employee, group: Group, now: datetime) -> Verdict:
    """Rows 7 to 10: somebody whose name is verified."""
    no, day = employee.employee_no, now.date()
    if employee.is_departed(day):
        return _verdict(Answer.REJECT, 7, "departed", no, reply="departed", clause="四.1.5A")
    if group.filing is None or not group.filing.scope.covers(employee, day):
        return _verdict(Answer.REJECT, 8, "out_of_scope", no, reply="out_of_scope")
    if employee.status(day) is Status.PROBATION and no not in group.consents:
        return _verdict(Answer.HOLD, 9, "probation", no)
    return _verdict(Answer.APPROVE, 10, "approved", no)


def _verdict(
    answer: Answer,
    row: int,
    reason: str,
    employee_no: str | None = None,
    *,
    reply: str = "",
    clause: str = CLAUSE,
    evidence: Mapping[str, str] | None = None,
) -> Verdict:
    return Verdict(answer, row, reason, employee_no, reply, clause=clause, evidence=evidence or {})


def evidence(claim: Claim) -> dict[str, str]:
    """Return what was read of a comment, with no digit of a number or phone in it."""
    return {
        "name": claim.name or "",
        "number": "有" if claim.employee_no else "无",
        "digits": "有" if claim.digits else "无",
    }
