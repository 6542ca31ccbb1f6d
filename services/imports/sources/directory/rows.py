"""From a directory's entries to the rows of a roster."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import chain
from typing import NamedTuple

from regulation.cards.names import name_key
from regulation.model import is_within
from services.imports.sources.directory.account import Attributes, expires_on, is_disabled
from services.imports.sources.directory.names import key_of

AD: Mapping[str, Sequence[str]] = {
    "employee_no": ("employeeID", "employeeNumber"),
    "name": ("displayName", "cn"),
    "department": ("department",),
    "title": ("title",),
    "manager": ("manager",),
    "phone": ("mobile",),
}
OPENLDAP: Mapping[str, Sequence[str]] = {
    "employee_no": ("employeeNumber",),
    "name": ("displayName", "cn"),
    "department": ("departmentNumber", "ou"),
    "title": ("title",),
    "manager": ("manager",),
    "phone": ("mobile",),
}
# What AD tells of an account beside the attributes of people.
ACCOUNT = ("userAccountControl", "accountExpires")
_ACCOUNT = frozenset(map(str.casefold, ACCOUNT))
# What stays the same for an entry, whatever else is changed in it: of AD, and of others.
ENTRY_IDS = ("objectGUID", "entryUUID")
_GUID, _UUID = map(str.casefold, ENTRY_IDS)
# Instead of an attribute: the organisational units above the entry.
OU_PATH = "dn"
LEFT = "离职"
_SEVERAL = frozenset({"qq", "also_in"})
_HEAD_FIELDS = frozenset({"manager", "is_head"})


class Entry(NamedTuple):
    """One person of a directory. `units`: the names of the units above, top first, below the base."""

    dn: str
    units: tuple[str, ...]
    attributes: Attributes


class Mapped(NamedTuple):
    """One entry's cells, and the entry. `dn`, `manager`: keys of names, to find who is whose manager.

    `entry_id`: the directory's own, "" where it tells none.
    """

    cells: dict[str, object]
    dn: str
    manager: str
    entry_id: str = ""


def attribute_map(is_ad: bool, own: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """Return field → attributes, of which the first that says something counts.

    `own`: as set; "" leaves a field out.
    """
    found = dict(AD if is_ad else OPENLDAP)
    found |= {name: (attribute,) for name, attribute in own.items()}
    return {name: names for name, names in found.items() if names != ("",)}


def wanted(names: Mapping[str, Sequence[str]], is_ad: bool) -> list[str]:
    """Return the attributes to ask for."""
    own = {attribute for attributes in names.values() for attribute in attributes} - {OU_PATH}
    guid, uuid = ENTRY_IDS
    return sorted(own | ({guid, *ACCOUNT} if is_ad else {uuid}))


class EntryMap:
    """Makes cells of entries. `names`: field → attributes; `today`: the day of the reading."""

    def __init__(self, names: Mapping[str, Sequence[str]], today: date) -> None:
        self._today = today.isoformat()
        # Few are the managers of many.
        self._managers = cache(key_of)
        self._attributes = [
            (name, [attribute.casefold() for attribute in attributes], name in _SEVERAL)
            for name, attributes in names.items()
        ]

    def mapped(self, entry: Entry) -> Mapped:
        """Return one entry's cells. Raises UnicodeDecodeError."""
        cells: dict[str, object] = {}
        told = entry.attributes
        for name, attributes, has_several in self._attributes:
            text = ""
            for attribute in attributes:
                if values := told.get(attribute):
                    text = _joined(values) if has_several else values[0].decode().strip()
                elif attribute == OU_PATH:
                    text = "/".join(entry.units)
                if text:
                    break
            cells[name] = text
        if not cells.get("department"):
            cells["department"] = "/".join(entry.units)
        cells.setdefault("departed_on", "")
        if not _ACCOUNT.isdisjoint(told):
            self._look_at_account(told, cells)
        manager = self._managers(str(cells.pop("manager", "")))
        return Mapped(cells, key_of(entry.dn), manager, _entry_id(told))

    def _look_at_account(self, attributes: Attributes, cells: dict[str, object]) -> None:
        expires = expires_on(attributes)
        cells["departed_on"] = cells["departed_on"] or expires
        if is_disabled(attributes):
            cells["status"] = LEFT
            # Switched off before its day: gone now.
            cells["departed_on"] = expires if expires and expires <= self._today else ""


def _entry_id(told: Attributes) -> str:
    if values := told.get(_UUID):
        return values[0].decode()[:100]
    values = told.get(_GUID)
    return values[0].hex()[:100] if values else ""


def _joined(values: Sequence[bytes]) -> str:
    return ";".join(value.decode().strip() for value in values)


def with_heads(rows: Sequence[Mapped], titles: Sequence[str]) -> Iterator[Mapping[str, object]]:
    """Give the rows' cells, with who heads a department where the directory names managers.

    Head is who is manager of somebody of the own department (or below it) and has no manager in it, or
    has one of the titles of heads.
    """
    if not any(row.manager for row in rows):
        yield from (row.cells for row in rows)
        return
    department = {row.dn: str(row.cells["department"]) for row in rows}
    leads: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        leads[row.manager].add(department[row.dn])
    keys, key_of = set(map(name_key, titles)), cache(name_key)
    for row in rows:
        own = department[row.dn]
        # Few are anybody's manager.
        is_head = row.dn in leads and department.get(row.manager) != own and _leads(own, leads[row.dn])
        is_head = is_head or key_of(str(row.cells.get("title", ""))) in keys
        row.cells["is_head"] = "是" if is_head else "否"
        yield row.cells


def _leads(own: str, others: Collection[str]) -> bool:
    """Tell whether one of these departments is somebody's own, or below it."""
    return any(is_within(other, own) for other in others)


def fields_of(names: Mapping[str, Sequence[str]], rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the fields that these rows speak of."""
    fields = [name for name in names if name not in _HEAD_FIELDS]
    said = set(chain.from_iterable(rows))
    return [*fields, *sorted(said - set(fields))]
