"""Is the bot well: database, connections, audits, backlog. For `/healthz`, `/metrics` and `doctor`."""

from dataclasses import dataclass
from datetime import timedelta

from db.queries import figures
from services.app import App

AUDIT_STALE = timedelta(hours=26)
BACKLOG_STALE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Health:
    """`faults`: Chinese lines, empty when well. The figures are what `/metrics` shows."""

    faults: tuple[str, ...]
    accounts: tuple[int, ...]
    figures: figures.Figures


async def look(app: App) -> Health:
    """Ask the database and the gateway how things stand. Raises the driver's error when it can't be asked."""
    now = app.now()
    async with app.database.reading() as tx:
        found = await figures.gather(tx, now)
    accounts = app.gateway.accounts() if app.gateway is not None else ()
    faults: list[str] = []
    if not accounts:
        faults.append("没有连接中的 QQ 账号")
    if found.filed_groups and (found.oldest_reading is None or now - found.oldest_reading > AUDIT_STALE):
        faults.append("有已备案的群超过 26 小时没有完整读取")
    if found.oldest_waiting is not None and not found.paused and now - found.oldest_waiting > BACKLOG_STALE:
        faults.append("待发送的事项积压超过 30 分钟")
    return Health(tuple(faults), accounts, found)
