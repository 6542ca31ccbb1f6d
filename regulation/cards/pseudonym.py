"""Taking one person out of what was written down: number, QQ numbers and name give way to a pseudonym.

Pure. What is stored is text and JSON; where it is about somebody else, it must stay as it is.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from regulation.cards.names import MARKS, name_key

NOBODY = 0
# A number as short as this is also a year, a day or an amount: it counts only where it is called a number.
_SHORT = 4
_NUMBER_KEY = re.compile(r"(?:^|_)(?:no|nos|employee|employees|subject|liable|before)$")
_NO_PERSON = frozenset({"group_id", "group", "groups", "id", "case_id", "import_id", "account", "row"})
_CALLED = ("（", "(", "工号", "工号 ", "工号:", "工号：", "工号: ", "工号： ")
# What people write, or leave out, between the characters of a name.
_JOINT = r"[\s.'" + "".join(map(chr, MARKS)) + "-]*"
_WORD = "A-Za-z0-9_"


@dataclass(frozen=True)
class Forgotten:
    """Who is to be forgotten. `longer`: names of others that hold this name; `namesakes`: others bear it."""

    employee_no: str
    qqs: frozenset[int]
    name: str
    alias: str
    longer: tuple[str, ...] = ()
    namesakes: bool = False

    def mentioned_in(self, value: Any) -> bool:
        """Tell whether a stored value holds the employee number or one of the QQ numbers."""
        return self._replaced(value, "", by_name=False) != value

    def masked(self, value: Any, key: str = "", *, by_name: bool = True) -> Any:
        """Return a stored value (under `key`) with the pseudonym in place of number, QQ numbers and name.

        A QQ number by itself becomes 0, in a list of numbers it goes.
        """
        return self._replaced(value, key, by_name=by_name)

    @property
    def words(self) -> tuple[str, ...]:
        """Return texts of which one stands in whatever is about this person."""
        return (*self._number_words, *map(str, sorted(self.qqs)), self.name, name_key(self.name))

    @cached_property
    def is_short(self) -> bool:
        """Tell whether the employee number alone says nothing of what it is."""
        return self.employee_no.isdecimal() and len(self.employee_no) <= _SHORT

    @property
    def _number_words(self) -> tuple[str, ...]:
        number = self.employee_no
        if not self.is_short:
            return (number,)
        return (f'"{number}"', *(f"{called}{number}" for called in _CALLED))

    @cached_property
    def _numbers(self) -> re.Pattern[str]:
        number = re.escape(self.employee_no)
        before = r"(?P<kept>工号\s*[:：]?\s*|[（(])" if self.is_short else f"(?P<kept>(?<![{_WORD}]))"
        forms = [f"{before}{number}(?![{_WORD}])"]
        if self.qqs:
            qqs = "|".join(map(str, sorted(self.qqs)))
            forms.append(f"(?<![{_WORD}])(?:{qqs})(?![{_WORD}])")
        return re.compile("|".join(forms), re.IGNORECASE)

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        key = name_key(self.name)
        if len(key) < 2:
            return None
        spelt = _JOINT.join(map(re.escape, key))
        spelt = f"(?:{re.escape(self.name)}|{spelt})"
        if key.isascii():
            spelt = f"(?<![{_WORD}]){spelt}(?![{_WORD}])"
        others = "|".join(sorted(map(re.escape, self.longer), key=len, reverse=True))
        kept = f"(?P<kept>{others})|" if others else "(?P<kept>(?!))|"
        return re.compile(f"{kept}{spelt}", re.IGNORECASE)

    def _replaced(self, value: Any, key: str, *, by_name: bool) -> Any:
        if isinstance(value, str):
            return self._text(value, key, by_name=by_name)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return NOBODY if value in self.qqs and key not in _NO_PERSON else value
        if isinstance(value, Mapping):
            parts = cast("Mapping[Any, Any]", value)
            return {
                self._replaced(name, key, by_name=by_name): self._replaced(part, str(name), by_name=by_name)
                for name, part in parts.items()
            }
        if isinstance(value, list | tuple):
            return self._list(cast("Sequence[Any]", value), key, by_name=by_name)
        return value

    def _list(self, items: Sequence[Any], key: str, *, by_name: bool) -> list[Any]:
        if key not in _NO_PERSON and items and all(type(item) is int for item in items):
            return [item for item in items if item not in self.qqs]
        return [self._replaced(item, key, by_name=by_name) for item in items]

    def _text(self, text: str, key: str, *, by_name: bool) -> str:
        if self.is_short and text == self.employee_no:
            return self.alias if _NUMBER_KEY.search(key) else text
        plain = self._numbers.sub(self._pseudonym, text)
        if not by_name or self._names is None:
            return plain
        return self._names.sub(lambda found: found["kept"] or self.alias, plain)

    def _pseudonym(self, found: re.Match[str]) -> str:
        return (found["kept"] or "") + self.alias


def holds_any(words: Collection[str]) -> Callable[[str], bool]:
    """Return what tells whether a text holds one of `words`, whatever its case."""
    found = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    return lambda text: found.search(text) is not None
