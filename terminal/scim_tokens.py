"""`cli.py scim-token …`: who may send by SCIM."""

import sys

from rich.console import Console

from config.phrases.scim import TOKENS
from services.answer import Answer
from services.app import App
from services.imports.sources.scim import tokens
from services.imports.sources.scim.tokens import Token
from services.naming import moment

_BY = {"by": "terminal", "source": "terminal"}


async def add(app: App, name: str, *, out: Console) -> int:
    """Make a token and show it, once. 0 done, 1 refused."""
    made = await tokens.add(app, name, **_BY)
    code = _say(made, out)
    if made.ok:
        out.print(made.token)
    return code


async def revoke(app: App, name: str, *, out: Console) -> int:
    """Revoke a token. 0 done, 1 there is none."""
    return _say(await tokens.revoke(app, name, **_BY), out)


async def show(app: App, *, out: Console) -> int:
    """List the tokens, a line each."""
    found = await tokens.listed(app)
    for line in [_line(token) for token in found] or [TOKENS["none"]]:
        out.print(line)
    return 0


def _line(token: Token) -> str:
    """Return a token in a line: whose, since when, and when it was used last, or revoked."""
    made = f"{token.made_at:%Y-%m-%d}"
    if token.revoked_at is not None:
        revoked = f"{token.revoked_at:%Y-%m-%d %H:%M}"
        return TOKENS["line_revoked"].format(name=token.name, made=made, by=token.made_by, revoked=revoked)
    used = TOKENS["unused"] if token.used_at is None else TOKENS["used"].format(at=moment(token.used_at))
    return TOKENS["line"].format(name=token.name, made=made, by=token.made_by, used=used)


def _say(answer: Answer, out: Console) -> int:
    if answer.ok:
        out.print(answer.text)
        return 0
    sys.stderr.write(answer.text + "\n")
    return 1
