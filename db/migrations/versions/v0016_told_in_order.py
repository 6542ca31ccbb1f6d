"""DingTalk's ids of employees, since its leavers have no number; SCIM's order of telling, whatever the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table; what was told by SCIM comes in the order of the clock."""
    op.create_table(
        "dingtalk_users",
        sa.Column("ding_id", sa.String(100), nullable=False),
        sa.Column("employee_no", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("ding_id", name=op.f("pk_dingtalk_users")),
    )
    op.create_index(op.f("ix_dingtalk_users_employee_no"), "dingtalk_users", ["employee_no"])
    op.add_column("scim_resources", sa.Column("told_no", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE scim_resources SET told_no = (SELECT count(*) FROM scim_resources AS other"
        " WHERE other.changed_at <= scim_resources.changed_at)"
    )
    op.drop_index("ix_scim_resources_is_news_changed_at", "scim_resources")
    op.create_index(op.f("ix_scim_resources_told_no"), "scim_resources", ["told_no"])
    op.create_index(op.f("ix_scim_resources_is_news_told_no"), "scim_resources", ["is_news", "told_no"])
