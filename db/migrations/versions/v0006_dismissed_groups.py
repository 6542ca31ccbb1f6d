"""Groups remember that QQ said they were dissolved, until their list agrees."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the moment; of what is gone already nobody knows how it went."""
    op.add_column("groups", sa.Column("dismissed_at", Moment(), nullable=True))
