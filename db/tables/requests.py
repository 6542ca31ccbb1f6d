"""Join requests, with verdict, inputs and answer."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from db.tables.base import Moment, metadata, partial_index

join_requests = Table(
    "join_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", BigInteger, nullable=False),
    Column("flag", String(200), nullable=False),
    # What of the flag names the request, however its event and the lists write it.
    Column("request_key", String(200), nullable=False),
    Column("group_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("nickname", String(200), nullable=False, default=""),
    # The comment with every digit run masked; the full text is never stored.
    Column("comment", Text, nullable=False, default=""),
    Column("invitor_id", BigInteger, nullable=True),
    Column("recovered", Boolean, nullable=False, default=False),
    Column("asked_at", Moment, nullable=False),
    # When QQ last showed it waiting: by its event, or in a list.
    Column("seen_at", Moment, nullable=False),
    # approve | reject | hold
    Column("verdict", String(8), nullable=False),
    Column("row", Integer, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("clause", String(20), nullable=False, default=""),
    Column("inputs", JSON, nullable=False),
    Column("employee_no", String(64), nullable=True),
    # A RequestState of db.queries.joining.requests.
    Column("state", String(16), nullable=False),
    Column("settled_by", String(64), nullable=True),
    Column("settled_at", Moment, nullable=True),
    Column("settled_as", String(8), nullable=True),
    Column("told_at", Moment, nullable=True),
    # The verdict rests on a proof, and the QQ number isn't bound to `employee_no` yet.
    Column("to_bind", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("account", "group_id", "user_id", "request_key"),
    Index(None, "account", "request_key"),
    Index(None, "state"),
    Index(None, "group_id", "user_id"),
    # How many asked lately: of a group where thousands have asked over the years.
    Index("ix_join_requests_asked", "group_id", "asked_at"),
    partial_index("ix_join_requests_to_bind", "id", where="to_bind", on_sqlite="to_bind = 1"),
)
