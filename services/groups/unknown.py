"""The groups of which nothing can be said now: reported as unknown everywhere, never as clean."""

from collections.abc import Collection

from config.phrases.groups import UNKNOWN
from db.engine import Transaction
from db.queries.groups.readings import last_readings
from regulation.readings import why_unknown
from services.app import App


async def unknown_groups(
    app: App, tx: Transaction, group_ids: Collection[int] | None = None
) -> dict[int, str]:
    """Return group → why it is unknown, in Chinese, of every group (of these), by id."""
    now = app.now()
    found: dict[int, str] = {}
    for last in await last_readings(tx, app.settings.admin_group, group_ids):
        why = why_unknown(last, now)
        if why:
            found[last.group_id] = words(why)
    return found


def words(why: str) -> str:
    """Return the reason as people read it; what QQ or the reader said stands as it is."""
    return UNKNOWN.get(why, why)
