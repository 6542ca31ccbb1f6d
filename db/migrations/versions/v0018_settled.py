"""Whom a group's next reading need not judge; and rows of members that something else wrote meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add them."""
    op.add_column("memberships", sa.Column("touched", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_memberships_touched",
        "memberships",
        ["group_id"],
        sqlite_where=sa.text("touched = 1"),
        postgresql_where=sa.text("touched"),
    )
    op.create_table(
        "settled",
        sa.Column("group_id", sa.BigInteger(), nullable=False, autoincrement=False),
        *(
            sa.Column(name, sa.LargeBinary(), nullable=False)
            for name in ("ground", "listed", "names", "members", "judged")
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_settled")),
    )
