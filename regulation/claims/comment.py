"""What stands in a comment, read beside the registry (四.1.3): names, numbers, labels, denials.

Nothing is guessed. A name counts only where it stands whole: between the ends of a run of Chinese and
words that are known (`LABELS`, `FILLERS`, departments, other names). `张三丰` holds no `张三`.
"""

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from regulation.cards.names import HAN, name_key, name_text
from regulation.claims.word_index import Departments, WordIndex, departments_of
from regulation.claims.words import FILLERS, LABELS, LATIN, SURNAMES, TOGETHER, UNITS
from regulation.registry import Registry

_CHUNK = re.compile(r"[^\W_]+(?:·[^\W_]+)*")
_RUN = re.compile(rf"([{HAN}·]+)|[^\W_{HAN}]+")
_LONE_SPACE = re.compile(
    rf"(?<![{HAN}])([{HAN}])[^\S\n]+(?=[{HAN}])|(?<=[{HAN}])[^\S\n]+(?=[{HAN}](?![{HAN}]))"
)
_PHONE_IN_PARTS = re.compile(
    r"(?<![^\W_])(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?![^\W_])", re.ASCII
)
_PHONE_MASKED = re.compile(r"(?<![^\W_])1[3-9]\d[*x]{2,8}(?=\d{4}(?![^\W_]))", re.ASCII)
_YEAR = re.compile(
    r"(?<![^\W_])(?:19|20)\d\d(?:年(?:\d{1,2}月)?(?:\d{1,2}[日号])?|([-/.])\d{1,2}\1\d{1,2}(?!\d))",
    re.ASCII,
)
LONG_DASH = re.compile("[–—―−─]+")
_NAME_LENGTHS = (4, 3, 2)
_LONGEST_NAME = 20
# A long name is sought only where one can begin: each length costs a look-up at each place.
_EDGE_LENGTHS = tuple(range(_LONGEST_NAME, 1, -1))
_RESIDUE_BEFORE_NAME = 2


class Piece(NamedTuple):
    """A stretch of the text. `kind`: no, digits, name or department (labels), person, word, code, unknown.

    An `other` is a name that is none to claim by, but speaks of somebody (`和李四一起`); it overlaps others.
    `weak`: a name that is a common word or a department's name too, so that it may mean that.
    """

    kind: str
    start: int
    end: int
    text: str
    weak: bool = False


_STATIC = WordIndex.build({**dict.fromkeys(FILLERS, "word"), **LABELS})


def prepared(text: str) -> str:
    """Return a comment in the form in which it is read: folded, phone numbers whole, dates taken out.

    The dash of a Chinese keyboard (`XY—1024`) is a hyphen.
    """
    text = LONG_DASH.sub("-", name_text(text)).replace("4位", "四位").replace("4个", "四个")
    phones = _PHONE_MASKED.sub("", _PHONE_IN_PARTS.sub(r"\1\2\3", _LONE_SPACE.sub(r"\1", text)))
    return _YEAR.sub(" ", phones)


def pieces_of(text: str, registry: Registry) -> list[Piece]:
    """Return the pieces of a prepared text, in their order; separators are no pieces."""
    departments = departments_of(registry.tree)
    signed = list(departments.find_signed(text))
    found = [Piece("department", start, end, text[start:end]) for start, end in signed]
    rest = text
    for start, end in signed:
        rest = f"{rest[:start]}{',' * (end - start)}{rest[end:]}"
    found += _read_words(rest, registry, departments)
    found = sorted(found, key=attrgetter("start")) if signed else found
    return _latin_names(text, found, registry)


def _read_words(text: str, registry: Registry, departments: Departments) -> list[Piece]:
    found: list[Piece] = []
    chunks = list(_CHUNK.finditer(text))
    skip = False
    for at, chunk in enumerate(chunks):
        if skip:
            skip = False
            continue
        following = chunks[at + 1] if at + 1 < len(chunks) else None
        if following is not None and (whole := _name_in_two(text, chunk, following, registry)):
            found.append(whole)
            skip = True
        else:
            found += _read_chunk(chunk[0], chunk.start(), registry, departments)
    return found


def _name_in_two(text: str, one: re.Match[str], two: re.Match[str], registry: Registry) -> Piece | None:
    """Return the name that two words of Chinese with a space between them are (`欧阳 娜娜`).

    With a hyphen between them only where a name has its middle dot there (`阿依古丽-买买提`).
    """
    between = text[one.end() : two.start()].strip()
    if between not in ("", "-") or two.end() - one.start() > _LONGEST_NAME or one[0].isascii():
        return None
    if between and not _is_dotted_there(one[0], two[0], registry):
        return None
    key = name_key(one[0] + two[0])
    if key not in registry.by_name or one[0] in registry.tree.by_name or name_key(one[0]) in registry.by_name:
        return None
    return Piece("person", one.start(), two.end(), key)


def _is_dotted_there(one: str, two: str, registry: Registry) -> bool:
    named = registry.by_name.get(name_key(one + two), ())
    return any("".join(name_text(registry.by_no[no].name).split()) == f"{one}·{two}" for no in named)


def _read_chunk(chunk: str, at: int, registry: Registry, departments: Departments) -> Iterator[Piece]:
    key = chunk.replace("·", "")
    if key in registry.by_name:
        weak = chunk in _STATIC.words or chunk in departments.all.words or chunk in LATIN or chunk.isdigit()
        yield Piece("person", at, at + len(chunk), key, weak)
        if not weak:
            return
    elif chunk in departments.all.words:
        yield Piece("department", at, at + len(chunk), chunk)
        return
    for is_department, start, end in departments.split(chunk):
        if is_department:
            yield Piece("department", at + start, at + end, chunk[start:end])
        else:
            yield from _read_runs(chunk[start:end], at + start, registry, departments)


def _read_runs(text: str, at: int, registry: Registry, departments: Departments) -> Iterator[Piece]:
    for run in _RUN.finditer(text):
        start, end = at + run.start(), at + run.end()
        if run[1]:
            yield from _Scan(run[0], start, registry, departments.all).pieces()
        else:
            yield Piece(LATIN.get(run[0], "code"), start, end, run[0])


class _Scan:
    """Cuts one run of Chinese, from the left, into known words, whole names and what is left over."""

    def __init__(self, run: str, at: int, registry: Registry, departments: WordIndex) -> None:
        self.run, self.base, self.names, self.departments = run, at, registry.by_name, departments
        self.has_dots = "·" in run
        self.residue = 0
        self.dotted = False
        self.after_name = False
        self.others: list[Piece] = []

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces, what is unknown included."""
        at = 0
        while at < len(self.run):
            if self.run[at] == "·":
                self.dotted = self.residue > 0
                yield from self._left_over(at)
                at += 1
                continue
            kind, length, weak = self._longest(at)
            if not length:
                self.residue += 1
                at += 1
                continue
            yield from self._left_over(at)
            yield self._piece(kind, at, at + length, weak)
            self.dotted, self.after_name = False, kind == "person"
            at += length
        yield from self._left_over(at)
        yield from self.others

    def _piece(self, kind: str, start: int, end: int, weak: bool = False) -> Piece:
        return Piece(kind, self.base + start, self.base + end, self._key(start, end), weak)

    def _key(self, start: int, end: int) -> str:
        """Return a stretch as a name is looked up: without middle dots, which are written or left out."""
        return self.run[start:end].replace("·", "") if self.has_dots else self.run[start:end]

    def _left_over(self, at: int) -> Iterator[Piece]:
        if self.residue:
            yield self._piece("unknown", at - self.residue, at)
        self.residue = 0

    def _known(self, at: int) -> tuple[str, int]:
        run = self.run
        word = _STATIC.at(run, at) if run[at] in _STATIC.lengths else 0
        department = self.departments.at(run, at) if run[at] in self.departments.lengths else 0
        if department >= word:
            return ("department", department) if department else ("", 0)
        return _STATIC.words[run[at : at + word]], word

    def _longest(self, at: int) -> tuple[str, int, bool]:
        kind, known = self._known(at)
        run, names = self.run, self.names
        left = len(run) - at
        for length in _NAME_LENGTHS if self.residue else _EDGE_LENGTHS:
            if length < known:
                break
            if length > left or self._key(at, at + length) not in names or run[at + length - 1] == "·":
                continue
            ends = self._ends(at + length)
            if ends and not self.dotted and self._may_precede(run[at - self.residue : at]):
                return "person", length, length == known
            if ends or run[at - 1 : at] in TOGETHER or (self.after_name and not self.residue):
                self.others.append(self._piece("other", at, at + length))
        return kind, known, False

    def _ends(self, end: int) -> bool:
        """Tell whether a name that ends here can't go on: what follows is the end, known, or a name."""
        if end < len(self.run) and self.run[end] == "·":
            end += 1
        return end >= len(self.run) or self._known(end)[1] > 0 or self._begins_name(end)

    def _begins_name(self, at: int) -> bool:
        return any(self.run[at : at + length] in self.names for length in _NAME_LENGTHS)

    @staticmethod
    def _may_precede(residue: str) -> bool:
        """Tell whether unknown characters before a name can't be a part of it: an unknown department, say."""
        if len(residue) == _RESIDUE_BEFORE_NAME:
            return residue not in SURNAMES and not all(character in SURNAMES for character in residue)
        return len(residue) != 1


def _latin_names(text: str, pieces: list[Piece], registry: Registry) -> list[Piece]:
    """Put names in Latin letters together: words with spaces between them, no unknown word beside them."""
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        if pieces[at].kind == "code" and pieces[at].text.isalpha():
            end = _latin_end(text, pieces, at)
            found += _latin_name(text, pieces[at:end], registry)
            at = end
        else:
            found.append(pieces[at])
            at += 1
    return found


def _latin_end(text: str, pieces: list[Piece], at: int) -> int:
    end = at + 1
    while end < len(pieces) and pieces[end].kind == "code" and pieces[end].text.isalpha():
        if text[pieces[end - 1].end : pieces[end].start].strip(" ·.'-"):
            break
        end += 1
    return end


def _latin_name(text: str, words: list[Piece], registry: Registry) -> list[Piece]:
    """Return the name that the words are, a department before it; else what each side of a dash is."""
    start, end = words[0].start, words[-1].end
    for first in range(len(words)):
        known = all(word.text in registry.tree.by_name for word in words[:first])
        key = name_key(text[words[first].start : end])
        if known and key in registry.by_name:
            return [*words[:first], Piece("person", words[first].start, end, key)]
    if all(word.text in registry.tree.by_name for word in words):
        return [Piece("department", start, end, text[start:end])]
    dash = next((n for n in range(1, len(words)) if text[words[n].start - 1] == "-"), 0)
    if not dash:
        return words
    return _latin_name(text, words[:dash], registry) + _latin_name(text, words[dash:], registry)


def looks_like_name(piece: Piece, text: str, registry: Registry) -> bool:
    """Tell whether what is unknown has the shape of a name, so that a proof with it is a wrong one.

    2 to 4 Chinese characters that begin with a surname, or that stand alone and are no beginning of a
    department's name; several parts with middle dots; a word of Latin letters.
    """
    if piece.kind == "code":
        return piece.text.isalpha() and len(piece.text) > 1
    if piece.kind != "unknown":
        return False
    if text[piece.start - 1 : piece.start] == "·" or text[piece.end : piece.end + 1] == "·":
        return True
    word = UNITS.sub("", piece.text)
    if not 2 <= len(word) <= 4:
        return False
    if word[0] in SURNAMES or word[:2] in SURNAMES:
        return True
    alone = not re.search(
        rf"[{HAN}]", text[max(0, piece.start - 1) : piece.start] + text[piece.end : piece.end + 1]
    )
    return alone and word not in departments_of(registry.tree).beginnings
