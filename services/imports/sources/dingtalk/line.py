"""HTTP to one host over a connection that stays open: a big company is read in thousands of calls.

Python's own client, since what a call costs is what a reading costs: docs/decisions/0020.
"""

import json
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. `said`: its JSON, None where it is no object."""

    status: int
    said: dict[str, Any] | None


class Line:
    """The connection to the host of `url`, through the environment's proxy where it names one; blocks."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        host, proxy = parts.netloc.rpartition("@")[2], getproxies().get(parts.scheme, "")
        who, _, via = ("" if proxy_bypass(host) else urlsplit(proxy).netloc).rpartition("@")
        if parts.scheme == "https":
            context = ssl.create_default_context()
            self._http: HTTPConnection = HTTPSConnection(via or host, timeout=SECONDS, context=context)
        else:
            self._http = HTTPConnection(via or host, timeout=SECONDS)
        if via:
            basic = b64encode(unquote(who).encode()).decode()
            self._http.set_tunnel(host, headers={"Proxy-Authorization": f"Basic {basic}"} if who else {})

    def ask(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """POST a body as JSON, or GET where there is none. Raises `HTTPException`, OSError."""
        sent = None if body is None else json.dumps(body).encode()
        given = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
        try:
            self._http.request("GET" if sent is None else "POST", self._path + path, sent, given)
            answer = self._http.getresponse()
            read = answer.read()
        except BaseException:
            # What it would give next belongs to this call.
            self.close()
            raise
        return Answer(answer.status, _object(read))

    def hang_up(self) -> None:
        """End a call that another thread waits in. All else of the connection is that thread's alone."""
        sock = self._http.sock
        if sock is not None:
            with suppress(OSError):
                # Not TLS's own, which would take from that thread what it reads by.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; the next call connects anew."""
        self._http.close()


def _object(read: bytes) -> dict[str, Any] | None:
    try:
        said: Any = json.loads(read)
    except ValueError:
        return None
    return cast("dict[str, Any]", said) if isinstance(said, dict) else None
