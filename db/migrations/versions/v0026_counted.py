"""What was opened, by clause and moment, for summaries alone."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add an index that no list can take: only counting says that an id is above 0."""
    only = sa.text("id > 0")
    op.create_index(
        "ix_cases_counted", "cases", ["code", "opened_at"], sqlite_where=only, postgresql_where=only
    )
