"""Who has another employee number now, and what went with them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the table. Who was renumbered before is not known: staff can say so."""
    op.create_table(
        "renumbered",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("former_no", sa.String(64), nullable=False),
        sa.Column("employee_no", sa.String(64), nullable=False),
        sa.Column("moved", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renumbered")),
    )
    op.create_index(op.f("ix_renumbered_user_id"), "renumbered", ["user_id"])
