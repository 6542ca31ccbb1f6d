"""Which sources are set, how often each is read, and what reads it: imported when it is first used."""

import importlib
from datetime import timedelta

from regulation.policy import Sources
from services.app import App
from services.imports.sources.model import Source, kind_of

_MODULES = {"folder": "folder", "ldap": "directory.source", "dingtalk": "dingtalk"}


def names(sources: Sources) -> list[str]:
    """Return the names of all sources that are read; SCIM isn't one: it is told."""
    found: list[str] = []
    if sources.ldap.url:
        found.append("ldap")
    if sources.dingtalk.app_key:
        found.append("dingtalk")
    if sources.folder.path:
        patterns = sources.folder.pattern
        found += ["folder"] if len(patterns) == 1 else [f"folder:{pattern}" for pattern in patterns]
    return found


def others(sources: Sources, name: str) -> list[str]:
    """Return which sources there are beside one; what isn't set any more says nothing, whatever it said."""
    pushed = ["scim"] if sources.scim.enabled else []
    return [one for one in (*names(sources), *pushed) if one != name]


def every(sources: Sources, name: str) -> timedelta:
    """Return how often a source is to be read."""
    kind = kind_of(name)
    if kind == "folder":
        return timedelta(minutes=sources.folder.every_minutes)
    return timedelta(hours=sources.ldap.every_hours if kind == "ldap" else sources.dingtalk.every_hours)


def open_source(app: App, name: str) -> Source:
    """Return what reads a source."""
    module = importlib.import_module(f"services.imports.sources.{_MODULES[kind_of(name)]}")
    return module.open_source(app, name)
