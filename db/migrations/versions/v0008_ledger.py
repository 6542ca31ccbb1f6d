"""One keyed ledger over every row that a decision rests on takes the place of each case's own chain."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the ledger; what is older is sealed by `db.migrate`, which has the key."""
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("row_id", sa.String(64), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_ledger_source_row_id", "ledger", ["source", "row_id"])
    op.drop_column("case_events", "hash")
