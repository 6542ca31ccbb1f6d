"""Words found in a running text by look-ups alone: the departments of a registry, and fixed lists."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from regulation.cards.names import HAN, name_text
from regulation.registry import DepartmentTree

_CHINESE = re.compile(rf"[{HAN}]+")
_SIGN = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class WordIndex:
    """Words and their kinds. `lengths`: for each first character those (longest first) that begin with it."""

    words: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]

    @classmethod
    def build(cls, words: Mapping[str, str]) -> "WordIndex":
        """Index words → kinds."""
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for word in words:
            lengths[word[0]].add(len(word))
        return cls(words, {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()})

    def at(self, run: str, at: int) -> int:
        """Return the length of the longest word that begins at `at`, or 0."""
        for length in self.lengths.get(run[at], ()):
            if at + length <= len(run) and run[at : at + length] in self.words:
                return length
        return 0


@dataclass(frozen=True, slots=True)
class Departments:
    """The names of a registry's departments.

    `mixed`: those with other letters than Chinese ones, or digits; `signed`: those with signs in them, as
    `人事(行政)部`, which no single word of a text holds.
    """

    all: WordIndex
    mixed: WordIndex
    signed: WordIndex
    beginnings: frozenset[str]

    def find_signed(self, text: str) -> Iterator[tuple[int, int]]:
        """Give where names with signs in them stand (start, end), with or without spaces between."""
        if not self.signed.words:
            return
        places = [at for at, character in enumerate(text) if not character.isspace()]
        plain = "".join(text[at] for at in places)
        at = 0
        while at < len(plain):
            length = self.signed.at(plain, at)
            start, end = places[at], places[at + length - 1] + 1 if length else 0
            if length and not _cuts(text, start) and not _cuts(text, end):
                yield start, end
            at += length or 1

    def split(self, chunk: str) -> Iterator[tuple[bool, int, int]]:
        """Cut `chunk` into (is it a mixed name, start, end); such a name never cuts a number or a word."""
        at = start = 0
        while at < len(chunk):
            length = self.mixed.at(chunk, at)
            if length and not _cuts(chunk, at) and not _cuts(chunk, at + length):
                if start < at:
                    yield False, start, at
                yield True, at, at + length
                at = start = at + length
            else:
                at += 1
        if start < len(chunk):
            yield False, start, len(chunk)


def _cuts(chunk: str, at: int) -> bool:
    """Tell whether a cut at `at` goes through letters or digits that belong together."""
    if at in (0, len(chunk)):
        return False
    return not any(_CHINESE.match(one) or _SIGN.match(one) for one in chunk[at - 1 : at + 1])


class _Tree:
    """Carries a department tree past a cache, which tells it by identity."""

    __slots__ = ("tree",)

    def __init__(self, tree: DepartmentTree) -> None:
        self.tree = tree

    def __hash__(self) -> int:
        return self.tree.id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tree) and self.tree.by_name is other.tree.by_name


def departments_of(tree: DepartmentTree) -> Departments:
    """Return the department names of a registry, ready to be found in a text."""
    return _departments_of(_Tree(tree))


# Few, since each keeps its tree alive, and a changed registry brings a new one.
@lru_cache(maxsize=4)
def _departments_of(carried: _Tree) -> Departments:
    names = [name for name in carried.tree.by_name if name]
    signed = [plain for name in names if _SIGN.search(plain := "".join(name_text(name).split()))]
    mixed = (name for name in names if not _CHINESE.fullmatch(name))
    beginnings = frozenset(name[:n] for name in names for n in range(2, min(len(name), 4) + 1))
    return Departments(_indexed(names), _indexed(mixed), _indexed(signed), beginnings)


def _indexed(names: Iterable[str]) -> WordIndex:
    return WordIndex.build(dict.fromkeys(names, "department"))
