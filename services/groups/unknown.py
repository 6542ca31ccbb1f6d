"""The groups of which nothing can be said now: reported as unknown everywhere, never as clean."""

from collections.abc import Collection, Iterable
from datetime import datetime

from config.phrases.groups import UNKNOWN
from db.engine import Transaction
from db.queries.groups.readings import last_readings
from regulation.groups.readings import LastReading, why_unknown
from services.app import App


async def unknown_groups(
    app: App, tx: Transaction, group_ids: Collection[int] | None = None
) -> dict[int, str]:
    """Return group → why it is unknown, in Chinese, of every group (of these), by id."""
    return unknown_of(await last_readings(tx, app.settings.admin_group, group_ids), app.now())


def unknown_of(readings: Iterable[LastReading], now: datetime) -> dict[int, str]:
    """Return group → why it is unknown, in Chinese, of those that are."""
    found = ((last.group_id, why_unknown(last, now)) for last in readings)
    return {group_id: words(why) for group_id, why in found if why}


def words(why: str) -> str:
    """Return the reason as people read it; what QQ or the reader said stands as it is."""
    return UNKNOWN.get(why, why)
