"""How what is kept of an import is stored: JSON, a line a part, compressed.

A list is stored in parts, so that a hundred thousand rows are never in memory as text at once.
"""

import json
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

_PART = 1000
_BLOCK = 64 * 1024


class _IsoTexts(dict[date, str]):
    """ISO text by date: a company hires on few days and has many people."""

    def __missing__(self, value: object) -> str:
        if not isinstance(value, date):
            raise TypeError(type(value))
        text = self[value] = value.isoformat()
        return text


class Days(dict[str | None, date | None]):
    """Dates by ISO text."""

    def __missing__(self, text: str | None) -> date | None:
        day = self[text] = as_date(text)
        return day


class Packer:
    """Packs named JSON values, dates as ISO text; what is added to a name twice is one list."""

    def __init__(self) -> None:
        self._zip = zlib.compressobj(1)
        self._packed: list[bytes] = []
        texts = _IsoTexts()
        self._json = json.JSONEncoder(
            ensure_ascii=False, separators=(",", ":"), check_circular=False, default=texts.__getitem__
        )

    def add(self, name: str, value: Any) -> None:
        """Add a value, or more items of a list."""
        for part in _in_parts(value):
            line = self._json.encode([name, part]).encode("utf-8", "surrogatepass")
            self._packed.append(self._zip.compress(line + b"\n"))

    def packed(self) -> bytes:
        """Return all that was added. Nothing can be added after."""
        return b"".join([*self._packed, self._zip.flush()])


def _in_parts(value: Any) -> Iterator[Any]:
    if not isinstance(value, list):
        yield value
        return
    items = cast("list[Any]", value)
    for start in range(0, max(len(items), 1), _PART):
        yield items[start : start + _PART]


def pack(values: Mapping[str, Any]) -> bytes:
    """Return named JSON values, packed."""
    packer = Packer()
    for name, value in values.items():
        packer.add(name, value)
    return packer.packed()


def _lines(data: bytes) -> Iterator[bytes]:
    unzip, rest = zlib.decompressobj(), b""
    for at in range(0, len(data), _BLOCK):
        *lines, rest = (rest + unzip.decompress(data[at : at + _BLOCK])).split(b"\n")
        yield from lines


def parts(
    data: bytes, names: Collection[str] | None = None, *, holding: Callable[[str], bool] | None = None
) -> Iterator[tuple[str, Any]]:
    """Give (name, value) in the order packed, a long list in several parts; dates come as text.

    `names`: of these only. `holding`: only parts of whose text it says yes.
    """
    starts = None if names is None else tuple(f'["{name}",'.encode() for name in names)
    for line in _lines(data):
        if starts is None or line.startswith(starts):
            text = line.decode("utf-8", "surrogatepass")
            if holding is None or holding(text):
                name, value = json.loads(text)
                yield name, value


def rewritten(data: bytes, holding: Callable[[str], bool], change: Callable[[Any], Any]) -> bytes | None:
    """Return what was packed with each value (or part of a list) changed whose text is `holding`.

    None where nothing changes.
    """
    if not any(change(value) != value for _, value in parts(data, holding=holding)):
        return None
    packer = Packer()
    for name, value in parts(data):
        packer.add(name, change(value))
    return packer.packed()


def unpack(data: bytes, *names: str) -> dict[str, Any]:
    """Return what was packed, or these names of it, whole lists; dates as text."""
    found: dict[str, Any] = {}
    for name, value in parts(data, names or None):
        if isinstance(value, list) and name in found:
            found[name] += value
        else:
            found[name] = value
    return found


def as_date(text: str | None) -> date | None:
    """Return the date of an ISO text, or None."""
    return None if text is None else date.fromisoformat(text)


def in_chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Give `items` in runs of `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
