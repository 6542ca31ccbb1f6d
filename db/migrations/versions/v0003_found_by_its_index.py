"""SQLite finds join requests whose proof is still to be bound by their index.

It takes a partial index for a query only where both say the condition alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the index anew with the condition as queries write it; PostgreSQL's is right."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index("ix_join_requests_to_bind", table_name="join_requests")
    op.create_index(
        "ix_join_requests_to_bind", "join_requests", ["id"], sqlite_where=sa.text("to_bind = 1")
    )
