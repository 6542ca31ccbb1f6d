"""Two times that nobody wrote or read: when a group was told to file, when a batch was shown."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Drop both: what is said, and when, stands in the outbox."""
    op.drop_column("groups", "notice_at")
    op.drop_column("removal_batches", "shown_at")
