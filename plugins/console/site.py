"""The site: every page, behind the gate. Imported at the first request under `/console/`."""

import logging

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from config.phrases import console as say
from config.phrases.commands import QQ_FAILED
from plugins.console import door, looks
from plugins.console.door import NotInError
from plugins.console.gate import Gate
from plugins.console.pages import PAGES
from services.ports import UnreachableError
from services.trail import asked_in

log = logging.getLogger("qungui")
pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)


class _Kept(StaticFiles):
    """Files of ours whose address changes with them: a browser may keep them."""

    def file_response(self, *given: object, **named: object) -> Response:
        """Return a file."""
        answer = super().file_response(*given, **named)  # pyright: ignore[reportArgumentType]
        answer.headers["Cache-Control"] = "max-age=604800, immutable"
        return answer


async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request; a mistake of ours is recorded, and never shown to whoever asks."""
    try:
        with asked_in("console"):
            await pages(scope, receive, send)
    except Exception:
        # The web's edge: `_failed` has answered already.
        log.exception("a page of the console failed")


@pages.exception_handler(Exception)
async def _failed(request: Request, error: Exception) -> Response:
    del error
    return looks.page(request, "lost.html", 500, why=say.FAILED)


@pages.exception_handler(NotInError)
async def _not_in(request: Request, error: Exception) -> Response:
    del error
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": looks.address("login")})
    return RedirectResponse(looks.address("login"), 303)


@pages.exception_handler(HTTPException)
async def _refused(request: Request, error: Exception) -> Response:
    """Answer for what isn't there, for them or at all: the same in every letter."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status in (404, 405):
        return await _lost(request)
    return looks.page(request, "lost.html", status, why=say.TOO_LARGE if status == 413 else say.FAILED)


async def _lost(request: Request) -> Response:
    try:
        me = await door.visitor(request)
    except NotInError as error:
        return await _not_in(request, error)
    return looks.page(request, "lost.html", 404, me=me, here="nowhere", why=say.NOT_HERE)


@pages.exception_handler(UnreachableError)
async def _no_qq(request: Request, error: Exception) -> Response:
    return looks.page(request, "lost.html", 503, why=QQ_FAILED.format(why=error))


pages.mount("/static", _Kept(directory=looks.HERE / "static"))
pages.include_router(door.router)
for router in PAGES:
    # Not `include_router`: what it wraps each in is asked in turn at every request.
    pages.router.routes.extend(router.routes)
site = Gate(guarded)
