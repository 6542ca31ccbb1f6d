"""The words of a line, read as the fields of a command. Never raises on any text."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from config.phrases import commands as phrases
from plugins.commands.model import Command, Field
from plugins.commands.words import SEPARATORS, Word, words_of
from services.talk import typed as fields

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_AFTER_IDS = "，,、；;。.：:！!"
_LONGEST_IDS = 60
# Goes on with the ids, written as nobody reads them: no reason.
_MORE_IDS = re.compile(r"[和及与跟同或][A-Za-z]?\d")
_ANYTHING = frozenset({"text", "scope", "department", "employee", "command"})
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a line can't be taken: one helpful line for the asker.

    `got`: how many fields were read that not any word would do for.
    """

    text: str
    got: int = 0


def read(command: Command, text: str, today: date) -> Mapping[str, object] | Wrong:
    """Return the values of `command`'s fields in `text`, or the one line that helps."""
    sorted_out = _assign(command, text, today)
    if isinstance(sorted_out, Wrong):
        return sorted_out
    values: dict[str, object] = {}
    got = 0
    for field, raw in sorted_out.items():
        value = _read_field(command, field, raw, today)
        if isinstance(value, Wrong):
            return Wrong(value.text, got)
        values[field.name] = value
        got += field.kind not in fields.LOOSE
    missing = next((field for field in command.fields if field.required and field.name not in values), None)
    if missing is not None:
        text = phrases.MISSING.format(field=missing.name, example=example_of(command))
        return Wrong(text, got)
    unused = _unused(command, sorted_out, values)
    return values if unused is None else Wrong(unused, got)


def _unused(command: Command, raw: Mapping[Field, str], values: Mapping[str, object]) -> str | None:
    """Say which field would count for nothing beside the others, or None."""
    for field in command.fields:
        if field.name not in values:
            continue
        beside = next((name for name in field.not_with if name in values), None)
        if beside is not None:
            word, example = _shown(raw[field]), example_of(command)
            return phrases.NOT_WITH.format(other=beside, word=word, example=example)
        if field.only_with is not None and values.get(field.only_with[0]) != field.only_with[1]:
            other, value = field.only_with
            return phrases.ONLY_WITH.format(field=field.name, other=other, value=value)
    return None


def _read_field(command: Command, field: Field, raw: str, today: date) -> object:
    limit = fields.LIMITS.get(field.kind)
    if limit is not None and len(raw) > limit:
        return Wrong(phrases.TOO_LONG.format(field=field.name, limit=limit))
    value = _value_of(field, raw, today)
    return value if value is not None else Wrong(_unreadable(command, field))


def _value_of(field: Field, raw: str, today: date) -> object | None:
    """Return what a field's words mean, or None; an id of a thing that this field isn't about is none."""
    value = fields.read(field.kind, raw, today)
    if not field.letters or not isinstance(value, tuple):
        return value
    found: tuple[tuple[str, int], ...] = value if field.kind == "items" else (value,)
    return value if all(letter in field.letters for letter, _ in found) else None


def _unreadable(command: Command, field: Field) -> str:
    """Say how a field is written; of an id, by the ids that this command takes."""
    example = example_of(command)
    if field.kind not in ("item", "items"):
        return phrases.UNREADABLE.format(field=field.name, kind=phrases.KINDS[field.kind], example=example)
    what = phrases.ITEM_OR.join(phrases.ITEMS[letter] for letter in field.letters) or phrases.INBOX_ITEM
    return phrases.UNREADABLE_ITEM.format(what=what, example=example)


class _Slots:
    """Words handed out to the fields of one command, in the order they were written."""

    def __init__(self, command: Command, named: set[str], today: date) -> None:
        self.command = command
        self.today = today
        self.taken: dict[Field, str] = {}
        self.open = [field for field in command.fields if field.name not in named]
        self.last: Field | None = None
        self.last_named = False

    def name(self, field: Field, text: str) -> None:
        self.taken[field] = text
        self.last, self.last_named = field, True

    def place(self, words: Sequence[Word], at: int) -> int:
        """Place the word at `at`; return how many words were used, 0 when it fits nowhere."""
        text = words[at].text
        if self.last is not None and self._continues(self.last, text):
            return self._append(self.last, text)
        for field in self.open:
            used = self._try(field, words, at)
            if used:
                self.open.remove(field)
                self.last, self.last_named = field, False
                return used
            if field.required:
                break
        if self.last is not None and (self.last.rest or self.last.kind in ("text", "scope")):
            return self._append(self.last, text)
        return 0

    def _continues(self, last: Field, text: str) -> bool:
        """Tell whether a word goes on with the field before it: a reason, or a list cut by spaces."""
        if last.rest:
            return True
        joined = self.taken[last][-1:] in SEPARATORS or text[:1] in SEPARATORS
        if last.kind == "items":
            return fields.read("items", text, self.today) is not None
        return last.kind == "scope" and bool(self.taken[last]) and joined

    def _append(self, field: Field, text: str) -> int:
        before = self.taken[field]
        cut = before[-1:] in SEPARATORS or text[:1] in SEPARATORS
        glue = "" if cut else "," if field.kind in ("scope", "items") else " "
        self.taken[field] = f"{before}{glue}{text}"
        return 1

    def _try(self, field: Field, words: Sequence[Word], at: int) -> int:
        text, used = words[at].text, 1
        nxt = words[at + 1] if at + 1 < len(words) else None
        lone = _LETTER.fullmatch(text) and field.kind in ("item", "items")
        if lone and nxt is not None and nxt.key is None:
            text, used = text + nxt.text, 2
        if field.required or self._suits(field, text):
            self.taken[field] = text
            return used
        return 0

    def _suits(self, field: Field, text: str) -> bool:
        """Tell whether a word may be this optional field: what is loose yields to a named text before it."""
        if field.kind in _ANYTHING:
            return not (self.last_named and self.last is not None and self.last.kind in ("text", "scope"))
        if len(text) > 40:
            return False
        value = _value_of(field, text, self.today)
        # A group's name is a name only behind `群=`: any word would do.
        return value is not None and not (field.kind == "group" and isinstance(value, str))


def _assign(command: Command, text: str, today: date) -> dict[Field, str] | Wrong:
    by_key = {name: field for field in command.fields for name in (field.name, *field.aliases)}
    words = _part_ids(command, _unglue(command, words_of(text, by_key), by_key), today)
    named = {by_key[word.key].name for word in words if word.key in by_key}
    slots = _Slots(command, named, today)
    seen: set[str] = set()
    at = 0
    while at < len(words):
        word = words[at]
        field = None if word.key is None else by_key.get(word.key)
        if field is not None:
            if field.name in seen:
                return Wrong(phrases.TWICE.format(field=field.name, example=example_of(command)))
            seen.add(field.name)
            slots.name(field, word.text)
            at += 1
            continue
        used = slots.place(words, at) if word.key is None else 0
        if used == 0:
            return _stray(command, word, by_key)
        at += used
    return slots.taken


def _unglue(command: Command, words: list[Word], by_key: Mapping[str, Field]) -> list[Word]:
    """Undo what looks like a key and isn't, inside a reason; part `豁免 123，C1，30，出差` at its commas."""
    if any(word.key in by_key for word in words if word.key is not None):
        known = words
    else:
        known = _part_at_commas(command, words)
    if not any(field.rest for field in command.fields):
        return known
    return [
        Word(f"{word.key}={word.text}") if word.key is not None and word.key not in by_key else word
        for word in known
    ]


def _part_ids(command: Command, words: list[Word], today: date) -> list[Word]:
    """Part `B5，没有必要` and `B5没有必要`, and `J1 J2，不认识`, where a reason may follow the ids."""
    ids = next((field for field in command.fields if field.kind in ("item", "items")), None)
    if ids is None or not any(field.rest for field in command.fields):
        return words
    for n, word in enumerate(words):
        if word.key is not None or word.quoted:
            return words
        if _value_of(ids, word.text, today) is None:
            return [*words[:n], *_ids_and_reason(ids, word, today, glued=n == 0), *words[n + 1 :]]
    return words


def _ids_and_reason(ids: Field, word: Word, today: date, *, glued: bool) -> Sequence[Word]:
    for at in range(min(len(word.text), _LONGEST_IDS), 1, -1):
        reason = word.text[at:].lstrip(_AFTER_IDS)
        parted = word.text[at : at + 1] in _AFTER_IDS or (glued and not _MORE_IDS.match(reason))
        if parted and _CHINESE.match(reason) and _value_of(ids, word.text[:at], today):
            return Word(word.text[:at]), Word(reason)
    return (word,)


def _part_at_commas(command: Command, words: list[Word]) -> list[Word]:
    """Part words at commas where a number, code, date or id is due in this place."""
    found: list[Word] = []
    for word in words:
        text = word.text
        while not word.quoted and word.key is None and len(found) < len(command.fields):
            field = command.fields[len(found)]
            head, comma, tail = _first_comma(text)
            if field.kind in fields.LOOSE or field.kind == "items" or not comma or not tail:
                break
            found.append(Word(head))
            text = tail
        if text or not found:
            found.append(Word(text, word.key, word.quoted))
    return found


def _first_comma(text: str) -> tuple[str, str, str]:
    at = next((i for i, sign in enumerate(text) if sign in SEPARATORS), -1)
    return (text, "", "") if at < 0 else (text[:at], text[at], text[at + 1 :])


def _stray(command: Command, word: Word, by_key: Mapping[str, Field]) -> Wrong:
    example = example_of(command)
    if word.key is None:
        return Wrong(phrases.EXTRA.format(word=_shown(word.text), example=example))
    # Only where somebody mistyped, so no start waits for it.
    from rapidfuzz.distance import OSA

    near = next((name for name in by_key if OSA.distance(name, word.key) <= 1), None)
    hint = phrases.NEAR_KEY.format(name=near) if near else ""
    return Wrong(phrases.UNKNOWN_KEY.format(key=_shown(word.key), near=hint, example=example))


def _shown(text: str) -> str:
    plain = "".join(ch for ch in text if unicodedata.category(ch)[0] != "C")
    return plain if len(plain) <= 12 else plain[:12] + "…"


def example_of(command: Command) -> str:
    """Return one line that would be taken."""
    if command.examples:
        return command.examples[0]
    parts = [command.name]
    for field in command.fields:
        if field.required:
            sample = phrases.SAMPLES[field.kind]
            parts.append(sample)
    return " ".join(parts)
