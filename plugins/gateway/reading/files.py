"""Files people send to the bot: fetched from wherever the implementation keeps them."""

import asyncio
import base64
import binascii
from pathlib import Path
from typing import Any

import httpx

from config.phrases import gateway as say
from plugins.gateway import calls
from plugins.gateway.connection import CallError, Connection
from services.ports import ReceivedFile, UnreachableError

_MEGABYTE = 1024 * 1024


async def fetch(connection: Connection, file: ReceivedFile, limit: int) -> bytes:
    """Return a file's bytes: from the event's address, else by its id. Raises `UnreachableError`."""
    if file.fields.get("kind") == "onlinefile":
        raise UnreachableError(say.FILE_ONLINE)
    if file.size > limit:
        raise _too_big(limit)
    address = file.fields.get("url", "")
    if _is_web(address) and (data := await _download(address, limit)) is not None:
        return data
    file_id = file.fields.get("file_id") or file.fields.get("id") or ""
    if file_id and connection.profile.fetches_by_id:
        data = await _by_id(connection, file_id, file.fields.get("file_hash"), limit)
        if data is not None:
            return data
    raise UnreachableError(say.FILE_ADVICE.get(connection.profile.name, say.FILE_UNREACHABLE))


async def _by_id(connection: Connection, file_id: str, file_hash: str | None, limit: int) -> bytes | None:
    given = await _ask(connection, calls.get_file(file_id))
    data = _decoded(given.get("base64"), limit)
    if data is None and _is_web(given.get("url")):
        data = await _download(given["url"], limit)
    if data is None:
        address = (await _ask(connection, calls.private_file_url(file_id, file_hash))).get("url")
        data = await _download(address, limit) if _is_web(address) else None
    if data is None and isinstance(given.get("file"), str) and given["file"]:
        # Only where the implementation runs on this machine and shares its files.
        data = await asyncio.to_thread(_from_disk, Path(given["file"]), limit)
    return data


async def _ask(connection: Connection, call: calls.Call) -> dict[str, Any]:
    try:
        answer = await connection.call(call)
    except CallError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_web(address: Any) -> bool:
    return isinstance(address, str) and address.startswith(("http://", "https://"))


def _decoded(words: Any, limit: int) -> bytes | None:
    if not isinstance(words, str) or not words:
        return None
    if len(words) > limit * 4 // 3 + 8:
        raise _too_big(limit)
    try:
        return base64.b64decode(words.removeprefix("base64://"), validate=True)
    except (binascii.Error, ValueError):
        return None


async def _download(address: Any, limit: int) -> bytes | None:
    held = bytearray()
    try:
        async with (
            httpx.AsyncClient(timeout=30, follow_redirects=True, max_redirects=3, trust_env=False) as client,
            client.stream("GET", address) as answer,
        ):
            answer.raise_for_status()
            async for chunk in answer.aiter_bytes():
                held += chunk
                if len(held) > limit:
                    raise _too_big(limit)
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    return bytes(held)


def _from_disk(path: Path, limit: int) -> bytes | None:
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > limit:
            raise _too_big(limit)
        return path.read_bytes()
    except OSError:
        return None


def _too_big(limit: int) -> UnreachableError:
    return UnreachableError(say.FILE_TOO_BIG.format(megabytes=limit // _MEGABYTE))
