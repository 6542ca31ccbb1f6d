"""A source's own id of whom it lists, so that a number that changes is no departure."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the id; the next reading fills it in."""
    op.add_column("source_people", sa.Column("entry_id", sa.String(100), nullable=True))
