"""A month's draw of spot checks keeps its calendar and a commitment; its seed is no longer readable before."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the draws. What was drawn and not done yet is drawn anew: its moment could be read."""
    op.create_table(
        "spot_draws",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("calendar", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("seed", sa.String(64), nullable=True),
        sa.Column("revealed_at", Moment(), nullable=True),
    )
    op.add_column("spot_checks", sa.Column("tries", sa.JSON(), nullable=True))
    op.execute("DELETE FROM spot_checks WHERE drawn_by = 'bot' AND done_at IS NULL")
