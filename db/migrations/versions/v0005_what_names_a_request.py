"""A join request is named by account, group, person and the lasting part of its flag; when it was last seen.

One request may have a flag in its event and another in a list, and one flag may stand for two people.
"""

import re

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0005"
down_revision = "0004"
_PIPED = re.compile(r"\d+\|(\d+)\|\d+\|\d+")
_TABLE = sa.table(
    "join_requests",
    sa.column("id", sa.Integer),
    sa.column("flag", sa.String),
    sa.column("request_key", sa.String),
    sa.column("asked_at", sa.DateTime),
    sa.column("seen_at", sa.DateTime),
)


def upgrade() -> None:
    """Fill both columns from what is there, then name requests by the new one."""
    op.add_column("join_requests", sa.Column("request_key", sa.String(200), nullable=True))
    op.add_column("join_requests", sa.Column("seen_at", Moment(), nullable=True))
    bind = op.get_bind()
    bind.execute(sa.update(_TABLE).values(request_key=_TABLE.c.flag, seen_at=_TABLE.c.asked_at))
    piped = bind.execute(sa.select(_TABLE.c.id, _TABLE.c.flag).where(_TABLE.c.flag.like("%|%|%|%"))).all()
    for request_id, flag in piped:
        if (found := _PIPED.fullmatch(flag)) is not None:
            bind.execute(sa.update(_TABLE).where(_TABLE.c.id == request_id).values(request_key=found[1]))
    with op.batch_alter_table("join_requests") as table:
        table.alter_column("request_key", existing_type=sa.String(200), nullable=False)
        table.alter_column("seen_at", existing_type=Moment(), nullable=False)
        table.drop_constraint("uq_join_requests_account_flag", type_="unique")
        table.create_unique_constraint(
            op.f("uq_join_requests_account_group_id_user_id_request_key"),
            ["account", "group_id", "user_id", "request_key"],
        )
    op.create_index(
        op.f("ix_join_requests_account_request_key"), "join_requests", ["account", "request_key"]
    )
