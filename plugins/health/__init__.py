"""`/healthz` and `/metrics`: for loopback, or with the access token."""

import asyncio
import hmac
import importlib
import logging
from ipaddress import ip_address

import nonebot
from fastapi import APIRouter, FastAPI, Request, Response
from nonebot.plugin import PluginMetadata

from config.phrases import health as say
from services.context import get_app
from services.running import health

__plugin_meta__ = PluginMetadata("health", "Health and metrics", "")
log = logging.getLogger("qungui")
router = APIRouter()


def _may_look(request: Request) -> bool:
    token = get_app().settings.onebot_access_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # A proxy on this machine speaks for others, so its word is not enough.
    if request.client is None or any(map(_tells_of_proxy, request.headers)):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _tells_of_proxy(header: str) -> bool:
    """Tell whether only a proxy sends this: Forwarded, Via, X-Forwarded-*, X-Real-IP, CF-Connecting-IP, …"""
    return header in ("forwarded", "via") or header.startswith("x-forwarded") or header.endswith("-ip")


def _text(text: str, status: int) -> Response:
    return Response(text + "\n", status, media_type="text/plain; charset=utf-8")


async def _look() -> health.Health | Response:
    """Return how things stand, or the 503 that says why it can't be told."""
    try:
        return await health.look(get_app())
    except health.UnknownHealthError as error:
        cause = type(error.__cause__).__name__
        log.warning("health can't be told: %s", cause)
        return _text(str(error), 503)
    except Exception:
        # The web's edge: a mistake of ours is recorded, and never shown to whoever asks.
        log.exception("health can't be told")
        return _text(say.UNKNOWN, 503)


@router.get("/healthz")
async def healthz(request: Request) -> Response:
    """200 when all is well, 503 with the reasons when not; either way what was looked at."""
    if not _may_look(request):
        return Response("forbidden\n", 403)
    found = await _look()
    if isinstance(found, Response):
        return found
    told = health.lines(found, get_app().now())
    return _text("\n".join(told), 503 if found.faults else 200)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Counts for Prometheus."""
    if not _may_look(request):
        return Response("forbidden\n", 403)
    found = await _look()
    if isinstance(found, Response):
        return found
    # Off the loop: the first look loads the library.
    page = await asyncio.to_thread(importlib.import_module, "plugins.health.page")
    app = get_app()
    return Response(page.render(found, app.tally, app.now()), media_type=page.CONTENT_TYPE)


server: FastAPI = nonebot.get_app()
server.include_router(router)
