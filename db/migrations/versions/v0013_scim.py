"""SCIM: senders' tokens, and what they told."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "scim_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_scim_tokens_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_scim_tokens_token_hash")),
    )
    op.create_table(
        "scim_resources",
        sa.Column("resource_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("user_name", sa.String(300), nullable=True),
        sa.Column("external_id", sa.String(300), nullable=True),
        sa.Column("employee_no", sa.String(64), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("told_by", sa.String(64), nullable=False),
        sa.Column("is_news", sa.Boolean(), nullable=False),
        sa.Column("status_news", sa.Boolean(), nullable=False),
        sa.Column("held_in", sa.Integer(), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_scim_resources")),
        sa.UniqueConstraint("user_name", name=op.f("uq_scim_resources_user_name")),
    )
    for columns in (
        ("external_id",), ("employee_no",), ("held_in",), ("is_news", "changed_at"), ("kind", "is_deleted", "created_at"),
    ):  # fmt: skip
        op.create_index(op.f("ix_scim_resources_" + "_".join(columns)), "scim_resources", list(columns))
