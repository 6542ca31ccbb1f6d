"""DingTalk's server API over plain HTTP: tokens, limits, errors in words.

Two generations of it are in use at once: `oapi.` answers HTTP 200 with an `errcode`, `api.` by status and
`code`. The token goes with each; no text of an error holds an address, since in it stands the token.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from config.phrases import dingtalk as say
from services.imports.sources.dingtalk.line import Answer, Line
from services.imports.sources.model import SourceError

log = logging.getLogger("qungui")

# Between the beginnings of two calls: an app may make twenty of each kind a second.
PACE_SECONDS = 0.05
# The pauses before a call is tried again: at most three times, as DingTalk asks for where it is too busy.
BACK_OFF = (2.0, 5.0, 15.0)
# Renewed so long before it ends.
_MARGIN = 200
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
        base = base_url.rstrip("/")
        self._old, self._new = Line(base), Line(base.replace("//oapi.", "//api.", 1))
        self._key, self._secret = key, secret
        self._pause = pause
        self._clock = clock or asyncio.get_running_loop().time
        self._token = _Token()
        # When the next call may begin.
        self._next = self._clock()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        self._old.close()
        self._new.close()

    async def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """Call `oapi.`; return its `result`. Raises `DingTalkError`, `SourceError`."""

        def call(token: str) -> Answer:
            return self._old.ask(f"/topapi/{path}?access_token={quote(token)}", body)

        return (await self._with_token(call)).get("result")

    async def get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Call `api.`; return what it answers. Raises `DingTalkError`, `SourceError`."""

        def call(token: str) -> Answer:
            headers = {"x-acs-dingtalk-access-token": token}
            return self._new.ask(f"/v1.0/{path}?{urlencode(query)}", headers=headers)

        return await self._with_token(call)

    async def _with_token(self, call: Callable[[str], Answer]) -> dict[str, Any]:
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
            body = {"appKey": self._key, "appSecret": self._secret}
            said = await self._tried(lambda: self._new.ask("/v1.0/oauth2/accessToken", body))
            lasts = max(float(said.get("expireIn") or 0) - _MARGIN, 1.0)
            self._token = _Token(str(said.get("accessToken") or ""), self._clock() + lasts)
        return self._token.text

    async def _tried(self, call: Callable[[], Answer]) -> dict[str, Any]:
        """Call at DingTalk's pace; again, after longer and longer pauses, where it has too much to do."""
        async for is_last in self._tries():
            try:
                answer = await asyncio.to_thread(call)
            except (HTTPException, OSError) as error:
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
        now = self._clock()
        if now < self._next:
            await self._pause(self._next - now)
        self._next = max(now, self._next) + PACE_SECONDS
        for seconds in BACK_OFF:
            yield False
            await self._pause(seconds)
        yield True


def _said(answer: Answer) -> tuple[dict[str, Any], str]:
    """Return what DingTalk answered, and its error's code, "" where there is none."""
    said = answer.said
    if said is None:
        return {}, "-1" if answer.status >= 500 or answer.status == 429 else "no_json"
    if answer.status == 429 or "QpsLimit" in str(said.get("code")) or answer.status >= 500:
        return said, "-1"
    if "errcode" in said:
        # 88 stands for any trouble of the gateway's; which one is said beside it.
        code = str(said.get("sub_code") or said["errcode"]) if said["errcode"] else ""
        return said, code
    return said, "" if answer.status < 400 else str(said.get("code") or answer.status)
