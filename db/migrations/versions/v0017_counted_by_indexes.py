"""Indexes that hold all that lists and summaries ask, in place of those by one moment alone."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Replace the indexes."""
    for name in ("opened_at", "overdue_at", "closed_at"):
        op.drop_index(f"ix_cases_{name}", "cases")
    listed = ["opened_at", "closed_as", "code", "department", "group_id", "status", "overdue_at", "closed_at"]
    op.create_index("ix_cases_listed", "cases", listed)
    op.create_index("ix_cases_overdue_at_closed_as", "cases", ["overdue_at", "closed_as"])
    op.create_index("ix_cases_closed_at_closed_as_opened_at", "cases", ["closed_at", "closed_as", "opened_at"])
    op.drop_index("ix_penalties_state", "penalties")
    counted = ["state", "amount", "proposed_at", "settled_at"]
    op.create_index(f"ix_penalties_{'_'.join(counted)}", "penalties", counted)
