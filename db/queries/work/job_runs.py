"""Scheduled runs: unique by (job, due time), so that one process wins each."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.engine import Transaction
from db.tables.work import job_runs


async def win(
    tx: Transaction,
    job: str,
    due_at: datetime,
    worker: str,
    now: datetime,
    *,
    abandoned_after: timedelta | None = None,
) -> bool:
    """Take the run of `job` due at `due_at`; return whether it is ours: once, over all processes.

    `abandoned_after`: a run begun longer ago than this and never finished may be taken over.
    """
    make = pg_insert if tx.dialect == "postgresql" else sqlite_insert
    row = {"job": job, "due_at": due_at, "started_at": now, "worker": worker}
    statement = make(job_runs).values(**row).on_conflict_do_nothing(index_elements=["job", "due_at"])
    if (await tx.execute(statement.returning(job_runs.c.id))).scalar_one_or_none() is not None:
        return True
    if abandoned_after is None:
        return False
    abandoned = (
        job_runs.c.job == job,
        job_runs.c.due_at == due_at,
        job_runs.c.finished_at.is_(None),
        or_(job_runs.c.started_at < now - abandoned_after, job_runs.c.started_at > now + abandoned_after),
    )
    taken = await tx.execute(update(job_runs).where(*abandoned).values(worker=worker, started_at=now))
    return taken.rowcount == 1


async def finish(
    tx: Transaction,
    job: str,
    due_at: datetime,
    now: datetime,
    result: str,
) -> None:
    """Write how a run ended; `result` in a few words."""
    where = (job_runs.c.job == job, job_runs.c.due_at == due_at)
    await tx.execute(update(job_runs).where(*where).values(finished_at=now, result=result[:300]))


async def is_won(tx: Transaction, job: str, due_at: datetime) -> bool:
    """Tell whether some process took this run already."""
    wanted = select(job_runs.c.id).where(job_runs.c.job == job, job_runs.c.due_at == due_at)
    return (await tx.execute(wanted)).first() is not None
