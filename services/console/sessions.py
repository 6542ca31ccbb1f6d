"""Sessions of the console: who is looking, and what they are at this moment."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from db.engine import Transaction
from db.queries.console import sessions as rows
from db.queries.console.sessions import Session
from services.app import App
from services.people import registry, rights, roles
from services.people.roles import Who

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=8)
# A look is written down no more often than this.
_SEEN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is looking: `who` they are now. `told`: (ok, text) of their last act, to be shown once."""

    session_id: int
    user_id: int
    name: str
    who: frozenset[Who]
    told: tuple[tuple[bool, str], ...] = ()

    def may(self, right: str) -> bool:
        """Tell whether they have this right: a key of `services.people.rights`."""
        return rights.may(self.who, right)

    @property
    def staff(self) -> bool:
        """Tell whether they are admin staff."""
        return Who.ADMIN_STAFF in self.who


async def open_for(app: App, tx: Transaction, user_id: int) -> str | None:
    """Open a session; return what the browser is to hold, or None for who has no page."""
    who = await roles.roles_of(app, tx, user_id)
    if not rights.has_a_page(who):
        return None
    now = app.now()
    await rows.sweep(tx, now - LONGEST, now - IDLE)
    token = secrets.token_urlsafe(32)
    await rows.add(tx, _hash(token), user_id, sorted(one.name for one in who), now)
    return token


async def visitor(app: App, token: str, *, looks: bool = True) -> Visitor | None:
    """Return who holds this token, or None where the session is over.

    `looks`: a person does, not a page that renews itself: only that keeps a session alive.
    """

    async def find(tx: Transaction) -> tuple[Session, frozenset[Who]] | None:
        session = await rows.find(tx, _hash(token))
        return None if session is None else (session, await roles.roles_of(app, tx, session.user_id))

    found = await registry.look_current(app, find) if token else None
    if found is None:
        return None
    (session, who), now = found, app.now()
    over = now - session.made_at >= LONGEST or now - session.seen_at >= IDLE
    less = not session.roles <= {one.name for one in who}
    identity = app.registry.identities.get(session.user_id)
    # Bound since: the session is of whoever had this QQ before, be their rights the same.
    moved = identity is not None and identity.verified_at > session.made_at
    if over or less or moved or not rights.has_a_page(who):
        await end(app, session.id)
        return None
    if looks and (session.told or now - session.seen_at >= _SEEN):
        noted = partial(rows.change, session_id=session.id, seen_at=now, told=None)
        # A note: nobody whose request is being decided shall wait behind it for the disk.
        await app.database.run(noted, durable=False)
    return Visitor(session.id, session.user_id, roles.name_of(app, session.user_id), who, session.told)


async def tell(app: App, one: Visitor, told: Sequence[tuple[bool, str]]) -> None:
    """Keep what an act answered until the next page shows it."""
    async with app.database.transaction() as tx:
        await rows.change(tx, one.session_id, told=[[ok, text] for ok, text in told if text])


async def end(app: App, session_id: int) -> None:
    """End a session."""
    async with app.database.transaction() as tx:
        await rows.end(tx, session_id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
