"""Entries as a directory sends them, read from their bytes: a name, and attributes with their raw values.

ldap3 decodes every message as whatever BER may hold, and each entry twice into dictionaries of its own:
100,000 people took it ten seconds of processor time, twice what a whole import of them takes. Connecting,
TLS, binding, asking, and all other answers are ldap3's.
"""

from typing import Any, NamedTuple

from ldap3.strategy.sync import SyncStrategy

_ENTRY = 0x64
# No message is shorter, nor is what says how long one is.
_SHORTEST = 7
_MOST_NAMES = 1000
# What is told by language counts in ours, where nothing is told without one (RFC 3866).
_CHINESE = ";lang-zh"


class RawEntry(NamedTuple):
    """One entry; the names of attributes are folded, since a server writes them as it likes."""

    dn: str
    attributes: dict[str, list[bytes]]


class EntriesStrategy(SyncStrategy):
    """ldap3's own way of waiting for answers, that takes the entries out of them."""

    taken: list[RawEntry]
    _rest: bytes

    @staticmethod
    def put_into(connection: Any) -> None:
        """Have a connection, opened and bound, collect entries in `connection.strategy.taken`."""
        connection.strategy.__class__ = EntriesStrategy
        connection.strategy.taken, connection.strategy._rest = [], b""

    def receiving(self) -> list[bytes]:
        """Return the messages that arrived and are no entries, at least one; none where the server ended.

        Raises OSError.
        """
        others: list[bytes] = []
        connection: Any = self.connection
        while not others and (arrived := connection.socket.gathered()):
            others = self._sorted(self._rest + arrived)
        return others

    def _sorted(self, arrived: bytes) -> list[bytes]:
        """Take the entries; return the other messages. What is no whole message yet is kept."""
        others: list[bytes] = []
        at, end = 0, len(arrived)
        while at + _SHORTEST <= end:
            size, start = _length(arrived, at + 1)
            if start + size > end:
                break
            entry = read_entry(arrived, start)
            if entry is None:
                others.append(arrived[at : start + size])
            else:
                self.taken.append(entry)
            at = start + size
        self._rest = arrived[at:]
        return others


def read_entry(message: bytes, at: int) -> RawEntry | None:
    """Return the entry that an LDAP message holds (RFC 4511, 4.5.2), None for any other message.

    `at`: where the inside of the message begins, behind its length.
    Raises IndexError or UnicodeDecodeError where it is none that a server may send.
    """
    size, at = _length(message, at + 1)
    at += size
    if message[at] != _ENTRY:
        return None
    _, at = _length(message, at + 1)
    size, at = _length(message, at + 1)
    dn, at = message[at : at + size].decode(), at + size
    size, at = _length(message, at + 1)
    end, attributes, chinese = at + size, dict[str, list[bytes]](), dict[str, list[bytes]]()
    while at < end:
        size = message[at + 1]
        if size < 0x80:
            # Nearly always: all of it is short, and holds one value. This is what is done most.
            named = at + 4 + message[at + 3]
            name, at, value = _FOLDED[message[at + 4 : named]], at + 2 + size, named + 4
            if named < at - 2 and value + message[value - 1] == at:
                values = [message[value:at]]
            else:
                values = _values(message, named, at)
        else:
            size, at = _length(message, at + 1)
            last = at + size
            size, at = _length(message, at + 1)
            name, at, values = _FOLDED[message[at : at + size]], last, _values(message, at + size, last)
        attributes[name] = values
        if _CHINESE in name:
            chinese[name[: name.index(_CHINESE)]] = values
    return RawEntry(dn, {**chinese, **attributes} if chinese else attributes)


def _values(message: bytes, at: int, last: int) -> list[bytes]:
    """Return the values of the set that stands at a place and ends at `last`."""
    _, at = _length(message, at + 1)
    values: list[bytes] = []
    while at < last:
        size, at = _length(message, at + 1)
        values.append(message[at : at + size])
        at += size
    return values


class _Folded(dict[bytes, str]):
    def __missing__(self, name: bytes) -> str:
        folded = name.decode().casefold()
        # No more than a directory has attributes: it may send what it likes.
        if len(self) < _MOST_NAMES:
            self[name] = folded
        return folded


_FOLDED = _Folded()


def _length(message: bytes, at: int) -> tuple[int, int]:
    """Return the length that stands at a place, and where what is so long begins."""
    size = message[at]
    if size < 0x80:
        return size, at + 1
    start = at + 1 + (size & 0x7F)
    return int.from_bytes(message[at + 1 : start]), start
