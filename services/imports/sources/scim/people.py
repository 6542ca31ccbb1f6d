"""From what a SCIM sender told of a user to a person of the registry."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from config.phrases.imports import FIELDS
from db.engine import Transaction
from db.queries.people.scim import News
from regulation.claims.digits import hash_digits
from services.app import App
from services.imports.known import KnownPerson, some_people
from services.imports.reading.how import How
from services.imports.reading.listed import ListedRoster, read_people
from services.imports.reading.noted import CellFault, Refusal
from services.imports.reading.person import Person, Roster
from services.imports.reading.words import cells as read

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_PERSONAL = ("mobile", "work", "")


async def read_told(app: App, tx: Transaction, told: Sequence[News]) -> ListedRoster | Refusal:
    """Return what was told as a roster's rows are read: each speaks of what its sender said, and no more."""
    known = await some_people(tx, {one.employee_no or "" for one in told}, standing=True)
    known |= await some_people(tx, {one.employee_no or "" for one in told if _leaves_open(one)})
    how = How("roster", app.policy, app.phone_key, app.now().date())

    def as_read() -> ListedRoster | Refusal:
        phones = {one.employee_no: phone_hash_of(one.body, one.employee_no) for one in told}
        cells = [cells_of(one, known.get(one.employee_no or ""), phones[one.employee_no]) for one in told]
        roster = read_people(cells, None, how)
        if isinstance(roster, Refusal):
            return roster
        _put_phones(roster, phones)
        return ListedRoster(roster)

    return await asyncio.to_thread(as_read)


def _leaves_open(told: News) -> bool:
    """Tell whether of somebody who is at work the registry's own row counts beside what was told."""
    said_all = name_of(told.body) and _extension(told.body).get("department")
    return not said_all or (told.status_news and not told.active)


def cells_of(told: News, known: KnownPerson | None, phone_hash: str | None) -> dict[str, object]:
    """Return the cells of a user. Where a sender says no name or no department, the registry's stays.

    `known`: may be None of somebody at work of whom everything needed was told.
    """
    department = _extension(told.body).get("department")
    cells: dict[str, object] = {
        "employee_no": told.employee_no,
        "name": name_of(told.body) or (known.name if known else ""),
        "department": department or (known.department if known else ""),
    }
    if told.body.get("title"):
        cells["title"] = told.body["title"]
    if phone_hash is not None:
        # A column of its own kind: the digits are gone, the hash is put there after reading.
        cells["phone"] = ""
    if told.status_news and told.active is not None:
        cells |= _status(told, known)
    return cells


def _status(told: News, known: KnownPerson | None) -> dict[str, object]:
    """Return what `active` says: of somebody at work not whether on probation, and no second departure."""
    if told.active:
        return {"status": known.employment} if known else {}
    was = None if known is None else known.departed_on
    if was is not None and told.left_on is not None and was <= told.left_on:
        return {"status": "departed"}
    return {"status": "departed", "departed_on": told.left_on}


def _put_phones(roster: Roster, hashes: Mapping[str | None, str | None]) -> None:
    columns = list(zip(*roster.people, strict=True))
    numbers, at = columns[Person._fields.index("employee_no")], Person._fields.index("phone_hash")
    columns[at] = tuple(map(hashes.get, numbers))
    roster.people = list(map(Person._make, zip(*columns, strict=True)))


def number_of(body: Mapping[str, Any]) -> str | None:
    """Return a user's employee number: employeeNumber, else externalId; None where neither can be one."""
    for value in (_extension(body).get("employeeNumber"), body.get("externalId")):
        if value and value.strip():
            try:
                return read.number(value, FIELDS["employee_no"])
            except CellFault:
                return None
    return None


def says_number(body: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Tell whether an employee number is said at all; `before`: by what it was said until now."""
    said = _extension(body).get("employeeNumber")
    if not said and not _extension(before).get("employeeNumber"):
        said = body.get("externalId")
    return bool(said and said.strip())


def with_number_of(body: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of somebody, with the employee number as it was said before."""
    number = _extension(before).get("employeeNumber")
    schemas = dict.fromkeys([*(body.get("schemas") or ()), ENTERPRISE])
    extension = {**_extension(body), "employeeNumber": number}
    kept = {**body, "schemas": list(schemas), ENTERPRISE: extension}
    return kept if number else {**kept, "externalId": before.get("externalId")}


def name_of(body: Mapping[str, Any]) -> str:
    """Return a user's name: displayName, else the name, in the order of its language."""
    if shown := body.get("displayName"):
        return shown.strip()
    parts: Mapping[str, Any] = body.get("name") or {}
    family, given = parts.get("familyName") or "", parts.get("givenName") or ""
    joined = f"{given} {family}" if (family + given).isascii() else family + given
    return (parts.get("formatted") or joined).strip()


def phone_hash_of(body: Mapping[str, Any], number: str | None) -> str | None:
    """Return the keyed hash of a user's mobile or work phone, if it was kept for this employee number."""
    kept = {
        _kind(entry): entry["value"].rpartition("#") for entry in reversed(_phones(body)) if entry["value"]
    }
    for kind in _PERSONAL:
        of, _, digest = kept.get(kind, ("", "", ""))
        if digest and of == number:
            return digest
    return None


def keep_hashes(key: bytes, number: str | None, body: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Put keyed hashes in place of phone numbers: nothing that could be called is kept.

    `before`: what was kept; what stands there comes back with a PATCH of something else.
    """
    kept = {str(entry["value"]) for entry in _phones(before)}
    phones = [_hashed(key, number, entry, kept) for entry in _phones(body)]
    body["phoneNumbers"] = [entry for entry in phones if entry is not None] or None


def _hashed(
    key: bytes, number: str | None, entry: Mapping[str, Any], kept: Collection[str]
) -> dict[str, Any] | None:
    value, kind = entry["value"], _kind(entry)
    if value in kept:
        return {"type": kind or None, "value": value} if value.startswith(f"{number}#") else None
    try:
        digits = read.phone_digits(value)
    except CellFault:
        return None
    if not digits or number is None:
        return None
    return {"type": kind or None, "value": f"{number}#{hash_digits(key, number, digits)}"}


def _extension(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return body.get(ENTERPRISE) or {}


def _phones(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = body.get("phoneNumbers") or []
    return [{"value": "", **entry} for entry in listed]


def _kind(entry: Mapping[str, Any]) -> str:
    return (entry.get("type") or "").lower()
