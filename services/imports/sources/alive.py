"""Which processes that began a pull are no more: what they began is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from db.queries.work.sources import SourceRow

# No pull takes as long; of another machine nothing else can be told.
LONGEST = timedelta(hours=1)


def dead_workers(rows: Iterable[SourceRow], me: str, now: datetime) -> set[str]:
    """Return the processes that hold a run and have ended; `me` is this process."""
    return {
        row.running_by
        for row in rows
        if row.running_by is not None and row.running_by != me and _has_ended(row, row.running_by, me, now)
    }


def _has_ended(row: SourceRow, worker: str, me: str, now: datetime) -> bool:
    """Tell whether no process of this name (host:pid:token) can be running."""
    (host, pid, _), (here, mine, _) = worker.rsplit(":", 2), me.rsplit(":", 2)
    if host == here:
        # Only after a crash, so no start waits for it.
        from psutil import pid_exists

        return pid == mine or not (pid.isdecimal() and pid_exists(int(pid)))
    return row.started_at is None or abs(now - row.started_at) > LONGEST
