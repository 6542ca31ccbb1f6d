"""The duties of the regulation: codes, clauses, and what a breach is called.

The codes are the product's vocabulary. They stand in the database, in every
message about a violation, in reports and in test names.
"""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """A duty's code, as it stands in the database and in messages."""

    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    S1 = "S1"
    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    C1 = "C1"
    L1 = "L1"
    T1 = "T1"
    D1 = "D1"
    D2 = "D2"
    X1 = "X1"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: `code`, its check's file name, the `clause` it comes from, its Chinese `title`."""

    code: Code
    check: str
    clause: str
    title: str
    about_member: bool


DUTIES: dict[Code, Duty] = {
    duty.code: duty
    for duty in (
        Duty(Code.F1, "unfiled_group", "四.1.1", "未备案", about_member=False),
        Duty(Code.F2, "filing_drift", "四.1.1", "备案不符", about_member=False),
        Duty(Code.F3, "reserved_name", "四.1.1", "名称未批准", about_member=False),
        Duty(Code.S1, "missing_supervisor", "四.1.2", "缺少主管", about_member=False),
        Duty(Code.M1, "unverified_member", "四.1.3", "身份未核实", about_member=True),
        Duty(Code.M2, "out_of_scope_member", "四.1.3", "不在成员范围", about_member=True),
        Duty(Code.M3, "probationary_member", "四.1.3", "试用期入群", about_member=True),
        Duty(Code.C1, "card_format", "四.1.4", "群名片", about_member=True),
        Duty(Code.L1, "departed_member", "四.1.5A", "离职未退群", about_member=True),
        Duty(Code.T1, "transferred_member", "四.1.5B", "调岗未退群", about_member=True),
        Duty(Code.D1, "discussion_outsider", "四.2.1", "讨论组外部人员", about_member=True),
        Duty(Code.D2, "discussion_overdue", "四.2.2", "讨论组超期", about_member=False),
        Duty(Code.X1, "spot_check", "三", "抽查", about_member=False),
    )
}


def find_duty(word: str) -> Duty | None:
    """Return the duty meant by a code (`C1`, `c1`), a title, or what only one title holds (`名片`)."""
    word = word.strip()
    if word.upper() in Code.__members__:
        return DUTIES[Code(word.upper())]
    if len(word) < 2:
        return None
    found = [duty for duty in DUTIES.values() if word in duty.title]
    return found[0] if len(found) == 1 else None
