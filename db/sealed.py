"""Which tables the ledger seals, how a row is spelt for that, and what it asks: statements made once."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, func, select

from db.tables.cases import appeals, case_events, cases, penalties, removal_batches
from db.tables.groups import early_admissions, filings, waivers
from db.tables.identities import grants
from db.tables.requests import join_requests
from db.tables.work import audit_trail, spot_checks, spot_draws

SEALED: Mapping[str, Table] = {
    table.name: table
    for table in (
        appeals, audit_trail, case_events, cases, early_admissions, filings, grants, join_requests,
        penalties, removal_batches, spot_checks, spot_draws, waivers,
    )
}  # fmt: skip
# Not decided but noted, again and again: no part of what is sealed.
PASSING = {"cases": {"seen_at"}}
# Sealed as one: they have no number. Grants also go with another table's rows.
WHOLE = {"grants", "spot_draws"}
FOLLOWING = {"employees": "grants"}
# What is spelt as it is. Each row of every decision is spelt, so this and the encoder are made once.
_PLAIN = {str, int, bool, float, type(None)}
_NOTHING = set[str]()
_as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def key_of(table: Table) -> Any:
    """Return the column that numbers a table's rows."""
    (column,) = table.primary_key.columns
    return column


IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_NUMBERED = {name: (table, key_of(table)) for name, table in SEALED.items() if name not in WHOLE}
ROWS = {name: select(table).where(key.in_(IDS)) for name, (table, key) in _NUMBERED.items()}
GREATEST = {name: select(func.coalesce(func.max(key), 0)) for name, (_, key) in _NUMBERED.items()}
ABOVE = {name: select(key).where(key > bindparam("mark")) for name, (_, key) in _NUMBERED.items()}


def spelt(source: str, rows: Iterable[Mapping[Any, Any]]) -> bytes:
    """Return what rows of a table say, but for what is passing, in the one spelling that is sealed."""
    passing = PASSING.get(source, _NOTHING)
    said: list[dict[Any, Any]] = []
    for row in rows:
        kept = {name: value for name, value in row.items() if name not in passing} if passing else row
        said.append({name: v if type(v) in _PLAIN else _text_of(v) for name, v in kept.items()})
    return _as_json([source, said]).encode()


def _text_of(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    return value.hex() if isinstance(value, bytes) else value
