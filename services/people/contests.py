"""A QQ number verified for one employee, named by a roster for another: no act until admin staff decide."""

from collections.abc import Sequence

from config.phrases import contests as say
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases.case_reports import OPEN, Wanted
from db.queries.people import contests as rows
from db.queries.people import employees
from db.queries.people import identities as identity_rows
from db.queries.people.contests import ContestRow
from services import followup
from services.answer import Answer
from services.app import App
from services.cases import life
from services.inbox import listing
from services.people import identities, registry
from services.trail import noting, record

# Of one QQ number: more open cases than that nobody has.
MOST_GROUPS = 1000


async def note(app: App, tx: Transaction, contested: Sequence[tuple[int, str, str]], import_id: int) -> None:
    """Put each (QQ number, holder, claimant) of an import before admin staff, once."""
    if not contested:
        return
    for contest_id in await rows.add(tx, contested, import_id, app.now()):
        await listing.announce(app, tx, "Q", contest_id)
    await registry.bump(tx, {no for _, *both in contested for no in both})
    await followup.people_changed(app, tx, (), [user_id for user_id, _, _ in contested])


async def undo(app: App, tx: Transaction, import_id: int, *, by: str) -> None:
    """Take back what an import that is undone had contested and nobody settled.

    A QQ number that was given to somebody whom only that import knew is its holder's again.
    """
    ended = await rows.undo(tx, import_id)
    for row in await rows.moved_by(tx, import_id):
        if await identity_rows.get(tx, row.user_id) is None and await employees.get(tx, row.holder):
            await rows.unsettle(tx, row.id)
            await identities.bind(app, tx, row.user_id, row.holder, "admin", by)
    if ended:
        await registry.bump(tx)


async def settle(app: App, contest_id: int, *, approve: bool, by: int, reason: str = "") -> Answer:
    """Give the QQ number to whom the roster names, or leave it where it is.

    Where a race had bound it beside another one of the same employee, a no unbinds it.
    """
    async with app.database.transaction() as tx:
        row = await rows.get(tx, contest_id)
        person = await employees.get(tx, row.claimant) if row is not None else None
        if row is None or (approve and person is None):
            return Answer(False, say.GONE.format(id=contest_id))
        if approve and person is not None and (refused := identities.why_not_bind(app, person)):
            return Answer(False, refused)
        if not await rows.settle(tx, contest_id, "moved" if approve else "kept", str(by), app.now()):
            return Answer(False, say.GONE.format(id=contest_id))
        user_id = row.user_id
        if approve:
            await identities.bind(app, tx, user_id, row.claimant, "admin", str(by))
        elif row.holder == row.claimant:
            await identities.unbind(app, tx, user_id, str(by))
        else:
            await _go_on(app, tx, row)
        await registry.bump(tx, {row.holder, row.claimant})
        await followup.people_changed(app, tx, (), (user_id,))
        action = f"contest.{'moved' if approve else 'kept'}"
        await record(app, tx, actor=str(by), action=action, subject=f"Q{contest_id}", **noting(reason))
    await registry.refresh(app)
    return Answer(True, (say.MOVED if approve else say.KEPT).format(id=contest_id))


async def _go_on(app: App, tx: Transaction, row: ContestRow) -> None:
    """Have what is held against a QQ number that stays where it was go on from where it rested."""
    about = Wanted(user_ids=(row.user_id,), statuses=OPEN)
    for case in await case_reports.listed(tx, about, limit=MOST_GROUPS):
        await life.go_on(app, tx, case, row.made_at)
