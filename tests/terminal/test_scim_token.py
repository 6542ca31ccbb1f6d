"""Tokens of SCIM senders in the terminal: shown once, listed without, revoked."""

import io
from typing import Any

from rich.console import Console

from services.app import App
from services.imports.sources.scim import tokens
from terminal import scim_token


async def test_a_token_is_shown_once_listed_and_revoked(app: App, capsys: Any) -> None:
    shown = Console(file=io.StringIO(), width=200)
    assert await scim_token.show(app, out=shown) == 0
    assert await scim_token.add(app, "Entra", out=shown) == 0
    token = shown.file.getvalue().split()[-1]  # pyright: ignore[reportAttributeAccessIssue]
    assert await tokens.sender_of(app, token) == "Entra"
    assert await scim_token.add(app, "Entra", out=shown) == 1
    listed = Console(file=io.StringIO(), width=200)
    assert await scim_token.show(app, out=listed) == 0
    assert await scim_token.revoke(app, "Entra", out=listed) == 0
    assert await scim_token.revoke(app, "Entra", out=listed) == 1
    assert await scim_token.add(app, " ", out=listed) == 1
    assert await scim_token.show(app, out=listed) == 0
    text = listed.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    assert "最近使用" in text
    assert "作废" in text
    assert token not in text
    assert await tokens.sender_of(app, token) is None
    assert len(capsys.readouterr().err.splitlines()) == 3
