"""A waiver is somebody's, whichever QQ they have by now."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
_WAIVERS = sa.table(
    "waivers", sa.column("user_id"), sa.column("employee_no", sa.String), sa.column("made_at")
)
_IDENTITIES = sa.table(
    "identities", sa.column("user_id"), sa.column("employee_no", sa.String), sa.column("verified_at")
)


def upgrade() -> None:
    """Add the column: theirs who has the QQ now and had it when the waiver was given; else nobody knows."""
    op.add_column("waivers", sa.Column("employee_no", sa.String(64), nullable=True))
    held = (_IDENTITIES.c.user_id == _WAIVERS.c.user_id, _IDENTITIES.c.verified_at <= _WAIVERS.c.made_at)
    whose = sa.select(_IDENTITIES.c.employee_no).where(*held)
    op.execute(sa.update(_WAIVERS).values(employee_no=whose.scalar_subquery()))
