"""DingTalk's server API over plain HTTP: tokens, limits, errors in words.

Two generations of it are in use at once: `oapi.` answers HTTP 200 with an `errcode`, `api.` by status and
`code`. The token goes with each; no text of an error holds an address, since in it stands the token.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx2

from config.phrases import dingtalk as say
from services.imports.sources.model import SourceError

log = logging.getLogger("qungui")

# A second between two of these is what an app may do of each kind, twenty times.
PACE_SECONDS = 0.05
# The pauses before a call is tried again: at most three times, as DingTalk asks for where it is too busy.
BACK_OFF = (2.0, 5.0, 15.0)
# Renewed so long before it ends.
_MARGIN = 200
_TIMEOUT = 30
EXPIRED = frozenset({"40001", "40014", "42001", "InvalidAuthentication"})
_BUSY = frozenset({"-1", "90001", "90002", "90003", "90004", "90005", "90006", "90007", "90008", "90018"})
GONE_DEPARTMENT, GONE_USER = "60003", "60121"
Pause = Callable[[float], Awaitable[None]]


class DingTalkError(SourceError):
    """DingTalk refused a call. `code`: as it says; the text is Chinese."""

    def __init__(self, code: str) -> None:
        known = say.ERRORS.get(code) or say.ERRORS.get(code.partition(".")[0])
        super().__init__(say.REFUSED.format(code=code[:60], why=known or say.UNKNOWN))
        self.code = code


@dataclass(slots=True)
class _Token:
    text: str = ""
    until: float = 0.0


class Client:
    """One company's app. `pause`: waits; `clock`: seconds that only go on."""

    def __init__(
        self,
        base_url: str,
        key: str,
        secret: str,
        *,
        pause: Pause = asyncio.sleep,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._old = base_url.rstrip("/")
        self._new = self._old.replace("//oapi.", "//api.", 1)
        self._key, self._secret = key, secret
        self._pause = pause
        self._clock = clock or asyncio.get_running_loop().time
        self._token = _Token()
        self.http = httpx2.AsyncClient(timeout=_TIMEOUT, follow_redirects=False)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """Call `oapi.`; return its `result`. Raises `DingTalkError`, `SourceError`."""

        async def call(token: str) -> httpx2.Response:
            url = f"{self._old}/topapi/{path}"
            return await self.http.post(url, params={"access_token": token}, json=dict(body))

        return (await self._with_token(call)).get("result")

    async def get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Call `api.`; return what it answers. Raises `DingTalkError`, `SourceError`."""

        async def call(token: str) -> httpx2.Response:
            headers = {"x-acs-dingtalk-access-token": token}
            return await self.http.get(f"{self._new}/v1.0/{path}", params=dict(query), headers=headers)

        return await self._with_token(call)

    async def _with_token(self, call: Callable[[str], Awaitable[httpx2.Response]]) -> dict[str, Any]:
        """Call with a token; once anew with a fresh one where DingTalk says that it ended."""
        token = await self._fresh_token()
        try:
            return await self._tried(lambda: call(token))
        except DingTalkError as error:
            if error.code not in EXPIRED:
                raise
        self._token = _Token()
        token = await self._fresh_token()
        return await self._tried(lambda: call(token))

    async def _fresh_token(self) -> str:
        if self._clock() >= self._token.until:
            url = f"{self._new}/v1.0/oauth2/accessToken"
            body = {"appKey": self._key, "appSecret": self._secret}
            said = await self._tried(lambda: self.http.post(url, json=body))
            lasts = max(float(said.get("expireIn") or 0) - _MARGIN, 1.0)
            self._token = _Token(str(said.get("accessToken") or ""), self._clock() + lasts)
        return self._token.text

    async def _tried(self, call: Callable[[], Awaitable[httpx2.Response]]) -> dict[str, Any]:
        """Call at DingTalk's pace; again, after longer and longer pauses, where it has too much to do."""
        async for is_last in self._tries():
            try:
                answer = await call()
            except httpx2.HTTPError as error:
                if is_last:
                    log.warning("DingTalk can't be reached: %s", type(error).__name__)
                    raise SourceError(say.UNREACHABLE) from None
                continue
            said, code = _said(answer)
            if code == "":
                return said
            if code not in _BUSY or is_last:
                raise DingTalkError(code)
        raise AssertionError("the last try returns or raises")

    async def _tries(self) -> AsyncIterator[bool]:
        await self._pause(PACE_SECONDS)
        for seconds in BACK_OFF:
            yield False
            await self._pause(seconds)
        yield True


def _said(answer: httpx2.Response) -> tuple[dict[str, Any], str]:
    """Return what DingTalk answered, and its error's code, "" where there is none."""
    try:
        read: Any = answer.json()
    except ValueError:
        read = None
    if not isinstance(read, dict):
        return {}, "-1" if answer.status_code >= 500 or answer.status_code == 429 else "no_json"
    said = cast("dict[str, Any]", read)
    if answer.status_code == 429 or "QpsLimit" in str(said.get("code")) or answer.status_code >= 500:
        return said, "-1"
    if "errcode" in said:
        # 88 stands for any trouble of the gateway's; which one is said beside it.
        code = str(said.get("sub_code") or said["errcode"]) if said["errcode"] else ""
        return said, code
    return said, "" if answer.status_code < 400 else str(said.get("code") or answer.status_code)
