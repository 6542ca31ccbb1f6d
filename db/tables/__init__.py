"""All tables of the database, one file a theme."""

from db.tables import cases, groups, identities, registry, requests, work
from db.tables.base import metadata

__all__ = ["cases", "groups", "identities", "metadata", "registry", "requests", "work"]
