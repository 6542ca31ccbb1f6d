"""The numbers in a comment (四.1.3): which may be an employee number, which four phone digits."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from regulation.cards.names import fold
from regulation.claims.comment import LONG_DASH, Piece
from regulation.claims.words import LINKS
from regulation.registry import Registry

_JOINTS = frozenset("-_/·.#")
_QUAD = re.compile("[0-9]{4}")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_MOST_JOINED = 4
_LABELS = frozenset(("no", "digits", "name", "department"))


@dataclass(frozen=True, slots=True)
class Token:
    """A number or code. `label`: no, digits or "". `digits`: the four it may give, "" for none.

    `start`: its place in the text. `known`: the employee number that this is, if any.
    """

    text: str
    start: int
    label: str = ""
    digits: str = ""
    known: tuple[str, ...] = ()

    @property
    def is_code(self) -> bool:
        """Tell whether this has the shape of an employee number; a mobile number has not."""
        return (
            any(c.isdigit() for c in self.text) and len(self.text) <= 20 and not _MOBILE.fullmatch(self.text)
        )


def number_key(text: str) -> str:
    """Return a number folded, each dash of it a hyphen: by this two spellings of one number are equal."""
    return LONG_DASH.sub("-", fold(text))


def number_forms(text: str) -> tuple[str, ...]:
    """Return the spellings under which a folded number is looked up."""
    return (text, text.upper())


def tokens_of(text: str, pieces: Sequence[Piece], nos: Sequence[str], registry: Registry) -> list[Token]:
    """Return the tokens of a prepared text, labelled. `nos`: the numbers of those named in it."""
    forms = {number_key(no): no for no in nos}
    pieces = _merged(text, pieces, forms, registry)
    labels = _labels(text, pieces)
    return [
        _token(pieces, at, labels.get(at, ""), forms, registry)
        for at, piece in enumerate(pieces)
        if piece.kind == "code"
        and (any(c.isdigit() for c in piece.text) or _known(piece.text, forms, registry))
    ]


def _merged(text: str, pieces: Sequence[Piece], forms: dict[str, str], registry: Registry) -> list[Piece]:
    """Join the parts of numbers that hold a joint (`XY-1024`), and letters that mean nothing here with
    the number they are tied to: `vip-1024` is no 1024.
    """
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        piece, end = pieces[at], at + 1
        if text[piece.end : piece.end + 1] in _JOINTS and piece.text.isascii():
            end = next(_joined_ends(text, pieces, at, forms, registry), end + _is_tied(text, pieces, at))
        if end > at + 1:
            stop = pieces[end - 1].end
            piece = Piece("code", piece.start, stop, text[piece.start : stop])
        found.append(piece)
        at = end
    return found


def _joined_ends(
    text: str, pieces: Sequence[Piece], at: int, forms: dict[str, str], registry: Registry
) -> Iterator[int]:
    for end in range(min(len(pieces), at + _MOST_JOINED), at + 1, -1):
        parts = pieces[at:end]
        gaps = [text[one.end : two.start] for one, two in pairwise(parts)]
        if all(gap in _JOINTS for gap in gaps) and _known(
            text[parts[0].start : parts[-1].end], forms, registry
        ):
            yield end


def _known(text: str, forms: dict[str, str], registry: Registry) -> str | None:
    if text in forms:
        return forms[text]
    return next((form for form in number_forms(text) if form in registry.by_no), None)


def _token(pieces: Sequence[Piece], at: int, label: str, forms: dict[str, str], registry: Registry) -> Token:
    piece = pieces[at]
    digits = piece.text if _QUAD.fullmatch(piece.text) else ""
    if label == "digits" and _MOBILE.fullmatch(piece.text):
        digits = piece.text[-4:]
    known = _known(piece.text, forms, registry)
    return Token(
        piece.text, piece.start, label, digits, () if known is None or label == "digits" else (known,)
    )


def _is_tied(text: str, pieces: Sequence[Piece], at: int) -> bool:
    one, two = pieces[at], pieces[at + 1] if at + 1 < len(pieces) else None
    if two is None or one.kind != "code" or two.kind != "code" or not one.text.isalpha():
        return False
    return text[one.end : two.start] in ("-", "_")


def _labels(text: str, pieces: Sequence[Piece]) -> dict[int, str]:
    """Return what labels say of pieces (by place): the next number is meant, else the one before.

    Labels of different kinds in a row are a repeated question and mean nothing. Where two labels claim
    one number, none of them can be relied on.
    """
    found: dict[int, str] = {}
    doubted: set[int] = set()
    for at, piece in enumerate(pieces):
        if piece.kind not in ("no", "digits") or _is_heading(pieces, at):
            continue
        target = _target(text, pieces, at)
        if target is not None and found.setdefault(target, piece.kind) != piece.kind:
            doubted.add(target)
    return {} if doubted else found


def _is_heading(pieces: Sequence[Piece], at: int) -> bool:
    beside = (*pieces[max(0, at - 1) : at], *pieces[at + 1 : at + 2])
    return any(one.kind in _LABELS and one.kind != pieces[at].kind for one in beside)


def _target(text: str, pieces: Sequence[Piece], at: int) -> int | None:
    before, following = at - 1, at + 1
    while following < len(pieces) and (
        pieces[following].text in LINKS or pieces[following].kind == pieces[at].kind
    ):
        following += 1
    behind = following if following < len(pieces) and pieces[following].kind == "code" else None
    front = before if before >= 0 and pieces[before].kind == "code" else None
    if behind is None or front is None:
        return behind if front is None else front
    touches = pieces[front].end == pieces[at].start
    apart = (
        pieces[at].end < pieces[behind].start and text[pieces[at].end : pieces[behind].start].strip(" ") == ""
    )
    return front if touches and apart else behind
