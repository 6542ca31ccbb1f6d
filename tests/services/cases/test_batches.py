"""Withheld removals: a yes or no is to those whom it still concerns."""

from dataclasses import replace

import pytest

from db.queries.cases import batches as rows
from regulation.policy import Safety
from services.app import App
from services.cases import batches, enforcing
from services.people import registry, staff
from tests.company import GROUP, HEAD, PLAIN, filed, members, settle_in

STRICT = Safety(max_removals=1, max_removal_ratio=0.1)


async def waiting(app: App) -> list[list[int]]:
    """Return whom each waiting batch is about."""
    async with app.database.reading() as tx:
        found = await rows.waiting(tx)
    return [sorted(one.user_id for one in batch.removals) for batch in found]


async def two_withheld(app: App) -> None:
    """Two leave at once, which is more than goes without asking."""
    qq = await settle_in(app)
    await filed(app, scope={"everyone": True, "departments": [], "employee_nos": []})
    await registry.load(app)
    qq.lists[GROUP] = members(plain=(PLAIN, HEAD))
    app.policy = replace(app.policy, safety=STRICT)
    for no in ("A009", "A001"):
        await staff.depart(app, no, app.now().date(), by="10000")
    await enforcing.run(app, [GROUP])


@pytest.mark.dialects
async def test_whoever_turns_out_to_belong_leaves_the_list(app: App) -> None:
    await two_withheld(app)
    await batches.lapse(app)
    assert await waiting(app) == [sorted((PLAIN, HEAD))]

    await staff.rehire(app, "A001", by="10000")
    await enforcing.run(app, [GROUP])
    await batches.lapse(app)
    assert await waiting(app) == [[PLAIN]]

    await staff.rehire(app, "A009", by="10000")
    await enforcing.run(app, [GROUP])
    await batches.lapse(app)
    assert await waiting(app) == []


@pytest.mark.dialects
async def test_what_somebody_settled_meanwhile_is_not_written_anew(app: App) -> None:
    await two_withheld(app)
    async with app.database.transaction() as tx:
        [batch] = await rows.waiting(tx)
        assert await rows.settle(tx, batch.id, "dropped", "10000", app.now())
        await rows.keep(tx, batch.id, batch.removals[:1])
    async with app.database.reading() as tx:
        kept = await rows.get(tx, batch.id)
    assert kept is not None
    assert kept.removals == batch.removals
