"""Binding whom the join gate found proved, once the answer is on its way: nobody in QQ waits for that.

The request's own row says that it is to be done (`to_bind`), written with the verdict; what a crash
or a fault of the database left undone is done by `make_good`.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from db.engine import Transaction
from db.queries.groups import memberships
from db.queries.joining import requests as rows
from db.queries.people import identities as identity_rows
from regulation.claims.identity import Identity
from regulation.claims.proofs import Claim, read_claim
from regulation.registry import Registry
from services import followup
from services.app import App
from services.joining.heard import Heard
from services.people import identities, registry

LINGER_SECONDS = 0.2
_AT_ONCE = 500
log = logging.getLogger("qungui")


@dataclass(frozen=True, slots=True)
class Proved:
    """A request whose comment proved that its asker is this employee."""

    request_id: int
    group_id: int
    user_id: int
    employee_no: str | None


def about(registry: Registry, part: Sequence[Heard]) -> tuple[set[int], dict[str, Claim]]:
    """Return the QQ numbers that may prove something, and what their comments claim, by the comment."""
    strangers = [heard for heard in part if heard.user_id not in registry.identities]
    comments = {heard.comment for heard in strangers}
    return {heard.user_id for heard in strangers}, {one: read_claim(one, registry) for one in comments}


def bind_soon(app: App, proved: Sequence[Proved]) -> None:
    """Have these people bound with whoever else is proved within a moment; `app.unbound` until then."""
    for one in proved:
        if one.employee_no is not None:
            app.unbound[one.user_id] = one.employee_no
        app.batch("proofs", _bind, linger=LINGER_SECONDS).later(one, _not_bound)


async def all_bound(app: App) -> None:
    """Wait until everybody proved so far is bound, or is left to `make_good`."""
    await app.batch("proofs", _bind, linger=LINGER_SECONDS).drained()


async def _bind(app: App, proved: Sequence[Proved]) -> Sequence[None]:
    """Bind these people, here and in the database, and have the groups looked at that they are in."""

    async def write(tx: Transaction) -> tuple[int, list[Identity]]:
        return await _write(app, tx, proved)

    try:
        version, bound = await app.database.run(write, durable=False)
        if bound:
            await registry.bound_here(app, bound, version)
    finally:
        for one in proved:
            app.unbound.pop(one.user_id, None)
    return [None] * len(proved)


def _not_bound(error: BaseException) -> None:
    """The request's row still says that it is to be done."""
    log.warning("a proved identity is bound later: %s", type(error).__name__)


async def make_good(app: App) -> int:
    """Bind whoever was proved and not bound; return how many requests that concerned."""

    async def look(tx: Transaction) -> list[Proved]:
        return [Proved(*row) for row in await rows.to_bind(tx, _AT_ONCE)]

    left = await app.database.run(look, writes=False)
    if left:
        await registry.refresh(app)
        await _bind(app, left)
    return len(left)


async def _write(app: App, tx: Transaction, proved: Sequence[Proved]) -> tuple[int, list[Identity]]:
    """Bind those who may still be bound; return the registry's version and who is bound now."""
    now = app.now()
    await rows.bound(tx, [one.request_id for one in proved])
    numbers = {one.employee_no for one in proved if one.employee_no is not None}
    await identities.hold(tx, (), numbers)
    taken = {one.employee_no for one in await identity_rows.load_of(tx, numbers)}
    wanted: dict[int, str] = {}
    for one in proved:
        no = one.employee_no
        if no is not None and no not in taken and _may_be_bound(app, no):
            wanted[one.user_id] = no
            taken.add(no)
    if not wanted:
        return app.registry.version, []
    version, new = await identities.bind_new(app, tx, wanted)
    # The groups they asked for look by themselves at who comes in.
    asked = {(one.group_id, one.user_id) for one in proved}
    inside = await memberships.present(tx, new) if new else set[tuple[int, int]]()
    await followup.groups_changed(app, tx, {group_id for group_id, _ in inside - asked})
    return version, [Identity(user_id, wanted[user_id], "proof", now) for user_id in new]


def _may_be_bound(app: App, employee_no: str) -> bool:
    person = app.registry.by_no.get(employee_no)
    return person is not None and identities.why_not_bind(app, person) is None
