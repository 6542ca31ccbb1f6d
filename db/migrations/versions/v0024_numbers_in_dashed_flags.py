"""Requests heard under Lagrange are named by QQ's number in their flag, as those of other implementations."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
_DASHED = re.compile(r"(\d+)-\d+-\d+(?:-\d)?")
_TABLE = sa.table(
    "join_requests",
    sa.column("id", sa.Integer),
    sa.column("account", sa.BigInteger),
    sa.column("group_id", sa.BigInteger),
    sa.column("user_id", sa.BigInteger),
    sa.column("request_key", sa.String),
)


def upgrade() -> None:
    """Name them so, but where another row has that name already."""
    bind, c = op.get_bind(), _TABLE.c
    for row in bind.execute(sa.select(_TABLE).where(c.request_key.like("%-%-%"))).all():
        if (found := _DASHED.fullmatch(row.request_key)) is None:
            continue
        same = (c.account == row.account, c.group_id == row.group_id, c.user_id == row.user_id)
        if bind.execute(sa.select(c.id).where(*same, c.request_key == found[1])).first() is None:
            bind.execute(sa.update(_TABLE).where(c.id == row.id).values(request_key=found[1]))
