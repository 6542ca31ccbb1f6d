"""Appeals are somebody's, whoever has their QQ by now."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
_APPEALS = sa.table(
    "appeals", sa.column("case_id", sa.Integer), sa.column("made_by"), sa.column("employee_no", sa.String)
)
_CASES = sa.table("cases", sa.column("id"), sa.column("user_id"), sa.column("employee_no", sa.String))
_IDENTITIES = sa.table("identities", sa.column("user_id"), sa.column("employee_no", sa.String))


def upgrade() -> None:
    """Add the column: by the case where it is about that QQ, else by whose the QQ is now."""
    op.add_column("appeals", sa.Column("employee_no", sa.String(64), nullable=True))
    c = _APPEALS.c
    of_case = sa.select(_CASES.c.employee_no).where(
        _CASES.c.id == c.case_id, _CASES.c.user_id == c.made_by
    )
    by_now = sa.select(_IDENTITIES.c.employee_no).where(_IDENTITIES.c.user_id == c.made_by)
    whose = sa.func.coalesce(of_case.scalar_subquery(), by_now.scalar_subquery())
    op.execute(sa.update(_APPEALS).values(employee_no=whose))
