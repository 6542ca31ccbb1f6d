"""The door: logging in and out, and who is asking. What somebody may not see is not there for them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from plugins.console import gate, looks
from plugins.console.forms import Form, form_of
from services.console import codes, sessions
from services.console.sessions import Visitor
from services.context import get_app

COOKIE = "qungui_console"
router = APIRouter()


class NotInError(Exception):
    """Nobody is logged in here: the log-in page comes first."""


async def visitor(request: Request) -> Visitor:
    """Return who is asking. Raises `NotInError`."""
    looks_in = request.headers.get("HX-Request") is None
    found = await sessions.visitor(get_app(), request.cookies.get(COOKIE, ""), looks=looks_in)
    if found is None:
        raise NotInError
    return found


Asking = Annotated[Visitor, Depends(visitor)]


def may(*rights: str) -> Callable[[Visitor], Awaitable[Visitor]]:
    """Return what lets in whoever has one of these rights, and knows of no such page for others."""

    async def permitted(one: Asking) -> Visitor:
        if not any(one.may(right) for right in rights):
            raise HTTPException(404)
        return one

    return permitted


async def acted(one: Visitor, answers: Sequence[tuple[bool, str]], to: str) -> Response:
    """Show the page `to`, with what an act answered."""
    await sessions.tell(get_app(), one, answers)
    return RedirectResponse(looks.address(to), 303)


@router.get("/login")
async def show_log_in(request: Request) -> Response:
    """Show the log-in page."""
    return looks.page(request, "login.html")


@router.post("/login")
async def log_in(request: Request, form: Annotated[Form, Depends(form_of)]) -> Response:
    """Open a session for who types in the code that their QQ number was given."""
    app, user_id = get_app(), form.read("qq", "qq")
    code = form.text("code").replace(" ", "")
    client = request.client.host if request.client is not None else ""
    done = await codes.log_in(app, user_id if isinstance(user_id, int) else 0, code, client)
    if done.why:
        return looks.page(request, "login.html", 403, why=done.why, qq=form.text("qq"))
    old = await sessions.visitor(app, request.cookies.get(COOKIE, ""))
    if old is not None:
        await sessions.end(app, old.session_id)
    answer = RedirectResponse(looks.address(""), 303)
    answer.set_cookie(
        COOKIE, done.token, path=looks.base(), httponly=True, samesite="strict", secure=_https(request)
    )
    return answer


@router.post("/logout")
async def log_out(one: Asking) -> Response:
    """End the session."""
    await sessions.end(get_app(), one.session_id)
    answer = RedirectResponse(looks.address("login"), 303)
    answer.delete_cookie(COOKIE, path=looks.base())
    return answer


def _https(request: Request) -> bool:
    return gate.is_https(request.scope, request.headers, get_app().settings)
