"""Many values, a part at a time: one statement takes only so many parameters."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Value = TypeVar("_Value")


def in_parts(values: Iterable[_Value], size: int = 500) -> Iterator[list[_Value]]:
    """Give `values` in lists of at most `size`."""
    left = iter(values)
    while part := list(islice(left, size)):
        yield part
