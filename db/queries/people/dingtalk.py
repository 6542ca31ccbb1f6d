"""DingTalk's ids of employees."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from db.engine import Transaction
from db.tables.dingtalk import dingtalk_users

_PART = 1000


async def numbers(tx: Transaction) -> dict[str, str]:
    """Return id → employee number, of everybody who was ever listed with one."""
    wanted = select(dingtalk_users.c.ding_id, dingtalk_users.c.employee_no)
    return {row.ding_id: row.employee_no for row in await tx.rows(wanted)}


async def keep(tx: Transaction, changed: Mapping[str, str]) -> None:
    """Keep ids that are new, or have another number now."""
    listed = sorted(changed)
    for start in range(0, len(listed), _PART):
        part = listed[start : start + _PART]
        await tx.execute(delete(dingtalk_users).where(dingtalk_users.c.ding_id.in_(part)))
        rows = [{"ding_id": ding_id, "employee_no": changed[ding_id]} for ding_id in part]
        await tx.execute(insert(dingtalk_users), rows)
