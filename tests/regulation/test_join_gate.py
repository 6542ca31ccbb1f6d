"""The join gate's decision table (四.1.3): every row, and beside each what must come out otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

from config.phrases.joining import REASONS, REPLIES
from regulation.claims.digits import digest_digits
from regulation.claims.identity import Identity
from regulation.deadlines import ZONE
from regulation.join_gate import Decision, JoinRequest, Locks, Verdict, decide
from regulation.model import Employee, Filing, FilingState, Group, Kind, Scope, Status, Transfer
from regulation.policy import Policy
from regulation.registry import Registry

KEY = b"key"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
QQ, OTHER_QQ, GROUP = 30001, 30002, 700001
POLICY = Policy()
PROOF = "市场部 张三 1024 5678"
APPROVE, REJECT, HOLD = Decision.APPROVE, Decision.REJECT, Decision.HOLD


def zhang(**changes: object) -> Employee:
    one = Employee("1024", "张三", "市场部", phone_hash=digest_digits(KEY, "1024", "5678"))
    return replace(one, **changes)  # type: ignore[arg-type]


def group(scope: Scope | None = None, **changes: object) -> Group:
    scope = scope if scope is not None else Scope(departments=("市场部",))
    filing = Filing("备案2026-0012", "市场部群", 20001, frozenset(), scope, "市场部")
    one = Group(GROUP, "市场部群", filing_state=FilingState.APPROVED, filing=filing)
    return replace(one, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """What is given; each row's tests change what it is about."""

    comment: str = PROOF
    people: tuple[Employee, ...] = (zhang(),)
    bound: dict[int, str] = field(default_factory=dict[int, str])
    group: Group = field(default_factory=group)
    locks: Locks = field(default_factory=Locks)
    as_of: datetime | None = NOW
    flag: str = "flag"
    user_id: int = QQ
    now: datetime = NOW
    recovered: bool = False
    trusted_flags: bool = True

    def decide(self) -> Verdict:
        extra = Employee("2048", "李四", "采购部", phone_hash=digest_digits(KEY, "2048", "8888"))
        people: Iterable[Employee] = (*self.people, extra) if self.people else ()
        identities = [Identity(qq, no, "roster", NOW) for qq, no in self.bound.items()]
        registry = Registry.build(people, identities, POLICY.departments, as_of=self.as_of)
        request = JoinRequest(GROUP, self.user_id, self.comment, self.flag, recovered=self.recovered)
        return decide(
            request, self.group, registry, POLICY, self.locks, KEY, self.now, trusted_flags=self.trusted_flags
        )


WELCOME = Case()
KNOWN = Case(comment="", bound={QQ: "1024"})
UNFILED = group(filing=None, filing_state=FilingState.WITH_ADMIN)
PROBATION = (zhang(employment=Status.PROBATION),)
MOVING = Transfer("市场部", "采购部", date(2026, 3, 1))

TABLE: dict[str, tuple[Case, Decision, int, str]] = {
    # Row 1, and its neighbours: a registry just fresh enough, a readable request.
    "empty registry": (replace(WELCOME, people=()), HOLD, 1, "registry_empty"),
    "no roster ever applied": (replace(WELCOME, as_of=None), HOLD, 1, "registry_empty"),
    "stale registry": (replace(WELCOME, as_of=NOW - timedelta(days=46)), HOLD, 1, "registry_stale"),
    "45 days old is no stale registry": (replace(WELCOME, as_of=NOW - timedelta(days=45)), APPROVE, 10, "approved"),
    "stale also for the known": (replace(KNOWN, as_of=NOW - timedelta(days=46)), HOLD, 1, "registry_stale"),
    "no flag": (replace(WELCOME, flag=""), HOLD, 1, "unreadable"),
    "user 0": (replace(WELCOME, user_id=0), HOLD, 1, "unreadable"),
    "an identity whose employee vanished": (replace(KNOWN, bound={QQ: "9999"}), HOLD, 1, "identity_lost"),
    # Row 2, before any proof or lock counts.
    "unfiled group": (replace(WELCOME, group=UNFILED), HOLD, 2, "unfiled"),
    "unfiled group, locked QQ": (replace(WELCOME, group=UNFILED, locks=Locks(qq=True)), HOLD, 2, "unfiled"),
    "unfiled group, known QQ": (replace(KNOWN, group=UNFILED), HOLD, 2, "unfiled"),
    "exempt group": (replace(WELCOME, group=replace(UNFILED, exempt=True)), HOLD, 2, "exempt"),
    "exempt group with a filing": (replace(WELCOME, group=group(exempt=True)), APPROVE, 10, "approved"),
    # Row 3.
    "locked QQ with a right proof": (replace(WELCOME, locks=Locks(qq=True)), REJECT, 3, "locked"),
    "locked QQ without a proof": (replace(WELCOME, comment="", locks=Locks(qq=True)), REJECT, 3, "locked"),
    "locked QQ with an identity": (replace(KNOWN, locks=Locks(qq=True)), APPROVE, 10, "approved"),
    "locked number": (
        replace(WELCOME, locks=Locks(employee_nos=frozenset({"1024"}))), REJECT, 3, "locked_number",
    ),
    "locked number, wrong proof": (
        replace(WELCOME, comment="张三 1024 9999", locks=Locks(employee_nos=frozenset({"1024"}))),
        REJECT, 3, "locked_number",
    ),
    "another number is locked": (
        replace(WELCOME, locks=Locks(employee_nos=frozenset({"2048"}))), APPROVE, 10, "approved",
    ),
    "locked number, QQ with an identity": (
        replace(KNOWN, comment=PROOF, locks=Locks(employee_nos=frozenset({"1024"}))), APPROVE, 10, "approved",
    ),
    "locked number, but no proof": (
        replace(WELCOME, comment="张三 1024", locks=Locks(employee_nos=frozenset({"1024"}))), REJECT, 4, "incomplete",
    ),
    # Row 4.
    "no comment": (replace(WELCOME, comment=""), REJECT, 4, "incomplete"),
    "name and number only": (replace(WELCOME, comment="张三 1024"), REJECT, 4, "incomplete"),
    "name and digits only": (replace(WELCOME, comment="张三 尾号5678"), REJECT, 4, "incomplete"),
    "number and digits only": (replace(WELCOME, comment="1024 5678"), REJECT, 4, "incomplete"),
    "no comment, but known": (KNOWN, APPROVE, 10, "approved"),
    # Row 5.
    "wrong digits": (replace(WELCOME, comment="张三 1024 5679"), REJECT, 5, "wrong_proof"),
    "unknown number": (replace(WELCOME, comment="张三 9999 5678"), REJECT, 5, "wrong_proof"),
    "unknown name": (replace(WELCOME, comment="王五 1024 5678"), REJECT, 5, "wrong_proof"),
    "another's number": (replace(WELCOME, comment="李四 1024 5678"), REJECT, 5, "wrong_proof"),
    "a denial": (replace(WELCOME, comment="我不是张三 1024 5678"), REJECT, 5, "wrong_proof"),
    "wrong digits, but known": (replace(KNOWN, comment="张三 1024 5679"), APPROVE, 10, "approved"),
    "no phone in the registry": (replace(WELCOME, people=(zhang(phone_hash=None),)), HOLD, 5, "no_phone"),
    "no phone and the wrong name": (
        replace(WELCOME, people=(zhang(phone_hash=None),), comment="李四 1024 5678"), REJECT, 5, "wrong_proof",
    ),
    "no phone, but known": (replace(KNOWN, people=(zhang(phone_hash=None),)), APPROVE, 10, "approved"),
    # Row 6.
    "another QQ is verified": (replace(WELCOME, bound={OTHER_QQ: "1024"}), HOLD, 6, "impersonation"),
    "another QQ is verified, employee departed": (
        replace(WELCOME, bound={OTHER_QQ: "1024"}, people=(zhang(departed_on=date(2026, 3, 1)),)),
        HOLD, 6, "impersonation",
    ),
    "somebody else's QQ is verified": (replace(WELCOME, bound={OTHER_QQ: "2048"}), APPROVE, 10, "approved"),
    "both QQs are verified": (replace(KNOWN, bound={QQ: "1024", OTHER_QQ: "1024"}), APPROVE, 10, "approved"),
    # Row 7.
    "departed": (replace(WELCOME, people=(zhang(departed_on=date(2026, 3, 2)),)), REJECT, 7, "departed"),
    "known and departed": (replace(KNOWN, people=(zhang(departed_on=date(2026, 3, 2)),)), REJECT, 7, "departed"),
    "departs tomorrow": (replace(WELCOME, people=(zhang(departed_on=date(2026, 3, 3)),)), APPROVE, 10, "approved"),
    "departed by the day in Shanghai": (
        replace(
            KNOWN,
            people=(zhang(departed_on=date(2026, 3, 3)),),
            now=datetime.fromisoformat("2026-03-02T16:00:00+00:00"),
            as_of=NOW,
        ),
        REJECT, 7, "departed",
    ),
    "departed and out of scope": (
        replace(KNOWN, people=(zhang(departed_on=date(2026, 3, 2), department="采购部"),)), REJECT, 7, "departed",
    ),
    # Row 8.
    "out of scope": (replace(WELCOME, people=(zhang(department="采购部"),)), REJECT, 8, "out_of_scope"),
    "known and out of scope": (replace(KNOWN, people=(zhang(department="采购部"),)), REJECT, 8, "out_of_scope"),
    "below the department in scope": (
        replace(KNOWN, people=(zhang(department="市场部/华东组"),)), APPROVE, 10, "approved",
    ),
    "a wrong department in the comment": (
        replace(WELCOME, comment="采购部 张三 1024 5678"), APPROVE, 10, "approved",
    ),
    "named in scope": (
        replace(
            KNOWN, people=(zhang(department="采购部"),), group=group(Scope(employee_nos=frozenset({"1024"})))
        ),
        APPROVE, 10, "approved",
    ),
    "also in a department in scope": (
        replace(KNOWN, people=(zhang(department="采购部", also_in=("市场部",)),)), APPROVE, 10, "approved",
    ),
    "old department in scope, handover open": (
        replace(KNOWN, people=(zhang(department="采购部", transfers=(MOVING,)),)), APPROVE, 10, "approved",
    ),
    "old department in scope, handover complete": (
        replace(
            KNOWN,
            people=(zhang(department="采购部", transfers=(replace(MOVING, handover_on=date(2026, 3, 2)),)),),
        ),
        REJECT, 8, "out_of_scope",
    ),
    "on probation and out of scope": (
        replace(KNOWN, people=(zhang(department="采购部", employment=Status.PROBATION),)), REJECT, 8, "out_of_scope",
    ),
    # Row 9.
    "on probation": (replace(WELCOME, people=PROBATION), HOLD, 9, "probation"),
    "known and on probation": (replace(KNOWN, people=PROBATION), HOLD, 9, "probation"),
    "on probation with consent": (
        replace(WELCOME, people=PROBATION, group=group(consents=frozenset({"1024"}))), APPROVE, 10, "approved",
    ),
    "consent for somebody else": (
        replace(WELCOME, people=PROBATION, group=group(consents=frozenset({"2048"}))), HOLD, 9, "probation",
    ),
    "regularised today": (
        replace(KNOWN, people=(zhang(employment=Status.PROBATION, regularized_on=date(2026, 3, 2)),)),
        APPROVE, 10, "approved",
    ),
    # Row 10.
    "a right proof": (WELCOME, APPROVE, 10, "approved"),
    "a known QQ": (KNOWN, APPROVE, 10, "approved"),
    "everybody in scope": (replace(WELCOME, group=group(Scope(everyone=True))), APPROVE, 10, "approved"),
    "recovered": (replace(WELCOME, recovered=True), APPROVE, 10, "approved"),
    "recovered from who may answer another": (
        replace(WELCOME, recovered=True, trusted_flags=False), HOLD, 10, "recovered",
    ),
    "a refusal that may hit another": (
        replace(WELCOME, comment="", recovered=True, trusted_flags=False), HOLD, 4, "recovered",
    ),
    "heard from who may answer another": (replace(WELCOME, trusted_flags=False), APPROVE, 10, "approved"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_the_decision_table(name: str) -> None:
    case, answer, row, reason = TABLE[name]
    verdict = case.decide()
    assert (verdict.answer, verdict.row, verdict.reason) == (answer, row, reason)


def test_every_row_has_a_test_and_a_neighbour() -> None:
    rows = {row for _, _, row, _ in TABLE.values()}
    assert rows == set(range(1, 11))


@pytest.mark.parametrize("name", TABLE)
def test_every_verdict_can_be_explained_and_answered(name: str) -> None:
    verdict = TABLE[name][0].decide()
    assert verdict.reason in REASONS
    assert verdict.clause
    assert verdict.evidence.keys() <= {"name", "number", "digits", "doubt", "filing", "identity"}
    assert (verdict.answer is REJECT) == (verdict.reply in REPLIES)
    assert not any(
        character.isdigit()
        for key in ("name", "number", "digits")
        for character in verdict.evidence.get(key, "")
    )


def test_a_discussion_group_is_judged_by_the_same_table() -> None:
    filed = group().filing
    assert filed is not None
    discussion = group(filing=replace(filed, kind=Kind.DISCUSSION))
    assert replace(WELCOME, group=discussion).decide().answer is APPROVE
    assert replace(WELCOME, group=discussion, comment="").decide().row == 4


def test_only_a_wrong_proof_is_counted() -> None:
    for case, _, _, reason in TABLE.values():
        verdict = case.decide()
        assert verdict.count_qq == (reason == "wrong_proof")
        assert verdict.count_employee_no is None or verdict.count_qq


@pytest.mark.parametrize(
    ("comment", "against"),
    [
        ("张三 1024 5679", "1024"),
        ("王五 1024 5678", "1024"),
        ("张三 2048 9999", "2048"),
        ("张三 9999 5678", None),
    ],
)
def test_a_wrong_proof_counts_against_the_number_it_names_if_that_exists(
    comment: str, against: str | None
) -> None:
    verdict = replace(WELCOME, comment=comment).decide()
    assert verdict.count_qq
    assert verdict.count_employee_no == against


@pytest.mark.parametrize(
    ("name", "bind"),
    [
        ("a right proof", True),
        ("out of scope", True),
        ("on probation", True),
        ("departed", False),
        ("another QQ is verified", False),
        ("wrong digits", False),
        ("no phone in the registry", False),
        ("locked QQ with a right proof", False),
        ("a known QQ", False),
        ("unfiled group", False),
    ],
)
def test_an_identity_is_recorded_once_the_proof_holds_and_nothing_speaks_against_it(
    name: str, bind: bool
) -> None:
    verdict = TABLE[name][0].decide()
    assert verdict.bind is bind
    assert verdict.employee_no == "1024" or not bind


def test_the_answer_is_the_same_for_every_wrong_proof_and_every_lock() -> None:
    names = (
        "wrong digits", "unknown number", "unknown name", "another's number", "a denial",
        "locked number", "locked number, wrong proof", "locked QQ with a right proof", "locked QQ without a proof",
    )  # fmt: skip
    assert {TABLE[name][0].decide().reply for name in names} == {"wrong"}


def test_an_answer_fits_what_qq_takes() -> None:
    assert all(0 < len(text) <= 30 for text in REPLIES.values())


def test_the_evidence_says_what_was_read_with_digits_masked() -> None:
    verdict = replace(WELCOME, comment="我不是张三 1024 5678").decide()
    assert verdict.evidence == {
        "name": "张三", "number": "****", "digits": "****", "doubt": "denied", "filing": "备案2026-0012",
    }  # fmt: skip
    assert KNOWN.decide().evidence == {"filing": "备案2026-0012", "identity": "roster"}
    assert KNOWN.decide().claim is None


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("unfiled group", "四.1.1"),
        ("departed", "四.1.5A"),
        ("out of scope", "四.1.3"),
        ("no comment", "四.1.3"),
    ],
)
def test_names_the_clause(name: str, clause: str) -> None:
    assert TABLE[name][0].decide().clause == clause
