"""The SCIM endpoint as an ASGI application: who may send, how much, and what is answered.

Mounted at `/scim` by `plugins.scim`; `/scim/v2` is its root for senders.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from scim2_models import (
    Context,
    PayloadTooLargeException,
    PreconditionFailedException,
    Resource,
    ResponseParameters,
    SCIMException,
    UnauthorizedException,
)
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService

from services.app import App
from services.imports.sources.scim import tokens
from services.imports.sources.scim.schema import provider
from services.imports.sources.scim.storage import Storage

LARGEST_BODY = 2 * 1024 * 1024
# Requests a second and how many at once: of a sender (Entra wants 25), and of all who have no token.
SENDER, STRANGERS = (50.0, 200.0), (2.0, 20.0)
_TRIES = 3
_sender: ContextVar[str] = ContextVar("scim_sender", default="")
log = logging.getLogger("qungui")


class TooManyRequestsException(SCIMException):
    """More requests than we take; the sender tries again after a while."""

    status = 429
    _default_detail = "Too many requests"


class Service(ScimService):
    """The protocol; a PATCH is answered with what it made."""

    def max_body_size(self, request: ScimRequest) -> int | None:
        """Return how many bytes of a body are read."""
        return LARGEST_BODY

    def patch_response(
        self, base_url: str, resource: Resource[Any], response_parameters: ResponseParameters[Any]
    ) -> ScimResponse:
        """Answer 200 with the resource: every sender takes that."""
        published = self.publish(base_url, resource)
        return self.resource_response(published, Context.RESOURCE_REPLACEMENT_RESPONSE, response_parameters)


@dataclass(slots=True)
class Bucket:
    """What may still be asked now: it fills by `a_second` up to `at_most`."""

    a_second: float
    at_most: float
    left: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.left = self.at_most

    def takes(self, now: float) -> bool:
        """Take one request; return whether there was room."""
        self.left = min(self.at_most, self.left + max(0.0, now - self.at) * self.a_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Endpoint(ASGIApplication):
    """The application. `clock`: seconds that only go on, for the limits."""

    def __init__(self, app: App, clock: Callable[[], float]) -> None:
        described = provider()
        super().__init__(Storage(app, described, _sender.get), described, Service(described))
        self._app, self._clock = app, clock
        self._senders: dict[str, Bucket] = {}
        self._strangers = Bucket(*STRANGERS)

    async def dispatch_request(self, request: ScimRequest) -> ScimResponse:
        """Serve a request of somebody who may send; two that meet are served one after the other."""
        _sender.set(await self._who(request))
        if len(request.body) > LARGEST_BODY:
            raise PayloadTooLargeException(detail=f"At most {LARGEST_BODY} bytes")
        for _ in range(_TRIES - 1):
            try:
                return await self.handler.handle(request)
            except PreconditionFailedException:
                # Another request came between reading and writing; no sender sets conditions: no ETags here.
                continue
        return await self.handler.handle(request)

    async def _who(self, request: ScimRequest) -> str:
        """Return the sender's name. Raises `UnauthorizedException`, `TooManyRequestsException`."""
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        name = None
        if scheme.lower() == "bearer" and token.strip():
            name = await tokens.sender_of(self._app, token.strip())
        bucket = self._strangers if name is None else self._senders.setdefault(name, Bucket(*SENDER))
        if not bucket.takes(self._clock()):
            raise TooManyRequestsException
        if name is None and self.needs_auth(request):
            raise UnauthorizedException
        return name or ""

    def handle_exception(self, request: ScimRequest, exception: Exception) -> ScimResponse:
        """Answer an error. What was sent is about people: only its kind is logged."""
        who = _sender.get() or "?"
        if isinstance(exception, SCIMException):
            log.info("scim: %s answered %s %s", who, exception.status, type(exception).__name__)
        else:
            log.error("scim: a request of %s failed: %s", who, type(exception).__name__, exc_info=exception)
        response = self.service.error_response(exception)
        if isinstance(exception, TooManyRequestsException):
            response.headers["Retry-After"] = "5"
        return response
