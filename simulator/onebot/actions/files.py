"""Fetching files people sent, and sending files."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.onebot import segments
from simulator.onebot.actions.messages import may_write_to
from simulator.onebot.answers import ActionError, failure
from simulator.onebot.params import BadParams
from simulator.qq.file_server import url_of
from simulator.qq.model import Shown, StoredFile

if TYPE_CHECKING:
    from simulator.onebot.account import Account, Handler
    from simulator.onebot.params import Params
    from simulator.profiles import Profile


def _find(account: Account, params: Params) -> StoredFile:
    wanted = params.text("file_id", params.text("file", ""))
    for file in account.world.files.values():
        if wanted in (file.file_id, file.name):
            return file
    raise failure(account.profile, "file not found")


def _save(file: StoredFile) -> Path:
    """A copy on the implementation's machine."""
    path = Path(tempfile.mkdtemp(prefix="simulator-")) / Path(file.name).name
    path.write_bytes(file.data)
    return path


async def get_file(account: Account, params: Params) -> dict[str, Any]:
    """A file somebody sent: as base64, as a path on this machine, or as an address."""
    file = _find(account, params)
    if account.profile.wants_file_hash:
        raise failure(account.profile, "file not found")
    if not account.profile.hands_over_files:
        return {
            "file": "/opt/qq/file",
            "url": "/opt/qq/file",
            "file_size": str(len(file.data)),
            "file_name": file.name,
        }
    data: dict[str, Any] = {"file_size": str(len(file.data)), "file_name": file.name}
    if account.profile.get_file_gives == "base64":
        return data | {"base64": base64.b64encode(file.data).decode(), "file": "", "url": ""}
    if account.profile.get_file_gives == "url":
        return data | {"file": "", "url": url_of(await account.world.serve_files(), file)}
    path = str(await asyncio.to_thread(_save, file))
    return data | {"file": path, "url": path}


async def get_private_file_url(account: Account, params: Params) -> dict[str, Any]:
    """Where a file can be fetched from."""
    if not account.profile.hands_over_files:
        raise failure(account.profile, "packetBackend不可用")
    file = _find(account, params)
    if account.profile.wants_file_hash and params.text("file_hash") != file.file_hash:
        raise failure(account.profile, "file not found")
    return {"url": url_of(await account.world.serve_files(), file)}


async def _content(account: Account, source: str) -> bytes:
    """Bytes of what a bot uploads; paths are read on this machine, as the real ones do."""
    try:
        content = segments.decode(source)
    except ValueError:
        raise BadParams("file") from None
    if content is not None and account.profile.upload == "base64":
        return content
    path = Path(source.removeprefix("file://"))
    if content is None and await asyncio.to_thread(path.is_file):
        return await asyncio.to_thread(path.read_bytes)
    raise _upload_error(account, "no_file")


def _upload_error(account: Account, key: str) -> ActionError:
    """Lagrange puts the error's text where the status belongs."""
    profile = account.profile
    if profile.upload_error_is_status:
        return ActionError(profile.failed, status=profile.text(key))
    return failure(profile, key)


async def _upload(
    account: Account, params: Params, group_id: int | None, user_id: int | None
) -> dict[str, Any] | None:
    content, name = await _content(account, params.text("file")), params.text("name")
    world = account.world
    parts = [{"type": "file", "data": {"file": name}}]
    world.shown.append(
        Shown(world.now(), account.self_id, group_id, user_id, parts, f"[文件：{name}]", content, name)
    )
    world.changed()
    if account.profile.answer_shape in ("bare", "go-cqhttp"):
        return None
    return {"file_id": f"/upload-{world.next_message_id()}"}


async def upload_private_file(account: Account, params: Params) -> dict[str, Any] | None:
    """Send a file to a friend."""
    user_id = params.integer("user_id")
    group_id = params.integer("group_id") if "group_id" in params else None
    if not may_write_to(account, user_id, group_id):
        raise _upload_error(account, "send_failed")
    return await _upload(account, params, None, user_id)


async def upload_group_file(account: Account, params: Params) -> dict[str, Any] | None:
    """Put a file into a group."""
    group_id = params.integer("group_id")
    group = account.world.groups.get(group_id)
    if group is None or account.self_id not in group.members:
        raise _upload_error(account, "send_group_failed")
    return await _upload(account, params, group_id, None)


def of_profile(profile: Profile) -> dict[str, Handler]:
    """Fetching by id exists only where files arrive as segments."""
    if profile.file_arrives == "notice":
        return {}
    return {"get_file": get_file, "get_private_file_url": get_private_file_url}


ACTIONS = {"upload_private_file": upload_private_file, "upload_group_file": upload_group_file}
