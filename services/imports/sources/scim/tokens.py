"""Bearer tokens of SCIM senders: one a sender, shown once, kept as a hash."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.phrases import scim as say
from db.queries.people import scim as rows
from db.queries.people.scim import Token
from services import trail
from services.answer import Answer
from services.app import App
from services.naming import said
from services.people import roles

__all__ = ["Made", "Token", "add", "revoke", "sender_of", "words"]
_LONGEST = 40
_NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Made(Answer):
    """What came of making a token. `token`: the new one, shown once and never again."""

    token: str = ""


@dataclass(slots=True)
class _Used:
    """When this process last noted the use of each token."""

    at: dict[str, datetime] = field(default_factory=dict[str, datetime])


async def add(app: App, name: str, *, by: str, source: str | None = None) -> Made:
    """Make a token for a sender. `by`, `source`: as in `services.trail.record`."""
    name = name.strip()
    if not name or len(name) > _LONGEST or not name.isprintable():
        return Made(False, say.TOKENS["bad_name"].format(limit=_LONGEST))
    token = "qg-" + secrets.token_urlsafe(32)
    async with app.database.transaction() as tx:
        if not await rows.add_token(tx, name, _hashed(token), by, app.now()):
            return Made(False, say.TOKENS["exists"].format(name=name))
        await trail.record(app, tx, actor=by, source=source, action="scim.token.add", subject=name)
    return Made(True, say.TOKENS["added"].format(name=name), token=token)


async def revoke(app: App, name: str, *, by: str, source: str | None = None) -> Answer:
    """Revoke a sender's token at once: every process looks at each request."""
    async with app.database.transaction() as tx:
        if not await rows.revoke_token(tx, name.strip(), app.now()):
            return Answer(False, say.TOKENS["unknown"].format(name=name.strip()))
        await trail.record(app, tx, actor=by, source=source, action="scim.token.revoke", subject=name.strip())
    return Answer(True, say.TOKENS["revoked"].format(name=name.strip()))


def words(app: App, token: Token) -> str:
    """Return how a token stands: since when and by whom, and when it was used last, or revoked."""
    now, by = app.now(), roles.actor_name(app, token.made_by)
    ended, used = said(token.revoked_at, now), said(token.used_at, now)
    kind, at = ("ended", ended) if ended else ("used", used) if used else ("unused", "")
    state = say.TOKENS[kind].format(at=at)
    return say.TOKENS["made"].format(made=said(token.made_at, now), by=by, state=state)


async def sender_of(app: App, token: str) -> str | None:
    """Return the name of the sender who holds this token, or None. Its use is noted, once an hour."""
    async with app.database.reading() as tx:
        name = await rows.sender(tx, _hashed(token))
    if name is None:
        return None
    used, now = app.memory(_Used).at, app.now()
    if name not in used or abs(now - used[name]) > _NOTED_EVERY:
        used[name] = now
        async with app.database.transaction() as tx:
            await rows.note_use(tx, name, now)
    return name


def _hashed(token: str) -> str:
    """Return a token's hash: 256 random bits need no slow one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
