"""How a file is to be read: what the process that reads it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from regulation.policy import Policy

# Rows done, rows in all.
Progress = Callable[[int, int], None]
# Bytes in front of a pickled `How` that say how long it is.
LENGTH = 8


@dataclass(frozen=True, slots=True)
class How:
    """`kind`: roster, filings, or None to be told by the headers. `day`: today."""

    kind: str | None
    policy: Policy
    phone_key: bytes
    day: date
