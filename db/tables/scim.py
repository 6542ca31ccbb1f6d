"""SCIM: who may send, and what was sent, beside the registry that it leads to."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, String, Table

from db.tables.base import Moment, metadata

scim_tokens = Table(
    "scim_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    # SHA-256 of the token: the token itself is shown once and kept nowhere.
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=True),
    Column("revoked_at", Moment, nullable=True),
)

scim_resources = Table(
    "scim_resources",
    metadata,
    Column("resource_id", String(36), primary_key=True),
    # User | Group
    Column("kind", String(8), nullable=False),
    # As compared; null for groups and for what was deleted.
    Column("user_name", String(300), nullable=True, unique=True),
    Column("external_id", String(300), nullable=True, index=True),
    # employeeNumber, else externalId.
    Column("employee_no", String(64), nullable=True, index=True),
    # As SCIM shows it; of phones only keyed hashes.
    Column("body", JSON, nullable=False),
    # What is asked, which the registry may not have followed yet: null where `active` was never sent.
    Column("active", Boolean, nullable=True),
    # The day it was told that they left: of the deactivation or the deletion.
    Column("left_on", Date, nullable=True),
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("told_by", String(64), nullable=False),
    # The order in which all of it was told, whatever the clock said.
    Column("told_no", Integer, nullable=False, index=True),
    # Not taken over into the registry yet; `status_news`: of these, whether `active` is news.
    Column("is_news", Boolean, nullable=False),
    Column("status_news", Boolean, nullable=False),
    # The import that waits for 同意 with what this one asks, until that is settled.
    Column("held_in", Integer, nullable=True, index=True),
    # Deleted: kept until the registry has taken it over.
    Column("is_deleted", Boolean, nullable=False),
    Index(None, "is_news", "told_no"),
    Index(None, "kind", "is_deleted", "created_at"),
)
