"""Before any page: is the way safe, does the request come from a page of ours, is it small; and headers."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.phrases import console as say
from config.settings import Settings
from services.context import get_app

MOST_BYTES = 256 * 1024
MOST_UPLOADED = 21 * 1024 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Stricter, and the browser would hide from us that a form is our own.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_SAFE = ("GET", "HEAD")


class Gate:
    """Wraps the site: closed over plain http off loopback, deaf to what other sites make browsers send."""

    def __init__(self, site: ASGIApp) -> None:
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through and add the headers."""
        if scope["type"] != "http":
            return await self.site(scope, receive, send)
        headers, settings = Headers(scope=scope), get_app().settings
        sending = _with_headers(send)
        if not is_safe(scope, headers, settings):
            text = f"{say.CLOSED}\n{say.HOW_TO_OPEN}\n"
            return await PlainTextResponse(text, 403)(scope, receive, sending)
        if scope["method"] not in _SAFE and not is_own(headers, settings):
            return await PlainTextResponse(say.FOREIGN + "\n", 403)(scope, receive, sending)
        most = MOST_UPLOADED if scope["path"].endswith("/imports/new") else MOST_BYTES
        await self.site(scope, _measured(receive, most), sending)


def is_https(scope: Scope, headers: Headers, settings: Settings) -> bool:
    """Tell whether the browser speaks https: with us, or with the proxy that CONSOLE_URL tells of."""
    if scope["scheme"] == "https":
        return True
    told = headers.get("x-forwarded-proto", "").split(",")[0].strip()
    return told == "https" and settings.console_address.startswith("https://")


def is_safe(scope: Scope, headers: Headers, settings: Settings) -> bool:
    """Tell whether nobody can read on the way what is typed here: https, or this very machine."""
    if settings.console_insecure or is_https(scope, headers, settings):
        return True
    client = scope.get("client")
    name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return client is not None and _is_loopback(client[0]) and (name == "localhost" or _is_loopback(name))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_own(headers: Headers, settings: Settings) -> bool:
    """Tell whether the browser sends this for one of our own pages: it says so itself."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(headers.get("origin", "")).netloc
    return origin != "" and origin in (headers.get("host"), urlsplit(settings.console_address).netloc)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def _measured(receive: Receive, most: int) -> Receive:
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return receiving
