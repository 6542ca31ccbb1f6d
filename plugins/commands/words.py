"""A line as written, parted: the command's name, and the words behind it. Never raises on any text."""

import re
from collections.abc import Collection
from dataclasses import dataclass

SLASHES = ("/", "／")
SEPARATORS = "，,、；;"
_NAME = re.compile(r"\s*([^\s，,、；;：:。.!！?？=＝“”\"「」]+)[，,、；;：:。.!！?？~～]*")
_GLUED = re.compile(r"([\u4e00-\u9fff]+)([A-Za-zＡ-Ｚａ-ｚ]\s*[0-9０-９].*)", re.DOTALL)
_KEY = re.compile(r"([\u4e00-\u9fffA-Za-z]{1,12})([=＝:：])")
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "”": "”"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written: `key` when it is `键=值`, `text` without quotes."""

    text: str
    key: str | None = None
    quoted: bool = False


def split_name(text: str) -> tuple[str, str]:
    """Return the first word, without `/` and punctuation, and all that follows it."""
    plain = text.strip()
    if plain[:1] in SLASHES:
        plain = plain[1:]
    found = _NAME.match(plain)
    if found is None:
        return "", plain
    name, rest = found[1], plain[found.end() :].strip()
    glued = _GLUED.fullmatch(name)
    return (glued[1], f"{glued[2]} {rest}".strip()) if glued else (name, rest)


def words_of(text: str, names: Collection[str]) -> list[Word]:
    """Split at white space; quotes hold words together; `键=` marks a named field.

    So does `键：` where `键` is one of `names`: `工号:A001` in a scope and a colon in a sentence do not.
    A comma before one of `names` parts as white space does.
    """
    gap = re.compile(rf"\s|[{SEPARATORS}]\s*(?=(?:{'|'.join(names)})[=＝:：])" if names else r"\s")
    found: list[Word] = []
    at = 0
    while at < len(text):
        space = gap.match(text, at)
        if space is not None:
            at = space.end()
            continue
        key = _KEY.match(text, at)
        if key is not None and key[2] in ":：" and key[1] not in names:
            key = None
        start = key.end() if key else at
        end, value, quoted = _value(text, start, gap)
        found.append(Word(value, key[1] if key else None, quoted))
        at = end
    return found


def _value(text: str, at: int, gap: re.Pattern[str]) -> tuple[int, str, bool]:
    closing = _QUOTES.get(text[at : at + 1])
    if closing is not None:
        end = text.find(closing, at + 1)
        if end > at:
            return end + 1, text[at + 1 : end], True
    found = gap.search(text, at)
    end = len(text) if found is None else found.start()
    return end, text[at:end], False
