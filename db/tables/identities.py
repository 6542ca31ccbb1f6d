"""Verified real names: QQ numbers bound to employees, proofs that failed, locks, granted rights."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table

from db.tables.base import Moment, metadata, partial_index

identities = Table(
    "identities",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("employee_no", String(64), nullable=False, index=True),
    # roster | proof | admin
    Column("method", String(16), nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("verified_by", String(64), nullable=True),
    # A second QQ number of an employee comes from the roster or from admin staff, never from a proof.
    partial_index("uq_identities_proof", "employee_no", unique=True, where="method = 'proof'"),
)

# Who has another employee number now: what was held against them under the former one is noted under theirs.
renumbered = Table(
    "renumbered",
    metadata,
    Column("id", Integer, primary_key=True),
    # By which QQ: bound to the former number again, it is undone.
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("former_no", String(64), nullable=False),
    Column("employee_no", String(64), nullable=False),
    # {"cases": [id], "penalties": [id], "appeals": [id], "early_admissions": [id], "waivers": [id],
    # "transfers": [id], "grants": [who granted]}
    Column("moved", JSON, nullable=False),
)

# A QQ number that a person or admin staff verified for one employee, and a roster names for another:
# nothing is done about or for it until admin staff have decided.
contests = Table(
    "contests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("holder", String(64), nullable=False),
    Column("claimant", String(64), nullable=False),
    Column("import_id", Integer, nullable=True),
    Column("made_at", Moment, nullable=False),
    # waiting | moved | kept | ended
    Column("state", String(16), nullable=False),
    Column("settled_by", String(64), nullable=True),
    Column("settled_at", Moment, nullable=True),
    partial_index("uq_contests_waiting", "user_id", unique=True, where="state = 'waiting'"),
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
