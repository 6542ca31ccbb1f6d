"""The bot's own work: outbox, scheduled runs, switches, spot checks, the audit trail."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from db.tables.base import Moment, metadata, partial_index

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    # The QQ account that must do it, or null: whichever serves the group.
    Column("account", BigInteger, nullable=True),
    # A value of services.outbox.ActKind.
    Column("kind", String(20), nullable=False),
    Column("group_id", BigInteger, nullable=True),
    Column("user_id", BigInteger, nullable=True),
    Column("payload", JSON, nullable=False),
    Column("attachment", LargeBinary, nullable=True),
    # Which queue of the sender: a value of services.outbox.Lane.
    Column("lane", String(8), nullable=False),
    # Small is urgent: see services.outbox.Priority.
    Column("priority", Integer, nullable=False),
    Column("deadline", Moment, nullable=True),
    # The deadline, or a day that never comes: what an index can sort by.
    Column("order_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("made_at", Moment, nullable=False),
    # What may exist once: a second row with the same key isn't written.
    Column("key", String(160), nullable=True, unique=True),
    # waiting | claimed | verifying | done | unconfirmed | dead | dropped
    Column("state", String(16), nullable=False),
    Column("claimed_by", String(64), nullable=True),
    Column("claimed_at", Moment, nullable=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("acted_at", Moment, nullable=True),
    # The QQ account that acted.
    Column("acted_by", BigInteger, nullable=True),
    Column("finished_at", Moment, nullable=True),
    Column("result", String(300), nullable=True),
    Column("confirmed_by", String(40), nullable=True),
    Column("escalated_at", Moment, nullable=True),
    Index(None, "state", "lane", "priority", "order_at", "id"),
    Index(None, "group_id", "state"),
    Index(None, "acted_by", "kind", "acted_at"),
)

outbox_cases = Table(
    "outbox_cases",
    metadata,
    Column("outbox_id", Integer, ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True, index=True),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job", String(40), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=True),
    Column("worker", String(64), nullable=False),
    Column("result", String(300), nullable=True),
    Column("data", JSON, nullable=True),
    UniqueConstraint("job", "due_at"),
)

switches = Table(
    "switches",
    metadata,
    # paused | general_mode | …
    Column("key", String(40), primary_key=True),
    Column("value", JSON, nullable=True),
    Column("set_by", String(64), nullable=False),
    Column("set_at", Moment, nullable=False),
)

heard_commands = Table(
    "heard_commands",
    metadata,
    # The account that heard it, and what its implementation calls the message: done once.
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("message", String(80), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

counters = Table(
    "counters",
    metadata,
    # What an implementation said and what became true: (app, action, outcome) → n.
    Column("name", String(120), primary_key=True),
    Column("n", BigInteger, nullable=False),
)

spot_checks = Table(
    "spot_checks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", BigInteger, nullable=False),
    Column("month", String(7), nullable=False),
    Column("drawn_by", String(64), nullable=False),
    # Of a draw on demand; a month's is secret until the month is over: see `spot_draws`.
    Column("seed", String(64), nullable=False),
    # The draw can be done again from seed, month, group and this: only later moments were drawn from.
    Column("after", Moment, nullable=True),
    # Until its time has come, the end of the month: nobody who reads this knows the moment.
    Column("due_at", Moment, nullable=False),
    # What came to nothing before: [{"after", "due", "why": "missed" | "unknown"}]
    Column("tries", JSON, nullable=True),
    # When it should have been, where the bot was off at that time.
    Column("missed_at", Moment, nullable=True),
    Column("done_at", Moment, nullable=True),
    # clean | findings | unknown
    Column("outcome", String(16), nullable=True),
    Column("findings", JSON, nullable=True),
    Column("late", Float, nullable=True),
    Index(None, "month", "group_id"),
    partial_index("uq_spot_checks_drawn", "month", "group_id", unique=True, where="drawn_by = 'bot'"),
)

spot_draws = Table(
    "spot_draws",
    metadata,
    Column("month", String(7), primary_key=True),
    # SHA-256 of month, seed, hours and days, published before the month.
    Column("commitment", String(64), nullable=False),
    # {"start", "end", "days": ["2026-11-02", …]}, as they were when the commitment was made
    Column("calendar", JSON, nullable=False),
    # The groups filed when it was made; those filed later have an `after` in `spot_checks`.
    Column("groups", JSON, nullable=False),
    Column("made_at", Moment, nullable=False),
    # Written once the month is over.
    Column("seed", String(64), nullable=True),
    Column("revealed_at", Moment, nullable=True),
)

audit_trail = Table(
    "audit_trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    # QQ number as text, `terminal`, or `bot`.
    Column("actor", String(64), nullable=False),
    Column("source", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("detail", JSON, nullable=False),
)
