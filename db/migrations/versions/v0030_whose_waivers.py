"""A waiver is somebody's, whichever QQ they have by now."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
_WAIVERS = sa.table("waivers", sa.column("user_id"), sa.column("employee_no", sa.String))
_IDENTITIES = sa.table("identities", sa.column("user_id"), sa.column("employee_no", sa.String))


def upgrade() -> None:
    """Add the column: theirs who has the QQ now, also if it was bound later. Nobody loses one by an upgrade."""
    op.add_column("waivers", sa.Column("employee_no", sa.String(64), nullable=True))
    whose = sa.select(_IDENTITIES.c.employee_no).where(_IDENTITIES.c.user_id == _WAIVERS.c.user_id)
    op.execute(sa.update(_WAIVERS).values(employee_no=whose.scalar_subquery()))
