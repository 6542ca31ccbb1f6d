"""How many asked to join a group lately, without a look at all who ever did."""

from alembic import op

revision = "0023"
down_revision = "0018"


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_join_requests_asked", "join_requests", ["group_id", "asked_at"])
