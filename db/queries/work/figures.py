"""A few counts over the whole database, for health, metrics and `doctor`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from db.engine import Transaction
from db.queries.work import outbox as outbox_rows
from db.queries.work import sources
from db.queries.work.sources import SourceRow
from db.tables.cases import cases
from db.tables.groups import filings, groups
from db.tables.requests import join_requests
from db.tables.work import outbox, switches


@dataclass(frozen=True, slots=True)
class Figures:
    """`last_audit`, `newest_reading`: over all groups; `oldest_reading`: of the filed groups we are in.

    `requests`: by verdict; `open_cases`: by (code, status); `closed_cases`: by how; `sends`: by
    (kind, state); `effects`: by (implementation, action), what became of calls; `sources`: of the registry.
    """

    filed_groups: int
    last_audit: datetime | None
    newest_reading: datetime | None
    oldest_reading: datetime | None
    oldest_waiting: datetime | None
    backlog: int
    paused: bool
    requests: dict[str, int]
    open_cases: dict[tuple[str, str], int]
    closed_cases: dict[str, int]
    sends: dict[tuple[str, str], int]
    effects: dict[tuple[str, str], dict[str, int]]
    sources: list[SourceRow]


async def gather(tx: Transaction, now: datetime, *, history: bool = True) -> Figures:
    """Count; without `history` what only ever grows is left out: requests, closed cases, sends."""
    filed = select(func.count()).select_from(filings).where(filings.c.state == "approved")
    waiting = outbox_rows.due_at(now, now + outbox_rows.SKEW)
    verdicts = select(join_requests.c.verdict, func.count()).group_by(join_requests.c.verdict)
    sends = select(outbox.c.kind, outbox.c.state, func.count()).group_by(outbox.c.kind, outbox.c.state)
    paused = select(switches.c.value).where(switches.c.key == "paused")
    return Figures(
        filed_groups=(await tx.execute(filed)).scalar_one(),
        last_audit=(await tx.execute(select(func.max(groups.c.audited_at)))).scalar_one(),
        newest_reading=(await tx.execute(select(func.max(groups.c.complete_at)))).scalar_one(),
        oldest_reading=await _oldest_reading(tx),
        oldest_waiting=(await tx.execute(select(func.min(outbox.c.not_before)).where(waiting))).scalar_one(),
        backlog=(await tx.execute(select(func.count()).select_from(outbox).where(waiting))).scalar_one(),
        paused=bool((await tx.execute(paused)).scalar_one_or_none()),
        requests={str(verdict): n for verdict, n in await tx.rows(verdicts)} if history else {},
        open_cases=await _open_cases(tx),
        closed_cases=await _closed_cases(tx) if history else {},
        sends={(kind, state): n for kind, state, n in await tx.rows(sends)} if history else {},
        effects=await outbox_rows.effect_counts(tx),
        sources=await sources.all_rows(tx),
    )


async def _oldest_reading(tx: Transaction) -> datetime | None:
    # One busy group must not hide another that nobody has read for days.
    wanted = (
        select(func.min(groups.c.complete_at))
        .join(filings, filings.c.group_id == groups.c.group_id)
        .where(filings.c.state == "approved", groups.c.gone_at.is_(None))
    )
    return (await tx.execute(wanted)).scalar_one()


async def _open_cases(tx: Transaction) -> dict[tuple[str, str], int]:
    wanted = select(cases.c.code, cases.c.status, func.count()).where(cases.c.closed_at.is_(None))
    return {
        (code, status): n for code, status, n in await tx.rows(wanted.group_by(cases.c.code, cases.c.status))
    }


async def _closed_cases(tx: Transaction) -> dict[str, int]:
    wanted = select(cases.c.closed_as, func.count()).where(cases.c.closed_at.is_not(None))
    return {str(how): n for how, n in await tx.rows(wanted.group_by(cases.c.closed_as))}
