"""A filing in review whose departments are called otherwise meanwhile: the same filing, by the new names."""

from datetime import date

import pytest

from db.queries.groups import filings
from db.queries.groups.filings import FilingRow
from regulation.model import FilingState, Kind
from regulation.policy import DepartmentNames
from services.app import App
from services.filing import hand_in, review
from services.filing.hand_in import Wish
from services.inbox import items
from services.people import grants, registry, renaming
from tests import company as co

WISH = Wish("市场部日常沟通", "市场部")
NEW = DepartmentNames(renamed={"市场部": "市场营销中心"})


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    qq = await co.settle_in(app)
    await renaming.take_up(app, DepartmentNames())
    await registry.load(app)
    return qq


async def row_of(app: App, filing_id: int) -> FilingRow:
    async with app.database.reading() as tx:
        found = await filings.get(tx, filing_id)
    assert found is not None
    return found


async def rename(app: App, names: DepartmentNames) -> None:
    assert await renaming.take_up(app, names) is None


@pytest.mark.parametrize("known", [True, False])
async def test_its_head_reviews_it_and_it_is_approved_by_the_new_name(
    app: App, qq: co.FakeQQ, known: bool
) -> None:
    assert (await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)).ok
    await rename(app, NEW)
    if not known:
        assert (await grants.unbind_by_staff(app, co.OWNER, by=co.ROOT)).ok
    async with app.database.reading() as tx:
        item = await items.find(app, tx, "B", 1)
    assert item is not None
    assert co.HEAD in item.settlers
    for by in (co.HEAD, co.STAFF):
        assert (await review.settle(app, 1, approve=True, by=by)).ok

    row = await row_of(app, 1)
    assert (row.scope.departments, row.department) == (("市场营销中心",), "市场营销中心")


async def test_the_same_handed_in_again_is_no_second_filing(app: App, qq: co.FakeQQ) -> None:
    assert (await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)).ok
    await rename(app, NEW)
    again = await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)

    assert not again.ok
    assert "B1" in again.text
    assert (await row_of(app, 1)).state is FilingState.WITH_HEAD


async def test_so_is_a_later_end_of_a_discussion_group(app: App, qq: co.FakeQQ) -> None:
    ends = date(2026, 4, 1)
    await co.filed(app, kind=Kind.DISCUSSION.value, issue="定价", ends_on=ends, initiator_id=co.OWNER)
    for names in (DepartmentNames(), NEW):
        await rename(app, names)
        asked = await hand_in.prolong(app, co.GROUP, date(2026, 4, 20), "还没谈完", by=co.OWNER)
        assert asked.ok is (names is not NEW)
    assert (await review.settle(app, 2, approve=True, by=co.HEAD)).ok
    assert (await row_of(app, 2)).department == "市场营销中心"
