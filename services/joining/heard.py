"""A join request as it was heard, as it is stored, and as it is answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.queries.joining.requests import NewRequest, RequestRow, RequestState
from regulation.claims.proofs import mask_digits
from regulation.join_gate import JoinRequest, Verdict
from services.acts import Act, ActKind, Priority
from services.flags import key_of

# When a list last showed a request is not written oftener.
SEEN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as heard from one account. `recovered`: found in a list, not told by an event."""

    account: int
    group_id: int
    user_id: int
    comment: str
    flag: str
    nickname: str = ""
    invitor_id: int | None = None
    recovered: bool = False

    @property
    def key(self) -> str:
        """Return what names the request in whatever form of its flag."""
        return key_of(self.flag)

    @property
    def request(self) -> JoinRequest:
        """Return what the gate judges."""
        return JoinRequest(
            self.group_id, self.user_id, self.comment, self.flag, self.invitor_id, self.recovered
        )


def heard_of(row: RequestRow) -> Heard:
    """Return a stored request as it was heard (its comment is masked)."""
    return Heard(
        row.account,
        row.group_id,
        row.user_id,
        row.comment,
        row.flag,
        row.nickname,
        row.invitor_id,
        row.recovered,
    )


def new_request(
    heard: Heard, verdict: Verdict, *, registry_version: int, answers: bool, now: datetime
) -> NewRequest:
    """Return a request just judged as it is stored; its comment without a single whole number."""
    unreadable = f"unreadable:{now.timestamp()}:{heard.group_id}:{heard.user_id}"
    return NewRequest(
        account=heard.account,
        flag=heard.flag or unreadable,
        request_key=heard.key or unreadable,
        group_id=heard.group_id,
        user_id=heard.user_id,
        nickname=heard.nickname[:200],
        comment=mask_digits(heard.comment)[:1000],
        invitor_id=heard.invitor_id or None,
        recovered=heard.recovered,
        asked_at=now,
        seen_at=now,
        verdict=verdict.answer,
        row=verdict.row,
        reason=verdict.reason,
        clause=verdict.clause,
        inputs={"registry": registry_version, **verdict.evidence},
        employee_no=verdict.employee_no,
        state=RequestState.ANSWERING if answers else RequestState.WAITING,
        to_bind=verdict.bind and verdict.employee_no is not None,
    )


def answer_act(heard: Heard, request_id: int, *, approve: bool, reason: str, by: str = "") -> Act:
    """Return the act that answers a request in QQ."""
    return Act(
        ActKind.ANSWER_REQUEST,
        Priority.ANSWER,
        {
            "flag": heard.flag,
            "approve": approve,
            "reason": "" if approve else reason[:30],
            "request_id": request_id,
            "recovered": heard.recovered,
            "by": by,
        },
        group_id=heard.group_id,
        user_id=heard.user_id,
        account=heard.account,
        key=f"answer:{request_id}:{'human' if by else 'gate'}",
    )
