"""Where the registry comes from: runs of sources, whom each lists, files taken; imports name their source."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the tables. Imports made before came from people."""
    op.create_table(
        "sources",
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("running_by", sa.String(64), nullable=True),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=True),
        sa.Column("good_at", Moment(), nullable=True),
    )
    op.create_table(
        "source_people",
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("employee_no", sa.String(64), primary_key=True),
        sa.Column("said", sa.String(8), nullable=False),
    )
    op.create_index("ix_source_people_employee_no", "source_people", ["employee_no"])
    op.create_table(
        "source_files",
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("file_hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
    )
    op.add_column("imports", sa.Column("source", sa.String(200), nullable=True))
