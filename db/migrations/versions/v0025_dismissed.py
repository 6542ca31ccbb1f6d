"""What was dismissed as wrong, to be taken off every figure without a look at all other cases."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add what finds it by either moment."""
    only = sa.text("closed_as = 'dismissed'")
    for name, *times in (("opened", "opened_at"), ("closed", "closed_at", "opened_at")):
        columns = ["closed_as", *times]
        op.create_index(
            f"ix_cases_dismissed_{name}", "cases", columns, sqlite_where=only, postgresql_where=only
        )
