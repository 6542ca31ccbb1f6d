"""Searching what SCIM senders told: what they look up by is found by index, all else by walking."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from scim2_models import Path, Resource, SearchRequest
from scim2_models.path import CompareOperator, Comparison

from db.engine import Transaction
from db.queries.people import scim as rows
from db.queries.people.scim import Told
from services.imports.sources.scim.people import ENTERPRISE
from services.imports.sources.scim.schema import EnterpriseUser, User

Shown = Callable[[Told], Resource[Any]]
# Attribute → the column that finds it. What senders ask before they create or change somebody.
_INDEXED = {
    "username": "user_name",
    "externalid": "external_id",
    f"{ENTERPRISE}:employeenumber".lower(): "employee_no",
}


def compared(name: str, value: str) -> str:
    """Return a value of a user's attribute in the form in which it is compared."""
    binding: Any = Path[User[EnterpriseUser]](name).resolve()
    return str(binding.comparable(value))


async def find(
    tx: Transaction, kinds: Sequence[str], asked: SearchRequest[Any], shown: Shown
) -> tuple[int, list[Resource[Any]]]:
    """Return how many resources match, and those of the page asked for."""
    start = asked.start_index_0 or 0
    if asked.filter is None:
        total, page = await rows.page(tx, kinds, start, asked.count)
        return total, [shown(told) for told in page]
    found = await _matching(tx, kinds, asked.filter, shown)
    end = None if asked.count is None else start + asked.count
    return len(found), found[start:end]


async def _matching(tx: Transaction, kinds: Sequence[str], asked: Any, shown: Shown) -> list[Resource[Any]]:
    def of_them(part: Sequence[Told]) -> list[Resource[Any]]:
        return [resource for told in part if asked.match(resource := shown(told))]

    indexed = _indexed(kinds, asked)
    if indexed is not None:
        return of_them(await rows.where_equal(tx, kinds[0], *indexed))
    found: list[Resource[Any]] = []
    async for part in rows.walk(tx, kinds):
        found += await asyncio.to_thread(of_them, part)
    return found


def _indexed(kinds: Sequence[str], asked: Any) -> tuple[str, str] | None:
    """Return column and value of a filter that is one comparison with `eq` of what has an index."""
    node = asked.ast
    if list(kinds) != ["User"] or not isinstance(node, Comparison):
        return None
    if node.op != CompareOperator.eq or not isinstance(node.value, str):
        return None
    name = str(node.attr_path).removeprefix("urn:ietf:params:scim:schemas:core:2.0:User:")
    column = _INDEXED.get(name.lower())
    if column is None:
        return None
    return column, compared(name, node.value)
