"""From what a SCIM sender told of a user to a person of the registry."""

from collections.abc import Collection, Mapping
from typing import Any

from config.phrases.imports import FIELDS
from regulation.claims.proofs import hash_digits
from services.imports.reading import cells as read
from services.imports.reading.noted import CellFault

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_PERSONAL = ("mobile", "work", "")


def number_of(body: Mapping[str, Any]) -> str | None:
    """Return a user's employee number: employeeNumber, else externalId; None where neither can be one."""
    for value in (body.get(ENTERPRISE, {}).get("employeeNumber"), body.get("externalId")):
        if value and value.strip():
            try:
                return read.number(value, FIELDS["employee_no"])
            except CellFault:
                return None
    return None


def name_of(body: Mapping[str, Any]) -> str:
    """Return a user's name: displayName, else the name, in the order of its language."""
    parts: Mapping[str, Any] = body.get("name") or {}
    family, given = parts.get("familyName") or "", parts.get("givenName") or ""
    joined = f"{given} {family}" if (family + given).isascii() else family + given
    return (body.get("displayName") or parts.get("formatted") or joined).strip()


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


def _phones(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = body.get("phoneNumbers") or []
    return [{"value": "", **entry} for entry in listed]


def _kind(entry: Mapping[str, Any]) -> str:
    return (entry.get("type") or "").lower()
