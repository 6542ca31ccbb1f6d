"""What judgements rest on, worked out once for a policy and a registry: see `regulation.groups.settled`."""

import sys
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path

import regulation
from regulation.groups.settled import Names, People, common_ground
from regulation.policy import DepartmentNames, Policy
from regulation.registry import Registry
from services.app import App


@dataclass
class _Ground:
    """What was worked out for one policy and one registry, which never change once they are made."""

    code: str = field(default_factory=lambda: _code())
    policy: Policy | None = None
    called: DepartmentNames | None = None
    common: str = ""
    people: People | None = None
    names: Names = field(default_factory=lambda: Names({}))


def common(app: App, registry: Registry) -> str:
    """Return what the judging of all members of all groups rests on."""
    known = app.memory(_Ground)
    if known.policy is not app.policy or known.called is not registry.tree.names:
        known.common = common_ground(app.policy, registry.tree.names, known.code)
        known.policy, known.called = app.policy, registry.tree.names
    return known.common


def people(app: App, registry: Registry, day: date) -> People:
    """Return what a registry says of people on a day, kept until the run ends: its groups share people."""
    known = app.memory(_Ground)
    if known.people is None or known.people.registry is not registry or known.people.day != day:
        known.people = People(registry, day)
    return known.people


def forget_people(app: App) -> None:
    """Let go of what was looked up of people: a run has ended."""
    app.memory(_Ground).people = None


def names(app: App, registry: Registry) -> Names:
    """Return what people are called."""
    known = app.memory(_Ground)
    if not known.names.belongs_to(registry):
        known.names = Names(registry.by_name)
    return known.names


def _code() -> str:
    """Return what tells this build's judgements from another's: Python's own tables, and the core."""
    said = blake2b(sys.version.encode())
    for file in sorted(Path(regulation.__file__ or "").parent.rglob("*.py")):
        said.update(file.read_bytes())
    return said.hexdigest()
