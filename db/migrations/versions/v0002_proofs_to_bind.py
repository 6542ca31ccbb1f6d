"""Join requests say whether the identity they proved is still to be bound."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the mark; of what was decided before, every identity is bound."""
    mark = sa.Column("to_bind", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("join_requests", mark)
    op.create_index(
        "ix_join_requests_to_bind",
        "join_requests",
        ["id"],
        sqlite_where=sa.text("to_bind"),
        postgresql_where=sa.text("to_bind"),
    )
