"""When a roster last listed each employee: a roster renews those it lists."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Take everybody as listed by the last roster applied."""
    op.add_column("employees", sa.Column("listed_at", Moment(), nullable=True))
    op.execute("UPDATE employees SET listed_at = (SELECT max(as_of) FROM registry_state)")
