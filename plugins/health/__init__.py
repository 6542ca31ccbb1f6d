"""`/healthz` and `/metrics`: for loopback, or with the access token."""

import hmac
import logging
from ipaddress import ip_address

import nonebot
from fastapi import APIRouter, FastAPI, Request, Response
from nonebot.plugin import PluginMetadata
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from plugins.health.page import registry_of
from services import health
from services.context import get_app

__plugin_meta__ = PluginMetadata("health", "Health and metrics", "")
log = logging.getLogger("qungui")
router = APIRouter()


def _may_look(request: Request) -> bool:
    token = get_app().settings.onebot_access_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # A proxy on this machine speaks for others, so its word is not enough.
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@router.get("/healthz")
async def healthz(request: Request) -> Response:
    """200 when all is well, 503 with the reasons when not."""
    if not _may_look(request):
        return Response("forbidden\n", 403)
    try:
        found = await health.look(get_app())
    except Exception:
        log.exception("health can't be told")
        return Response("数据库读不了\n", 503, media_type="text/plain; charset=utf-8")
    text = "\n".join(found.faults) or "正常"
    return Response(text + "\n", 503 if found.faults else 200, media_type="text/plain; charset=utf-8")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Counts for Prometheus."""
    if not _may_look(request):
        return Response("forbidden\n", 403)
    found = await health.look(get_app())
    return Response(generate_latest(registry_of(found)), media_type=CONTENT_TYPE_LATEST)


server: FastAPI = nonebot.get_app()
server.include_router(router)
