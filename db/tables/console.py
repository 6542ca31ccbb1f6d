"""The console: codes to log in with, sessions, and wrong tries. Of code and session only a hash is kept."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table

from db.tables.base import Moment, metadata

console_codes = Table(
    "console_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    # Whom it lets in: the QQ that asked for it.
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("code_hash", String(64), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
)

console_sessions = Table(
    "console_sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", BigInteger, nullable=False),
    # What the person was at log-in: who is less than that is out.
    Column("roles", JSON, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    # What the last act answered, until the next page shows it: [{"ok", "text"}]
    Column("told", JSON, nullable=True),
)

console_failures = Table(
    "console_failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("address", String(64), nullable=False),
    Index(None, "user_id", "at"),
    Index(None, "address", "at"),
)
