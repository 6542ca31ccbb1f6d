"""Have groups looked at again where something about their people or filings changed.

Nothing is decided here: the groups are noted as due, in the caller's transaction, and the
enforcing job is woken once that is committed.
"""

from collections.abc import Collection

from db.engine import Transaction
from db.queries.groups import last_seen
from db.queries.people import identities
from services.app import App

_ALL_FROM = 3000


async def people_changed(
    app: App, tx: Transaction, employee_nos: Collection[str], user_ids: Collection[int] = ()
) -> int:
    """Have every group looked at that one of these people is in; return how many groups.

    `user_ids`: QQ numbers besides those bound to the employees now (just unbound ones, say).
    """
    if not employee_nos and not user_ids:
        return 0
    if len(employee_nos) + len(user_ids) > _ALL_FROM:
        due = await identities.groups_with_anyone(tx)
    else:
        bound = await identities.load_of(tx, employee_nos)
        due = await identities.groups_with(tx, {*user_ids, *(one.user_id for one in bound)})
    await groups_changed(app, tx, due)
    return len(due)


async def groups_changed(app: App, tx: Transaction, group_ids: Collection[int]) -> None:
    """Have these groups looked at as soon as can be."""
    if group_ids:
        await last_seen.look_no_later(tx, group_ids, app.now())
        await tx.notify("work")
        tx.after_commit(app.work_news.set)
