"""Writing back what the import of a register of groups made."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from db.engine import Transaction
from db.tables.groups import filing_steps, filings, groups
from db.writing.parts import in_parts


async def delete_filing(tx: Transaction, filing_id: int) -> None:
    """Take back a filing that an import made, with its steps."""
    await tx.execute(delete(filings).where(filings.c.id == filing_id))


async def drop_replacement(tx: Transaction, filing_id: int) -> None:
    """Take back from a filing that another one has replaced it."""
    where = (filing_steps.c.filing_id == filing_id, filing_steps.c.step == "replaced")
    await tx.execute(delete(filing_steps).where(*where))


async def delete_unseen(tx: Transaction, group_ids: Sequence[int]) -> None:
    """Take back groups that were made for a filing, never seen in QQ, and have no filing now."""
    filed = select(filings.c.group_id).distinct()
    unseen = (groups.c.first_seen_at.is_(None), groups.c.group_id.not_in(filed))
    for part in in_parts(group_ids):
        await tx.execute(delete(groups).where(groups.c.group_id.in_(part), *unseen))
