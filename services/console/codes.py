"""Coming into the console: a code from chat or terminal, valid once and shortly, bound to one QQ number.

Nothing is told apart for who fails: an unknown QQ, no code, a wrong one, one too old. Wrong tries are
counted in the database, so that no restart forgets them: by address always, by QQ number only while it
has a code that could be guessed. A code takes five tries and only its own QQ can ask for one, so guessing
stays bounded; and whoever merely knows a QQ number can't keep its owner out.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from config.phrases import console as say
from db.postgres.locks import Lock
from db.queries.console import codes as rows
from services import trail
from services.app import App
from services.console import sessions
from services.people import registry, rights, roles

VALID = timedelta(minutes=5)
TRIES = 5
WINDOW = timedelta(hours=1)
MOST_OF_QQ, MOST_FROM_ADDRESS = 20, 60


@dataclass(frozen=True, slots=True)
class LogIn:
    """What became of a log-in: the new session's `token`, or why not."""

    token: str = ""
    why: str = ""


async def give(app: App, user_id: int, *, by: str, source: str | None = None) -> str | None:
    """Return a new code of 8 digits for this QQ number, or None where it has no page."""
    await registry.refresh(app)
    async with app.database.transaction() as tx:
        if not rights.has_a_page(await roles.roles_of(app, tx, user_id)):
            return None
        code = f"{secrets.randbelow(10**8):08}"
        await rows.put(tx, user_id, _sealed(app, user_id, code), app.now() + VALID)
        subject = f"QQ{user_id}"
        await trail.record(app, tx, actor=by, source=source, action="console.code", subject=subject)
    return code


async def answer(app: App, user_id: int) -> str | None:
    """`控制台`: return the address and a code, or None where this QQ number has no page."""
    if not app.settings.console:
        return say.OFF
    code = await give(app, user_id, by=str(user_id))
    if code is None:
        return None
    return say.CODE.format(address=app.settings.console_address, code=code, minutes=VALID.seconds // 60)


async def log_in(app: App, user_id: int, code: str, address: str) -> LogIn:
    """Take a QQ number and a code typed into the log-in page from `address`."""
    await registry.refresh(app)
    now = app.now()
    async with app.database.transaction() as tx:
        await tx.lock(Lock.CONSOLE, user_id)
        await rows.sweep(tx, now, now - WINDOW)
        known = await rows.waiting(tx, user_id, now, tries=TRIES)
        of_qq, from_address = await rows.failed(tx, user_id, address[:64], now - WINDOW)
        if from_address >= MOST_FROM_ADDRESS or (known is not None and of_qq >= MOST_OF_QQ):
            return LogIn(why=say.TOO_MANY)
        if known is None or not hmac.compare_digest(known.code_hash, _sealed(app, user_id, code)):
            await rows.fail(tx, user_id, address[:64], now, known)
            return LogIn(why=say.WRONG)
        await rows.drop(tx, user_id)
        token = await sessions.open_for(app, tx, user_id)
        if token is None:
            return LogIn(why=say.WRONG)
        await trail.record(
            app, tx, actor=str(user_id), source="console", action="console.login", subject=f"QQ{user_id}"
        )
    return LogIn(token)


def _sealed(app: App, user_id: int, code: str) -> str:
    """Return a code's keyed hash: eight digits alone could be guessed from any other."""
    return hmac.new(app.phone_key, f"console {user_id} {code}".encode(), "sha256").hexdigest()
