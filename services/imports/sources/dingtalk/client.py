"""DingTalk's server API over plain HTTP: tokens, limits, errors in words; blocks.

Two generations of it are in use at once: `oapi.` answers HTTP 200 with an `errcode`, `api.` by status and
`code`. The token goes with each; no text of an error holds an address, since in it stands the token.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from config.phrases import dingtalk as say
from services.imports.sources.dingtalk.line import Answer, Line
from services.imports.sources.model import SourceError

log = logging.getLogger("qungui")

# An app may make so many calls of each kind within a second; a little more, since not every call takes as
# long to get there. They are made one after the other at once: one by one, each would wake a cold processor.
AT_ONCE, WITHIN_SECONDS = 20, 1.05
# The pauses before a call is tried again: at most three times, as DingTalk asks for where it is too busy.
BACK_OFF = (2.0, 5.0, 15.0)
# Renewed so long before it ends.
_MARGIN = 200
EXPIRED = frozenset({"40001", "40014", "42001", "InvalidAuthentication"})
_BUSY = frozenset({"-1", "90001", "90002", "90003", "90004", "90005", "90006", "90007", "90008", "90018"})
GONE_DEPARTMENT, GONE_USER, OUT_OF_SCOPE = "60003", "60121", "50002"
Pause = Callable[[float], object]


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
        pause: Pause | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        base = base_url.rstrip("/")
        self._old, self._new = Line(base), Line(base.replace("//oapi.", "//api.", 1))
        self._key, self._secret = key, secret
        self._stopped = threading.Event()
        self._pause = self._stopped.wait if pause is None else pause
        self._clock = clock
        self._token = _Token()
        # When the last calls began.
        self._began: deque[float] = deque(maxlen=AT_ONCE)

    def stop(self) -> None:
        """Have a call or a pause in another thread end with a `SourceError`."""
        self._stopped.set()
        self._old.hang_up()
        self._new.hang_up()

    def close(self) -> None:
        """Close the connections."""
        self._old.close()
        self._new.close()

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """Call `oapi.`; return its `result`. Raises `DingTalkError`, `SourceError`."""

        def call(token: str) -> Answer:
            return self._old.ask(f"/topapi/{path}?access_token={quote(token)}", body)

        return (self._with_token(call)).get("result")

    def get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Call `api.`; return what it answers. Raises `DingTalkError`, `SourceError`."""

        def call(token: str) -> Answer:
            headers = {"x-acs-dingtalk-access-token": token}
            return self._new.ask(f"/v1.0/{path}?{urlencode(query)}", headers=headers)

        return self._with_token(call)

    def _with_token(self, call: Callable[[str], Answer]) -> dict[str, Any]:
        """Call with a token; once anew with a fresh one where DingTalk says that it ended."""
        token = self._fresh_token()
        try:
            return self._tried(lambda: call(token))
        except DingTalkError as error:
            if error.code not in EXPIRED:
                raise
        self._token = _Token()
        token = self._fresh_token()
        return self._tried(lambda: call(token))

    def _fresh_token(self) -> str:
        if self._clock() >= self._token.until:
            body = {"appKey": self._key, "appSecret": self._secret}
            said = self._tried(lambda: self._new.ask("/v1.0/oauth2/accessToken", body))
            lasts = max(float(said.get("expireIn") or 0) - _MARGIN, 1.0)
            self._token = _Token(str(said.get("accessToken") or ""), self._clock() + lasts)
        return self._token.text

    def _tried(self, call: Callable[[], Answer]) -> dict[str, Any]:
        """Call at DingTalk's pace; again, after longer and longer pauses, where it has too much to do."""
        for is_last in self._tries():
            if self._stopped.is_set():
                raise SourceError(say.UNREACHABLE)
            try:
                answer = call()
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

    def _tries(self) -> Iterator[bool]:
        if len(self._began) == AT_ONCE:
            early = self._began[0] + WITHIN_SECONDS - self._clock()
            if early > 0:
                self._pause(early)
        self._began.append(self._clock())
        for seconds in BACK_OFF:
            yield False
            self._pause(seconds)
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
