"""A few counts over the whole database, for health and metrics."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from db.engine import Transaction
from db.tables.cases import cases
from db.tables.groups import filings, groups
from db.tables.requests import join_requests
from db.tables.work import outbox, switches


@dataclass(frozen=True, slots=True)
class Figures:
    """`requests`: by verdict; `open_cases`: by code; `sends`: by (kind, state)."""

    filed_groups: int
    last_audit: datetime | None
    oldest_reading: datetime | None
    oldest_waiting: datetime | None
    backlog: int
    paused: bool
    requests: dict[str, int]
    open_cases: dict[str, int]
    sends: dict[tuple[str, str], int]


async def gather(tx: Transaction, now: datetime) -> Figures:
    """Count."""
    filed = select(func.count()).select_from(filings).where(filings.c.state == "approved")
    waiting = (outbox.c.state == "waiting") & (outbox.c.not_before <= now)
    verdicts = select(join_requests.c.verdict, func.count()).group_by(join_requests.c.verdict)
    still_open = select(cases.c.code, func.count()).where(cases.c.closed_at.is_(None)).group_by(cases.c.code)
    sends = select(outbox.c.kind, outbox.c.state, func.count()).group_by(outbox.c.kind, outbox.c.state)
    # One busy group must not hide another that nobody has read for days.
    oldest = (
        select(func.min(groups.c.complete_at))
        .join(filings, filings.c.group_id == groups.c.group_id)
        .where(filings.c.state == "approved", groups.c.gone_at.is_(None))
    )
    paused = select(switches.c.value).where(switches.c.key == "paused")
    return Figures(
        filed_groups=(await tx.execute(filed)).scalar_one(),
        last_audit=(await tx.execute(select(func.max(groups.c.complete_at)))).scalar_one(),
        oldest_reading=(await tx.execute(oldest)).scalar_one(),
        oldest_waiting=(await tx.execute(select(func.min(outbox.c.not_before)).where(waiting))).scalar_one(),
        backlog=(await tx.execute(select(func.count()).select_from(outbox).where(waiting))).scalar_one(),
        paused=bool((await tx.execute(paused)).scalar_one_or_none()),
        requests=dict(await tx.rows(verdicts)),
        open_cases=dict(await tx.rows(still_open)),
        sends={(kind, state): n for kind, state, n in await tx.rows(sends)},
    )
