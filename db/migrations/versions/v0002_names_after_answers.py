"""Join requests say whether what they proved is still to be bound; reminders are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the mark, false for what was decided before: all that was proved is bound."""
    mark = sa.Column("to_bind", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("join_requests", mark)
    op.create_index(
        "ix_join_requests_to_bind",
        "join_requests",
        ["id"],
        sqlite_where=sa.text("to_bind"),
        postgresql_where=sa.text("to_bind"),
    )
    op.drop_index("ix_cases_user_id", table_name="cases")
    op.create_index(
        op.f("ix_cases_user_id_code_last_reminded_at"), "cases", ["user_id", "code", "last_reminded_at"]
    )
