"""Names of people and departments: brought to one form for comparison, and cleaned to be shown.

One key serves cards, claims, search and rosters: spaces, dots, case and way of writing make no other person.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from regulation.cards.characters import RADICALS, folded

HAN = "\u3400-\u9fff\U00020000-\U0003ffff〇"
_DOTS = "·•‧∙⋅●･・᛫⸱⸳⸰ꞏ˙◦⦁ᐧㆍ∘⚫▪．。｡﹒․"
MARKS = {
    **dict.fromkeys(map(ord, _DOTS), "·"),
    **dict.fromkeys(map(ord, "’‘ʼʹ′＇`´‛ˈ"), "'"),
    **dict.fromkeys(map(ord, "‐‑"), "-"),
}
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_SPACES = re.compile(r"\s+")
_NO_NAME = re.compile(r"[\W_]+")
# A full stop between two characters that aren't Latin is a middle dot typed on another keyboard.
_LETTER = r"[^\W\d_a-zA-Z]"
_FULL_STOP = re.compile(rf"(?<={_LETTER})[ ]?\.[ ]?(?={_LETTER})")

_KANGXI = {code: ord(unicodedata.normalize("NFKC", chr(code))) for code in range(0x2F00, 0x2FD6)}
_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
_CLEAN = {**RADICALS, **_KANGXI, **_WIDE, **{code: "'" for code, mark in MARKS.items() if mark == "'"}}
_PLAIN = re.compile("[\u4e00-\u9fff]+")
_ALIGNED = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
_DOT = re.compile(rf"(?<={_LETTER}) ?[{_DOTS}.] ?(?={_LETTER})")

_BRACKETS = str.maketrans("【〔［〖「『《〈<{】〕］〗」』》〉>}", "(" * 10 + ")" * 10)
_BRACKETED = re.compile(r"\(([^()]*)\)")
_LATIN = re.compile(rf"[^\W_{HAN}]+(?:[ .'-]+[^\W_{HAN}]+)*")
_BEHIND_DASH = re.compile(rf"(..+)[-_/]([{HAN}])")


def fold(text: str) -> str:
    """Return `text` in NFKC, without invisible marks, simplified, case-folded, outer spaces trimmed."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    return plain.casefold() if plain.isascii() else folded(plain).casefold()


def name_text(text: str) -> str:
    """Return `text` folded, every middle dot and apostrophe as one, spaces kept: names are sought in it."""
    return _FULL_STOP.sub("·", fold(text.translate(MARKS)))


def is_dotted(name: str) -> bool:
    """Tell whether a name has parts with middle dots between them: 阿依古丽·买买提."""
    return "·" in name_text(name)


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Return the form in which two spellings of one person's name are equal: its letters and numbers."""
    return _NO_NAME.sub("", name_text(name))


@lru_cache(maxsize=8192)
def department_key(name: str) -> str:
    """Return the form in which two spellings of one department's name are equal."""
    return _SPACES.sub("", fold(name))


@lru_cache(maxsize=65536)
def clean_name(text: str) -> str:
    """Return a name as it is shown: what only aligns or can't be typed again is no part of it.

    `沈　思` is 沈思, a PDF's radical the character, `阿依古丽 . 买买提` has one middle dot.
    """
    if _PLAIN.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).translate(_CLEAN)
    return _ALIGNED.sub("", _DOT.sub("·", _SPACES.sub(" ", plain).strip()))


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name as keys: `whole`, and `bare` without the `marks` that tell namesakes apart or call by another
    name: `王伟(小)`, `王伟A`, `张三-小`, `Tony 张三`. Without marks, `bare` is the whole.

    Not `sure`: 大 or 小 may belong to the name (李伟大); it marks only beside somebody of the bare name.
    """

    whole: str
    bare: str
    marks: tuple[str, ...] = ()
    sure: bool = True


@lru_cache(maxsize=65536)
def parts_of(name: str) -> NameParts:
    """Return the parts of a name as HR or the person writes it."""
    whole = name_key(name)
    if len(whole) < 3:
        return NameParts(whole, whole)
    if _PLAIN.fullmatch(name):
        return _perhaps_marked(whole)
    text = name_text(name).translate(_BRACKETS)
    outside = _BRACKETED.sub(" ", text)
    marks = _BRACKETED.findall(text) if name_key(outside) else []
    rest = outside if marks else text
    if len(han := name_key(_LATIN.sub("", rest))) > 1:
        marks += _LATIN.findall(rest)
        rest = han if marks else rest
        if dashed := _BEHIND_DASH.fullmatch(rest.strip()):
            rest, marks = dashed[1], [dashed[2]]
    keys = tuple(key for mark in marks if (key := name_key(mark)))
    return NameParts(whole, name_key(rest), keys) if keys else _perhaps_marked(whole)


def keys_of(name: str) -> tuple[str, ...]:
    """Return the keys under which a name is found: the whole and, where it has marks, the bare one."""
    parts = parts_of(name)
    return (parts.whole,) if parts.bare == parts.whole else (parts.whole, parts.bare)


def forget_names() -> None:
    """Forget the keys of the names seen so far; the next look at each makes them anew."""
    for known in (name_key, clean_name, parts_of):
        known.cache_clear()


def _perhaps_marked(whole: str) -> NameParts:
    if whole[-1] in "大小":
        return NameParts(whole, whole[:-1], (whole[-1],), sure=False)
    if whole[0] in "大小":
        return NameParts(whole, whole[1:], (whole[0],), sure=False)
    return NameParts(whole, whole)
