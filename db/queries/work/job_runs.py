"""Scheduled runs: unique by (job, due time), so that one process wins each."""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Executable, bindparam, or_, select, update

from db.engine import Transaction
from db.tables.work import job_runs
from db.writing.made_once import as_new, insert_unless, update_where

_THIS = (job_runs.c.job == bindparam("of"), job_runs.c.due_at == bindparam("due"))
_WON = select(job_runs.c.id).where(*_THIS)


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
    row = {"job": job, "due_at": due_at, "started_at": now, "worker": worker}
    if await tx.add(_win(tx.dialect), [row]):
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


@cache
def _win(dialect: str) -> Executable:
    return insert_unless(dialect, job_runs, ("job", "due_at")).returning(job_runs.c.id)


async def finish(
    tx: Transaction,
    job: str,
    due_at: datetime,
    now: datetime,
    result: str,
) -> None:
    """Write how a run ended; `result` in a few words."""
    values = {"finished_at": now, "result": result[:300]}
    wanted = update_where(job_runs, _THIS, tuple(values))
    await tx.change(wanted, {"of": job, "due": due_at, **as_new(values)})


async def is_won(tx: Transaction, job: str, due_at: datetime) -> bool:
    """Tell whether some process took this run already."""
    return bool(await tx.fetch(_WON, {"of": job, "due": due_at}))
