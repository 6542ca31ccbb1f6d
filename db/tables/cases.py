"""Cases, their timeline, penalties, appeals and withheld removal batches."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.tables.base import Moment, metadata, partial_index

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(4), nullable=False),
    Column("group_id", BigInteger, nullable=False),
    Column("subject", String(40), nullable=False),
    Column("user_id", BigInteger, nullable=True),
    Column("employee_no", String(64), nullable=True, index=True),
    Column("department", String(400), nullable=False, default=""),
    Column("status", String(16), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=True),
    Column("first_reminded_at", Moment, nullable=True),
    Column("last_reminded_at", Moment, nullable=True),
    Column("escalated_at", Moment, nullable=True),
    Column("overdue_at", Moment, nullable=True),
    Column("closed_at", Moment, nullable=True),
    Column("closed_as", String(16), nullable=True),
    Column("previous_id", Integer, nullable=True),
    Column("frozen", Boolean, nullable=False, default=False),
    partial_index("uq_cases_open", "code", "group_id", "subject", unique=True, where="closed_at IS NULL"),
    Index(None, "group_id", "closed_at"),
    # Lists and summaries choose and count by these alone: all that they ask is in them.
    Index(
        "ix_cases_listed",
        "opened_at",
        "closed_as",
        "code",
        "department",
        "group_id",
        "status",
        "overdue_at",
        "closed_at",
    ),
    # So narrow that what was opened in half a year is counted in half the time.
    Index(None, "overdue_at", "closed_as"),
    Index(None, "closed_at", "closed_as", "opened_at"),
    # What no figure counts: hardly any, and taken off what the indexes above give.
    *(
        partial_index(name, "closed_as", *times, where="closed_as = 'dismissed'")
        for name, *times in (
            ("ix_cases_dismissed_opened", "opened_at"),
            ("ix_cases_dismissed_closed", "closed_at", "opened_at"),
        )
    ),
    # What summaries count of all cases. Only they say that an id is above 0, as all are: a list in order
    # would be read by this, too, and each case with it.
    partial_index("ix_cases_counted", "code", "opened_at", where="id > 0"),
    # Who was last reminded when is asked for every group's people: answered by the index alone.
    Index(None, "user_id", "code", "last_reminded_at"),
)

case_events = Table(
    "case_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    # opened | told | reminded | undelivered | overdue | acted | withheld | penalty | appeal | closed …
    Column("kind", String(16), nullable=False),
    Column("data", JSON, nullable=False),
)

case_notices = Table(
    "case_notices",
    metadata,
    # What is said of a case, to whom (0: nobody in particular), and when it first reached them.
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("asked_at", Moment, nullable=False),
    Column("reached_at", Moment, nullable=True),
    Column("failed_at", Moment, nullable=True),
)

notices_sent = Table(
    "notices_sent",
    metadata,
    # What must be said once: a group, and the purpose.
    Column("subject", String(40), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("at", Moment, nullable=False),
)

penalties = Table(
    "penalties",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False, index=True),
    Column("breach", String(120), nullable=False),
    Column("code", String(4), nullable=False),
    Column("group_id", BigInteger, nullable=False),
    # user_id or employee number of who is liable, as text: the key of one breach, one proposal.
    Column("liable", String(80), nullable=False),
    Column("liable_user_id", BigInteger, nullable=True),
    Column("liable_employee_no", String(64), nullable=True),
    Column("amount", Numeric(10, 2), nullable=False),
    # A value of regulation.model.PenaltyState.
    Column("state", String(16), nullable=False),
    Column("proposed_at", Moment, nullable=False, index=True),
    Column("settled_at", Moment, nullable=True),
    Column("settled_by", String(64), nullable=True),
    Column("paid_at", Moment, nullable=True),
    Column("refunded_at", Moment, nullable=True),
    Column("reason", Text, nullable=False, default=""),
    Column("told_at", Moment, nullable=True),
    UniqueConstraint("breach", "liable"),
    # What fines come to is counted by this alone.
    Index(None, "state", "amount", "proposed_at", "settled_at"),
)

appeals = Table(
    "appeals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("made_by", BigInteger, nullable=False),
    # Whose QQ it was then: it may be another employee's by the time of the answer.
    Column("employee_no", String(64), nullable=True),
    Column("made_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    # waiting | upheld | refused
    Column("state", String(16), nullable=False, index=True),
    Column("settled_by", String(64), nullable=True),
    Column("settled_at", Moment, nullable=True),
    Column("comment", Text, nullable=False, default=""),
    partial_index("uq_appeals_waiting", "case_id", unique=True, where="state = 'waiting'"),
)

removal_batches = Table(
    "removal_batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("why", String(40), nullable=False),
    # [{"case_id", "group_id", "user_id", "code"}]
    Column("removals", JSON, nullable=False),
    # waiting | confirmed | dropped | lapsed | replaced
    Column("state", String(16), nullable=False, index=True),
    Column("settled_by", String(64), nullable=True),
    Column("settled_at", Moment, nullable=True),
)
