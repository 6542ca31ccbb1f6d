"""DingTalk: who is who there, since its records of leavers name nobody's employee number."""

from sqlalchemy import Column, String, Table

from db.tables.base import metadata

dingtalk_users = Table(
    "dingtalk_users",
    metadata,
    # DingTalk's userid.
    Column("ding_id", String(100), primary_key=True),
    Column("employee_no", String(64), nullable=False, index=True),
)
