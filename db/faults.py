"""Which errors mean that the database can't be used, and why, told without importing SQLAlchemy elsewhere."""

import errno
import sqlite3
from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError


class Fault(StrEnum):
    """Why a database can't be used, as far as the error says."""

    CORRUPT = "corrupt"
    FORBIDDEN = "forbidden"
    FULL = "full"
    BUSY = "busy"
    OTHER = "other"


_SAID = {
    Fault.CORRUPT: ("file is not a database", "malformed", "file is encrypted"),
    Fault.FORBIDDEN: ("unable to open database file", "readonly database", "permission denied"),
    Fault.FULL: ("database or disk is full", "no space left"),
    Fault.BUSY: ("is locked", "too many clients", "too many connections", "lock timeout"),
}
_NUMBERS = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), Fault.FORBIDDEN),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), Fault.FULL),
}


def is_database_fault(error: BaseException) -> bool:
    """Tell whether this error came from the database, its file or its driver."""
    return isinstance(error, SQLAlchemyError | sqlite3.Error | OSError)


def kind_of(error: BaseException) -> Fault:
    """Return what is wrong with the database, by the number or the words of an error."""
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return _NUMBERS[error.errno]
    said = str(error).lower()
    return next((fault for fault, words in _SAID.items() if any(w in said for w in words)), Fault.OTHER)
