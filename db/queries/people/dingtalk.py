"""DingTalk's ids of employees."""

from collections.abc import Mapping

from sqlalchemy import delete, select

from db.engine import Transaction
from db.tables.dingtalk import dingtalk_users
from db.writing.bulk import among, insertion


async def numbers(tx: Transaction) -> dict[str, str]:
    """Return id → employee number, of everybody who was ever listed with one."""
    wanted = select(dingtalk_users.c.ding_id, dingtalk_users.c.employee_no)
    return {row.ding_id: row.employee_no for row in await tx.rows(wanted)}


async def keep(tx: Transaction, changed: Mapping[str, str]) -> None:
    """Keep ids that are new, or have another number now."""
    changed = dict(sorted(changed.items()))
    await tx.execute(delete(dingtalk_users).where(among(dingtalk_users.c.ding_id, changed, tx.dialect)))
    await tx.many(insertion(dingtalk_users, {"ding_id": [*changed], "employee_no": [*changed.values()]}))
