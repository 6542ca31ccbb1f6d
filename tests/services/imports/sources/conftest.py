"""A source that gives what a test says, through the real reader."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from db.queries.work import imports as import_rows
from db.queries.work import sources as source_rows
from regulation.policy import Policy
from services.app import App
from services.imports.reading.how import How
from services.imports.reading.listed import read_rows
from services.imports.reading.noted import Refusal
from services.imports.sources.model import Nothing, Pulled, Reading, SourceError
from services.imports.sources.pulling import pull

FIELDS = ("employee_no", "name", "department", "status", "departed_on")
Pull = Callable[..., Awaitable[Pulled]]


@dataclass
class Listed:
    """A source of rows as they would come from a directory; `entry`: its own id of one."""

    app: App
    name: str
    rows: Sequence[dict[str, Any]]
    how: dict[str, Any] = field(default_factory=dict)

    async def read(self) -> Reading | Nothing:
        fields = [name for name in FIELDS if any(name in row for row in self.rows)] or FIELDS
        how = How("roster", self.app.policy, self.app.phone_key, self.app.now().date())
        read = read_rows(self.rows, fields, how, [row.get("entry", "") for row in self.rows])
        if isinstance(read, Refusal):
            raise SourceError(read.reason)
        return Reading(read, **{"complete": True, "origin": "ldaps://dc1.xy.example", **self.how})


def crowd(numbers: Sequence[int], **other: str) -> list[dict[str, Any]]:
    """Return rows of invented people."""
    return [{"employee_no": f"B{n:03}", "name": f"员工{n}", "department": "市场部", **other} for n in numbers]


def all_set(policy: Policy) -> Policy:
    """Return the policy with every source that is read."""
    sources = policy.sources
    ldap = replace(sources.ldap, url="ldaps://dc1.xy.example")
    dingtalk, folder = replace(sources.dingtalk, app_key="key"), replace(sources.folder, path="/mnt/hr")
    return replace(policy, sources=replace(sources, ldap=ldap, dingtalk=dingtalk, folder=folder))


@pytest.fixture
def gives(app: App) -> Pull:
    """Pull from a source that gives these rows: `gives("ldap", rows)`."""
    app.policy = all_set(app.policy)

    async def work(name: str, rows: Sequence[dict[str, Any]], *, ask: bool = False, **how: Any) -> Pulled:
        return await pull(app, Listed(app, name, rows, how), ask=ask)

    return work


async def row_of(app: App, name: str):
    async with app.database.reading() as tx:
        return next(row for row in await source_rows.all_rows(tx) if row.source == name)


async def preview_of(app: App, import_id: int):
    async with app.database.reading() as tx:
        row = await import_rows.head(tx, import_id)
    assert row is not None
    return row.preview


def at_work(app: App):
    today = app.now().date()
    return sorted(no for no, one in app.registry.by_no.items() if not one.is_departed(today))


async def waiting(app: App):
    async with app.database.reading() as tx:
        return [one.id for one in await import_rows.waiting(tx)]
