"""A folder, or one path, where HR's system drops its export: the newest file is taken once it is whole.

Windows shares copy slowly and date files oddly: a file counts when two looks find it the same, a name
says nothing of its age, what Excel has open waits, and no content is taken twice.
"""

import asyncio
import fnmatch
import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.oserrors import said
from config.phrases.sources import FOLDER
from db.queries.work import sources
from db.queries.work.sources import TakenFile
from db.tables.base import ZONE
from services.app import App
from services.imports.reading.files.sheet import MAX_BYTES
from services.imports.reading.guard import read_guarded
from services.imports.reading.how import How
from services.imports.reading.noted import Refusal
from services.imports.sources.model import Nothing, Reading, SourceError

# Between two looks at a file that somebody may be writing.
LOOK_SECONDS = 3.0
# Excel leaves its lock behind when it dies: an old one says nothing.
LOCK_HOURS = 12
_LOCKS = ("~${}", ".~lock.{}#")
_NOT_OURS = ("~$", ".", "~")
_HALF = (".tmp", ".part", ".partial", ".crdownload", ".download")
_OLE = b"\xd0\xcf\x11\xe0"


def open_source(app: App, name: str) -> "FolderSource":
    """Return what reads the folder of the settings; `name` is `folder` or `folder:PATTERN`."""
    folder = app.policy.sources.folder
    return FolderSource(
        app, name, Path(folder.path).expanduser(), name.partition(":")[2] or folder.pattern[0]
    )


@dataclass(frozen=True, slots=True)
class FolderSource:
    """Files of one name pattern in one folder."""

    app: App
    name: str
    path: Path
    pattern: str

    async def read(self) -> Reading | Nothing:
        """Return the newest file's rows. Raises `SourceError`."""
        async with self.app.database.reading() as tx:
            waiting = await sources.open_import(tx, self.name)
            # What was merely shown may still be applied.
            shown = waiting.file_hash if waiting is not None else None
            taken = [one for one in await sources.files(tx, self.name) if one.file_hash != shown]
        try:
            path = await asyncio.to_thread(self._newest, taken)
            data = await self._whole(path) if path is not None else None
            if path is None or data is None:
                return Nothing(FOLDER["writing"].format(name=path.name) if path is not None else "")
            stat = await asyncio.to_thread(path.stat)
        except OSError as error:
            raise SourceError(FOLDER["unreadable"].format(path=self.path, why=said(error))) from error
        file = TakenFile(hashlib.sha256(data).hexdigest(), path.name, stat.st_size, stat.st_mtime_ns)
        if any(one.file_hash == file.file_hash for one in taken):
            return Nothing(again=file if file.file_hash == taken[0].file_hash else None)
        return await self._rows(data, file)

    async def _rows(self, data: bytes, file: TakenFile) -> Reading:
        how = How("roster", self.app.policy, self.app.phone_key, self.app.now().date())
        read = await asyncio.to_thread(read_guarded, data, how)
        if isinstance(read, Refusal):
            raise SourceError(FOLDER["refused"].format(name=file.name, why=read.reason))
        whole = self.app.policy.sources.folder.everybody
        return Reading(read, complete=True, origin=file.name, everybody=whole, file=file)

    def _newest(self, taken: list[TakenFile]) -> Path | None:
        """Return the newest file, unless it was taken or is older than one that was."""
        found = [(stat.st_mtime_ns, path, stat.st_size) for path, stat in self._files()]
        if not found:
            return None
        modified, path, size = max(found)
        last = max((one.modified for one in taken), default=-1)
        known = any((one.name, one.size, one.modified) == (path.name, size, modified) for one in taken)
        return None if known or modified < last else path

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        if not self.path.is_dir():
            return [(self.path, self.path.stat())]
        wanted = self.pattern.casefold()
        with os.scandir(self.path) as entries:
            return [
                (Path(entry.path), entry.stat())
                for entry in entries
                if not entry.name.startswith(_NOT_OURS)
                and not entry.name.casefold().endswith(_HALF)
                and fnmatch.fnmatchcase(entry.name.casefold(), wanted)
                and entry.is_file()
            ]

    async def _whole(self, path: Path) -> bytes | None:
        """Return a file's bytes, or None while somebody writes it. Raises `SourceError`, OSError."""
        if await asyncio.to_thread(self._is_open, path):
            return None
        before = await asyncio.to_thread(path.stat)
        if before.st_size > MAX_BYTES:
            raise SourceError(FOLDER["too_big"].format(name=path.name, limit=MAX_BYTES // 1024 // 1024))
        await asyncio.sleep(LOOK_SECONDS)
        data = await asyncio.to_thread(path.read_bytes)
        after = await asyncio.to_thread(path.stat)
        same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        if not data or not same or len(data) != after.st_size:
            return None
        if _is_half(data):
            raise SourceError(FOLDER["half"].format(name=path.name))
        return data

    def _is_open(self, path: Path) -> bool:
        """Tell whether Excel, WPS or LibreOffice has a file open."""
        return any(
            lock.exists() and abs(self.app.now() - _changed(lock)).total_seconds() < LOCK_HOURS * 3600
            for lock in (path.with_name(name.format(path.name)) for name in _LOCKS)
        )


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, ZONE)


def _is_half(data: bytes) -> bool:
    """Tell whether a copy got its size before its content: the rest is zeros, or a workbook has no end."""
    if data.startswith(b"PK"):
        return not zipfile.is_zipfile(io.BytesIO(data))
    return not data.startswith(_OLE) and b"\0" in data
