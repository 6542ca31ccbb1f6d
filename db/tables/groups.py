"""Groups as last seen, their members, their filings, and what was consented to."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from db.tables.base import Moment, metadata, partial_index

groups = Table(
    "groups",
    metadata,
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(300), nullable=False, default=""),
    Column("mode", String(8), nullable=True),
    # The QQ account that serves it: admin there if any of ours is.
    Column("account", BigInteger, nullable=True),
    Column("bot_role", String(8), nullable=True),
    Column("owner_id", BigInteger, nullable=True),
    Column("admin_ids", JSON, nullable=False, default=list),
    Column("member_count", Integer, nullable=False, default=0),
    Column("first_seen_at", Moment, nullable=True),
    Column("gone_at", Moment, nullable=True),
    # When QQ said that it was dissolved; believed once the group list shows it no more.
    Column("dismissed_at", Moment, nullable=True),
    Column("read_at", Moment, nullable=True),
    Column("complete_at", Moment, nullable=True),
    # Why the last reading gave no answer, or null when it did.
    Column("unknown_because", String(200), nullable=True),
    Column("audited_at", Moment, nullable=True),
    # When this group is to be read and planned again, or null when nothing is due.
    Column("look_at", Moment, nullable=True, index=True),
    # Somebody is looking since `look_at` was taken, and should be done by then; else it is due again.
    Column("look_lease", Moment, nullable=True),
    Column("introduced_at", Moment, nullable=True),
    Column("reminded_at", Moment, nullable=True),
)

memberships = Table(
    "memberships",
    metadata,
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("nickname", String(200), nullable=False, default=""),
    Column("card", String(300), nullable=False, default=""),
    Column("role", String(8), nullable=False, default="member"),
    Column("is_robot", Boolean, nullable=False, default=False),
    Column("seen_at", Moment, nullable=False),
    Column("gone_at", Moment, nullable=True),
    Column("let_in_by", BigInteger, nullable=True),
    # Written since by something else than a whole reading, which compares it the next time.
    Column("touched", Boolean, nullable=False, default=False, server_default=false()),
    Index(None, "user_id"),
    partial_index("ix_memberships_touched", "group_id", where="touched", on_sqlite="touched = 1"),
)

settled = Table(
    "settled",
    metadata,
    # Of each group's last whole reading, whom the next one need not judge: `regulation.groups.settled`.
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("ground", LargeBinary, nullable=False),
    Column("listed", LargeBinary, nullable=False),
    Column("names", LargeBinary, nullable=False),
    Column("members", LargeBinary, nullable=False),
    Column("judged", LargeBinary, nullable=False),
)

offices = Table(
    "offices",
    metadata,
    # Owners and admins as read: certain from `since` to `until`, or to the newest complete reading.
    Column("id", Integer, primary_key=True),
    Column("group_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("role", String(8), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=True),
    Index(None, "group_id"),
)

filings = Table(
    "filings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", BigInteger, nullable=False, index=True),
    Column("number", String(32), nullable=True, unique=True),
    # first | change | upgrade | prolong | register
    Column("route", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("name", String(300), nullable=True),
    Column("purpose", Text, nullable=False, default=""),
    Column("scope", JSON, nullable=False),
    Column("department", String(400), nullable=False, default=""),
    Column("owner_id", BigInteger, nullable=True),
    Column("admin_ids", JSON, nullable=True),
    Column("member_count", Integer, nullable=True),
    Column("established_on", Date, nullable=True),
    Column("issue", Text, nullable=False, default=""),
    Column("ends_on", Date, nullable=True),
    Column("initiator_id", BigInteger, nullable=True),
    Column("prolonged", Boolean, nullable=False, default=False),
    Column("made_by", BigInteger, nullable=True),
    Column("made_at", Moment, nullable=False),
    Column("approved_at", Moment, nullable=True),
    Column("settled_at", Moment, nullable=True),
    Column("import_id", Integer, nullable=True),
    # One approved filing a group, and one on its way.
    partial_index("uq_filings_approved", "group_id", unique=True, where="state = 'approved'"),
    partial_index(
        "uq_filings_waiting",
        "group_id",
        unique=True,
        where="state IN ('with_head', 'with_admin')",
    ),
)

filing_steps = Table(
    "filing_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("filing_id", Integer, ForeignKey("filings.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("step", String(16), nullable=False),
    Column("comment", Text, nullable=False, default=""),
)

early_admissions = Table(
    "early_admissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("employee_no", String(64), nullable=False),
    Column("group_id", BigInteger, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("asked_by", BigInteger, nullable=True),
    Column("asked_at", Moment, nullable=False),
    # waiting | consented | refused | ended
    Column("state", String(16), nullable=False),
    Column("settled_by", BigInteger, nullable=True),
    Column("settled_at", Moment, nullable=True),
    Column("until", Date, nullable=True),
    partial_index(
        "uq_early_admissions_waiting",
        "employee_no",
        "group_id",
        unique=True,
        where="state = 'waiting'",
    ),
)

waivers = Table(
    "waivers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", BigInteger, nullable=False, index=True),
    # Whom it was given to; null as long as nobody is known to have the QQ.
    Column("employee_no", String(64), nullable=True),
    Column("code", String(4), nullable=False),
    Column("group_id", BigInteger, nullable=True),
    Column("until", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_by", BigInteger, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("warned_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
)

activity = Table(
    "activity",
    metadata,
    Column("group_id", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    UniqueConstraint("group_id", "day"),
)
