"""Files people send to the bot: fetched from where the implementation keeps them, and from nowhere else.

An address or a path is only followed to the implementation's own machine, QQ's file servers, or a folder
that the operator names: whoever could make up another would have this machine read for them.
"""

import asyncio
import base64
import binascii
import os
import stat
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.phrases import gateway as say
from plugins.gateway import calls
from plugins.gateway.connection import CallError, Connection
from services.ports import ReceivedFile, UnreachableError

PATIENCE = 60.0
_MEGABYTE = 1024 * 1024
_QQ_SERVERS = (".qq.com", ".qq.com.cn", ".qpic.cn")


async def fetch(connection: Connection, file: ReceivedFile, limit: int, folders: Sequence[Path]) -> bytes:
    """Return a file's bytes, `limit` at most: from the event's address, else by its id.

    `folders`: where an implementation on this machine may have it. All ways together have `PATIENCE`
    seconds. Raises `UnreachableError`.
    """
    if file.fields.get("kind") == "onlinefile":
        raise UnreachableError(say.FILE_ONLINE)
    if file.size > limit:
        raise _too_big(limit)
    try:
        async with asyncio.timeout(PATIENCE):
            data = await _fetch(connection, file, limit, folders)
    except TimeoutError:
        data = None
    if data is None:
        raise UnreachableError(say.FILE_ADVICE.get(connection.profile.name, say.FILE_UNREACHABLE))
    return data


async def _fetch(
    connection: Connection, file: ReceivedFile, limit: int, folders: Sequence[Path]
) -> bytes | None:
    data = await _download(connection, file.fields.get("url"), limit)
    file_id = file.fields.get("file_id") or file.fields.get("id") or ""
    if data is not None or not file_id or not connection.profile.fetches_by_id:
        return data
    given = await _ask(connection, calls.get_file(file_id))
    data = _decoded(given.get("base64"), limit)
    if data is None:
        data = await _download(connection, given.get("url"), limit)
    if data is None:
        wanted = calls.private_file_url(file_id, file.fields.get("file_hash"))
        address = (await _ask(connection, wanted)).get("url")
        data = await _download(connection, address, limit)
    if data is None and isinstance(given.get("file"), str) and given["file"] and _is_here(connection.peer):
        data = await asyncio.to_thread(_from_disk, given["file"], limit, folders)
    return data


async def _ask(connection: Connection, call: calls.Call) -> dict[str, Any]:
    try:
        answer = await connection.call(call)
    except CallError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_here(peer: str) -> bool:
    """Tell whether the implementation runs on this machine."""
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return peer == "localhost"


def is_its_own(address: Any, peer: str) -> bool:
    """Tell whether an address is on the machine of the implementation (`peer`), or of QQ's file servers."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return False
    return host == peer or (_is_here(host) and _is_here(peer)) or host.endswith(_QQ_SERVERS)


def _decoded(words: Any, limit: int) -> bytes | None:
    if not isinstance(words, str) or not words:
        return None
    if len(words) > limit * 4 // 3 + 8:
        raise _too_big(limit)
    try:
        return base64.b64decode(words.removeprefix("base64://"), validate=True)
    except (binascii.Error, ValueError):
        return None


async def _download(connection: Connection, address: Any, limit: int) -> bytes | None:
    if not is_its_own(address, connection.peer):
        return None
    # A file seldom comes so, and no start waits for it.
    import httpx2

    held = bytearray()
    try:
        async with (
            httpx2.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", address) as answer,
        ):
            if answer.status_code != httpx2.codes.OK:
                return None
            async for chunk in answer.aiter_bytes():
                held += chunk
                if len(held) > limit:
                    raise _too_big(limit)
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return None
    return bytes(held)


def _from_disk(name: str, limit: int, folders: Sequence[Path]) -> bytes | None:
    """Read a plain file inside one of the folders; links are followed before that is looked at."""
    try:
        path = Path(name).resolve(strict=True)
        if not any(path.is_relative_to(folder.expanduser().resolve()) for folder in folders):
            return None
        # A pipe put there meanwhile must not hold us up, nor a link lead away.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as opened:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            data = opened.read(limit + 1)
    except (OSError, ValueError, RuntimeError):
        return None
    if len(data) > limit:
        raise _too_big(limit)
    return data


def _too_big(limit: int) -> UnreachableError:
    return UnreachableError(say.FILE_TOO_BIG.format(megabytes=limit // _MEGABYTE))
