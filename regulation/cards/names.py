"""Names of people and departments, brought to one form for comparison.

The form is for comparing only; what people see is always the original.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from opencc import OpenCC

_simplify = cast("Callable[[str], str]", OpenCC("t2s").convert)  # pyright: ignore[reportUnknownMemberType]
_MIDDLE_DOTS = dict.fromkeys(map(ord, "·•・‧∙⋅●･᛫⸱ꞏ．。・"), "·")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_SPACES = re.compile(r"\s+")
_FULL_STOP = re.compile(r"(?<=[^\W\d_a-zA-Z])[ ]?\.[ ]?(?=[^\W\d_a-zA-Z])")


def fold(text: str) -> str:
    """Return `text` in NFKC, without invisible marks, simplified, case-folded, outer spaces trimmed."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    return plain.casefold() if plain.isascii() else _simplify(plain).casefold()


def name_text(text: str) -> str:
    """Return `text` folded, with every middle dot as one and its spaces kept: what names are sought in.

    A full stop between two characters that aren't Latin is a middle dot typed on another keyboard.
    """
    return _FULL_STOP.sub("·", fold(text.translate(_MIDDLE_DOTS)))


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Return the form in which two spellings of one person's name are equal.

    Inner spaces go (`欧阳 娜娜`), every middle dot is one (`阿依古丽·买买提`).
    """
    return _SPACES.sub("", name_text(name))


@lru_cache(maxsize=8192)
def department_key(name: str) -> str:
    """Return the form in which two spellings of one department's name are equal."""
    return _SPACES.sub("", fold(name))
