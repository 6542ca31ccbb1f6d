"""One QQ number an employee by proof, kept by the database; QQ numbers whose owner is contested."""

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Keep every bound number; where a race bound several by proof, admin staff are asked about the later."""
    op.create_table(
        "contests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("claimant", sa.String(64), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settled_by", sa.String(64), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
    )
    _unique("uq_contests_waiting", "contests", "user_id", "state = 'waiting'")
    later = (
        "method = 'proof' AND EXISTS (SELECT 1 FROM identities AS first WHERE first.method = 'proof'"
        " AND first.employee_no = identities.employee_no AND (first.verified_at < identities.verified_at"
        " OR (first.verified_at = identities.verified_at AND first.user_id < identities.user_id)))"
    )
    op.execute(
        "INSERT INTO contests (user_id, holder, claimant, made_at, state)"
        f" SELECT user_id, employee_no, employee_no, verified_at, 'waiting' FROM identities WHERE {later}"  # noqa: S608
    )
    op.execute(
        "UPDATE identities SET method = 'admin' WHERE method = 'proof'"
        " AND user_id IN (SELECT user_id FROM contests)"
    )
    _unique("uq_identities_proof", "identities", "employee_no", "method = 'proof'")


def _unique(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, [column], unique=True, sqlite_where=condition, postgresql_where=condition
    )
