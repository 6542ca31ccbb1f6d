"""Whether a join request is news: some are told twice, listed when settled, or heard by several accounts."""

from datetime import timedelta
from typing import TYPE_CHECKING

from db.engine import Transaction
from db.queries import groups as group_rows
from db.queries import requests as rows
from services.app import App

if TYPE_CHECKING:
    from services.joining import Heard

JUST_SETTLED = timedelta(seconds=10)


async def is_known(app: App, tx: Transaction, heard: "Heard") -> bool:
    """Tell whether this request was taken in before."""
    if heard.flag and (heard.account, heard.flag) in await rows.known_flags(tx, [heard.flag]):
        return True
    if heard.recovered and await _is_old_news(app, tx, heard):
        return True
    since = app.now() - JUST_SETTLED
    return await rows.told_by_another(tx, heard.group_id, heard.user_id, heard.account, since)


async def _is_old_news(app: App, tx: Transaction, heard: "Heard") -> bool:
    """Tell whether a listed request is known: some lists give other flags, or keep settled ones."""
    if await rows.open_of(tx, heard.group_id, heard.user_id):
        return True
    member = await group_rows.membership(tx, heard.group_id, heard.user_id)
    if member is not None and member["gone_at"] is None:
        return True
    return await rows.settled_about(tx, heard.group_id, heard.user_id, app.now(), JUST_SETTLED)
