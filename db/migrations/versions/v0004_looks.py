"""A look at a group has a lease of its own: what is marked while it goes on stays marked."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the lease; a look under way is marked as due at its end."""
    op.add_column("groups", sa.Column("look_lease", Moment(), nullable=True))
