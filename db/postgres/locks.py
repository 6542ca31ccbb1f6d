"""Advisory locks of PostgreSQL: what only one process, or one transaction, may have at a time.

They belong to a database, cost no row, and end with the connection that took them, however it ends.
"""

from enum import IntEnum
from zlib import crc32

_NUMBER_BITS = 48
_LARGEST = (1 << _NUMBER_BITS) - 1


class Lock(IntEnum):
    """What is locked; the number beside it says which one."""

    # A QQ account, by the process that it is connected to.
    ACCOUNT = 0x5141
    # A QQ account that can act: connected, and logged in as far as its implementation says.
    PRESENT = 0x5150
    # A group, while a transaction writes what was seen of it.
    GROUP = 0x5147
    # Somebody's requests for one group, while one of them is decided.
    REQUEST = 0x5152
    # A QQ number, and an employee number, while a proof that names them is judged or bound.
    PROVER = 0x5155
    PROVED = 0x514E
    # A case, while somebody decides about it or its penalties.
    CASE = 0x5156
    # Choosing what to do: one process at a time, for the brakes count what all do together.
    ENFORCING = 0x5145
    # The end of the ledger, by the transaction that appends to it.
    LEDGER = 0x514C
    # What SCIM senders told, by the transaction that writes it.
    SCIM = 0x5153
    # Messages that were not delivered, while admin staff are told of them.
    UNDELIVERED = 0x5144
    # A QQ number, while a code to log in with is tried.
    CONSOLE = 0x5143


def key(lock: Lock, number: int = 0) -> int:
    """Return the 64-bit key of one lock. `number` is cut to 48 bits, more than any QQ number has."""
    return (lock.value << _NUMBER_BITS) | (number & _LARGEST)


def number_for(text: str) -> int:
    """Return the number that stands for a text, the same in every process."""
    return crc32(text.encode("utf-8", "backslashreplace"))


def number_of(lock_key: int) -> int:
    """Return the number in a key."""
    return lock_key & _LARGEST
