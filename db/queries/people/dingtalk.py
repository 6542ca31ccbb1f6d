"""DingTalk's ids of employees."""

from collections.abc import Mapping

from sqlalchemy import select

from db.engine import Transaction
from db.tables.dingtalk import dingtalk_users
from db.upsert import upsert


async def numbers(tx: Transaction) -> dict[str, str]:
    """Return id → employee number, of everybody who was ever listed with one."""
    wanted = select(dingtalk_users.c.ding_id, dingtalk_users.c.employee_no)
    return {row.ding_id: row.employee_no for row in await tx.rows(wanted)}


async def keep(tx: Transaction, changed: Mapping[str, str]) -> None:
    """Keep ids that are new, or have another number now."""
    for ding_id, number in changed.items():
        await upsert(tx, dingtalk_users, {"ding_id": ding_id, "employee_no": number}, on=["ding_id"])
