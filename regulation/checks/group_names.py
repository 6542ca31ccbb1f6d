"""Group names, brought to one form for comparison, and the names reserved to the company."""

import re
from functools import lru_cache

from regulation.cards.names import fold
from regulation.policy import Company

_SPACES = re.compile(r"\s+")
_LETTER = "a-z\u00df-\u024f"


def plain_name(name: str) -> str:
    """Return the form in which two spellings of one group name are equal: folded, without spaces."""
    return _SPACES.sub("", fold(name))


def reserved_word(name: str, company: Company) -> str | None:
    """Return the company's word that a group name holds (`XY` or a member company's), else None.

    Spaces and invisible marks inside the word don't hide it (`X Y`, `ＸＹ`, `xy`). A word that
    begins or ends with a Latin letter must be whole there (`TAXY` holds none; `3XY群` does).
    """
    folded = fold(name)
    words = dict.fromkeys((*company.keywords, company.name))
    return next((word for word in words if (look := _pattern(word)) and look.search(folded)), None)


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str] | None:
    letters = _SPACES.sub("", fold(word))
    if not letters:
        return None
    before, after = _boundary(letters[0]), _boundary(letters[-1])
    body = r"\s*".join(map(re.escape, letters))
    return re.compile((f"(?<!{before})" if before else "") + body + (f"(?!{after})" if after else ""))


def _boundary(edge: str) -> str:
    if re.fullmatch(f"[{_LETTER}]", edge):
        return f"[{_LETTER}]"
    return "[0-9]" if edge.isdecimal() else ""
