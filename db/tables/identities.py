"""Verified real names: QQ numbers bound to employees, proofs that failed, locks, granted rights."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from db.tables.base import Moment, metadata

identities = Table(
    "identities",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("employee_no", String(64), nullable=False, index=True),
    # roster | proof | admin
    Column("method", String(16), nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("verified_by", String(64), nullable=True),
)

proof_attempts = Table(
    "proof_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("employee_no", String(64), nullable=True),
    # join | bind
    Column("source", String(16), nullable=False),
    Index(None, "user_id", "at"),
    Index(None, "employee_no", "at"),
)

locks = Table(
    "locks",
    metadata,
    # qq:123 | no:A001
    Column("subject", String(80), primary_key=True),
    Column("until", Moment, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column(
        "employee_no",
        String(64),
        ForeignKey("employees.employee_no", onupdate="CASCADE", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("granted_by", BigInteger, nullable=False),
    Column("granted_at", Moment, nullable=False),
)
