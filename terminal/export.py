"""`cli.py export`: tables for Excel."""

import asyncio
import sys
from pathlib import Path
from typing import TextIO

from rich.console import Console

from config.oserrors import said
from config.phrases import reports as say
from services.app import App
from services.reports import tables

TABLES = tables.KINDS


async def export(app: App, what: str, path: Path, *, out: Console) -> int:
    """Write one of `TABLES` as an xlsx, all rows; 1 when the file can't be written."""
    with out.status(say.SHEETS[what]):
        made = await tables.export(app, what, None, app.now())
    line = say.TERMINAL["saved"].format(path="{path}", rows=made.rows)
    return 0 if await asyncio.to_thread(write_file, path, made.data, line, sys.stdout) else 1


def write_file(path: Path, data: bytes, line: str, out: TextIO) -> bool:
    """Write a file and say so on `out` (`line` holds `{path}`), or say on stderr why it can't be written."""
    try:
        path.write_bytes(data)
    except OSError as error:
        sys.stderr.write(say.TERMINAL["cannot_write"].format(path=path, why=said(error)) + "\n")
        return False
    out.write(line.format(path=path) + "\n")
    return True
