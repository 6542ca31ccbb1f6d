"""A SQLite file is for one bot: the claim on it, which ends with the process however that ends."""

import os
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class TakenError(Exception):
    """Another bot works on this file."""


def claim_file(path: Path) -> IO[bytes]:
    """Claim a SQLite file for this process for as long as what is returned stays open.

    The terminal doesn't ask: it works beside the bot. Raises `TakenError`; OSError when the claim's
    own file beside the database can't be written.
    """
    beside = path.with_name(path.name + ".bot")
    file = os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    try:
        _lock(file)
    except OSError as error:
        file.close()
        raise TakenError(str(path)) from error
    return file
