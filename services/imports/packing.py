"""How what is kept of an import is stored: JSON, a line a part, compressed.

A line is `["name", value]`. A list is stored in parts, so that a hundred thousand rows are never in memory
as text at once. Many rows alike are `{"name": columns}`, which takes half the time; whoever reads a line gets
rows either way.
"""

import gc
import json
import zlib
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from typing import Any, cast

# One value for each row; or of lists and of mappings, see `lists` and `mappings`.
Column = Sequence[Any] | Mapping[str, Any]
_PART = 1000
_BLOCK = 64 * 1024


class _IsoTexts(dict[date, str]):
    """ISO text by date: a company hires on few days and has many people."""

    def __missing__(self, value: object) -> str:
        if not isinstance(value, date):
            raise TypeError(type(value))
        text = self[value] = value.isoformat()
        return text


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
            self._write([name, part])

    def add_columns(self, name: str, columns: Sequence[Column]) -> None:
        """Add more items of a list, all of them lists of one length, given column by column."""
        self._write({name: columns})

    def _write(self, line: object) -> None:
        self._packed.append(self._zip.compress(self._json.encode(line).encode("utf-8", "surrogatepass")))
        self._packed.append(self._zip.compress(b"\n"))

    def packed(self) -> bytes:
        """Return all that was added. Nothing can be added after."""
        return b"".join([*self._packed, self._zip.flush()])


def lists(values: Sequence[Sequence[Any]]) -> Column:
    """Return a column of lists as it is packed."""
    lengths = list(map(len, values))
    return {"of": list(chain.from_iterable(values)), "lengths": None if set(lengths) == {1} else lengths}


def mappings(columns: Mapping[str, Sequence[Any]]) -> Column:
    """Return a column of mappings, all with the same keys, as it is packed: `columns` are their values."""
    return {"keys": list(columns), "of": list(columns.values())}


class Columns(tuple[Sequence[Any], ...]):
    """The columns of a part that was added so; those of lists hold tuples."""

    __slots__ = ()

    def rows(self) -> list[list[Any]]:
        """Return the rows, as JSON would hold them."""
        plain = [list(map(list, one)) if one and isinstance(one[0], tuple) else one for one in self]
        return list(map(list, zip(*plain, strict=True)))


def _column(packed: Column) -> Sequence[Any]:
    if not isinstance(packed, Mapping):
        return packed
    if "keys" in packed:
        keys = packed["keys"]
        return [dict(zip(keys, values, strict=True)) for values in zip(*packed["of"], strict=True)]
    if packed["lengths"] is None:
        return list(zip(packed["of"], strict=True))
    each = iter(cast("list[Any]", packed["of"]))
    return [tuple(islice(each, length)) for length in packed["lengths"]]


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
    for name, value in stored_parts(data, names, holding=holding):
        yield name, value.rows() if isinstance(value, Columns) else value


def stored_parts(
    data: bytes, names: Collection[str] | None = None, *, holding: Callable[[str], bool] | None = None
) -> Iterator[tuple[str, Any]]:
    """Give parts as `parts` does, those that were added column by column as `Columns`."""
    starts = None if names is None else tuple(f'{first}"{name}"'.encode() for name in names for first in "[{")
    for line in _lines(data):
        if starts is None or line.startswith(starts):
            text = line.decode("utf-8", "surrogatepass")
            if holding is None or holding(text):
                read = json.loads(text)
                if isinstance(read, list):
                    name, value = cast("list[Any]", read)
                    yield name, value
                else:
                    [(name, columns)] = read.items()
                    yield name, Columns(map(_column, columns))


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


@lru_cache(maxsize=50_000)
def as_date(text: str | None) -> date | None:
    """Return the date of an ISO text, or None."""
    return None if text is None else date.fromisoformat(text)


@contextmanager
def uncollected() -> Generator[None]:
    """Have nothing look for cycles meanwhile: it costs more than making a hundred thousand small values does.

    For short work only, since all of the process goes without.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
