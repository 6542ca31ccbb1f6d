"""A name's cell: the name as it is shown from now on, or why there is none."""

import re
from collections.abc import Collection

from config.phrases.imports import FIELDS
from regulation.cards.names import HAN, clean_name, name_key
from regulation.claims.words import SURNAMES
from services.imports.reading.words import cells as read
from services.imports.reading.words.noise import is_vacancy, lost_characters, status_in

_LIMIT = 200
# A name of none of these needs no second look.
_SUSPECT = re.compile(r"[空缺招聘待补虚定离辞退休职除解停拟无没未]|[^\w]|[\da-zA-Z_]")

_TWO = re.compile(rf"([{HAN}]{{2,3}})\s+([{HAN}]{{2,3}})")
_SEVERAL = re.compile(rf"[{HAN}]{{2,}}\s*[、,，;；/／]\s*[{HAN}]{{2,}}")


class NameReader:
    """Reads names. `statuses`: words that stand beside a name and are no part of it."""

    def __init__(self, statuses: Collection[str]) -> None:
        self._statuses = statuses
        self._known: dict[object, tuple[str, bool]] = {}

    def read(self, cell: object) -> tuple[str, bool]:
        """Return a cell's name, cleaned, and whether it stands there otherwise. Raises `CellFault`."""
        known = self._known.get(cell)
        if known is None:
            written = read.words(read.line_of(cell), FIELDS["name"], _LIMIT, required=True)
            name = clean_name(written)
            if name != written or _SUSPECT.search(name) is not None:
                self._check(name, written)
            known = self._known[cell] = (name, name != read.as_text(cell))
        return known

    def _check(self, name: str, written: str) -> None:
        if not name_key(name) or name.casefold() in read.NOTHING:
            raise read.fault("missing", field=FIELDS["name"])
        if lost_characters(name):
            raise read.fault("lost", field=FIELDS["name"], value=read.shown(name))
        if is_vacancy(name):
            raise read.fault("vacant", value=read.shown(name))
        if name.replace(".", "").isdecimal():
            raise read.fault("digits", value=read.shown(name))
        if _SEVERAL.search(name) is not None or _are_two(written):
            raise read.fault("names", value=read.shown(name))
        word = status_in(written, self._statuses)
        if word is not None:
            raise read.fault("status_in_name", value=read.shown(name), word=read.shown(word))


def _are_two(written: str) -> bool:
    """Tell whether a cell holds two whole names (张三 李四), and not one of a long surname (欧阳 娜娜)."""
    found = _TWO.fullmatch(written.strip())
    return (
        found is not None
        and found[1] not in SURNAMES
        and all(name[0] in SURNAMES or name[:2] in SURNAMES for name in found.groups())
    )
