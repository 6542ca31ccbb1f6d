"""All tables of the database, one file a theme."""

from db.tables import (
    cases,
    console,
    dingtalk,
    groups,
    identities,
    ledger,
    registry,
    requests,
    scim,
    sources,
    work,
)
from db.tables.base import metadata

__all__ = [
    "cases",
    "console",
    "dingtalk",
    "groups",
    "identities",
    "ledger",
    "metadata",
    "registry",
    "requests",
    "scim",
    "sources",
    "work",
]
