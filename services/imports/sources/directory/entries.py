"""Entries as a directory sends them, read from their bytes: a name, and attributes with their raw values.

ldap3 decodes every message as whatever BER may hold, and each entry twice into dictionaries of its own:
100,000 people took it ten seconds of processor time, twice what a whole import of them takes. Connecting,
TLS, binding, asking, and all other answers are ldap3's.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from ldap3.strategy.sync import SyncStrategy

_ENTRY = 0x64
# What is told by language counts in ours, where nothing is told without one (RFC 3866).
_CHINESE = ";lang-zh"


class RawEntry(NamedTuple):
    """One entry; the names of attributes are folded, since a server writes them as it likes."""

    dn: str
    attributes: dict[str, list[bytes]]


class EntriesStrategy(SyncStrategy):
    """ldap3's own way of waiting for answers, that takes the entries out of them."""

    taken: list[RawEntry]

    @staticmethod
    def put_into(connection: Any) -> None:
        """Have a connection, opened and bound, collect entries in `connection.strategy.taken`."""
        connection.strategy.__class__ = EntriesStrategy
        connection.strategy.taken = []

    def receiving(self) -> list[bytes]:
        """Return the messages that arrived and are no entries, at least one of them."""
        ours: Any = super()
        while messages := ours.receiving():
            others: list[bytes] = []
            for message in messages:
                entry = read_entry(message)
                if entry is None:
                    others.append(message)
                else:
                    self.taken.append(entry)
            if others:
                return others
        return []


def read_entry(message: bytes) -> RawEntry | None:
    """Return the entry that an LDAP message holds (RFC 4511, 4.5.2), None for any other message.

    Raises IndexError or UnicodeDecodeError where it is none that a server may send.
    """
    _, at = _length(message, 1)
    size, at = _length(message, at + 1)
    at += size
    if message[at] != _ENTRY:
        return None
    _, at = _length(message, at + 1)
    size, at = _length(message, at + 1)
    dn, at = message[at : at + size].decode(), at + size
    size, at = _length(message, at + 1)
    end, attributes, chinese = at + size, dict[str, list[bytes]](), dict[str, list[bytes]]()
    # Nearly everything is short, and this is what is done most.
    while at < end:
        at = at + 2 if message[at + 1] < 0x80 else _length(message, at + 1)[1]
        size, at = (message[at + 1], at + 2) if message[at + 1] < 0x80 else _length(message, at + 1)
        name, at = _folded(message[at : at + size]), at + size
        size, at = (message[at + 1], at + 2) if message[at + 1] < 0x80 else _length(message, at + 1)
        last, values = at + size, list[bytes]()
        while at < last:
            size, at = (message[at + 1], at + 2) if message[at + 1] < 0x80 else _length(message, at + 1)
            values.append(message[at : at + size])
            at += size
        attributes[name] = values
        if _CHINESE in name:
            chinese[name[: name.index(_CHINESE)]] = values
    return RawEntry(dn, {**chinese, **attributes} if chinese else attributes)


@lru_cache(maxsize=100)
def _folded(name: bytes) -> str:
    return name.decode().casefold()


def _length(message: bytes, at: int) -> tuple[int, int]:
    """Return the length that stands at a place, and where what is so long begins."""
    size = message[at]
    if size < 0x80:
        return size, at + 1
    start = at + 1 + (size & 0x7F)
    return int.from_bytes(message[at + 1 : start]), start
