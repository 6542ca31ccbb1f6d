"""DingTalk's ids of employees."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from db.engine import Transaction
from db.tables.dingtalk import dingtalk_users
from db.writing.bulk import insertion


async def numbers(tx: Transaction) -> dict[str, str]:
    """Return id → employee number, of everybody who was ever listed with one."""
    wanted = select(dingtalk_users.c.ding_id, dingtalk_users.c.employee_no)
    found: Sequence[tuple[str, str]] = await tx.rows(wanted)
    return dict(found)


async def keep(tx: Transaction, changed: Mapping[str, str]) -> None:
    """Keep ids that are new, or have another number now."""
    ids = sorted(changed)
    columns = {"ding_id": ids, "employee_no": list(map(changed.__getitem__, ids))}
    await tx.many(insertion(dingtalk_users, columns, new_by=("ding_id",), or_change=("employee_no",)))
