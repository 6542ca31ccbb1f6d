"""A command is known by its message and done once."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table of commands that were heard."""
    op.create_table(
        "heard_commands",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account", "message", name=op.f("pk_heard_commands")),
    )
    op.create_index(op.f("ix_heard_commands_at"), "heard_commands", ["at"])
