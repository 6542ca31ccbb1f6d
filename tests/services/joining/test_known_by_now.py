"""Who waits because nobody knew whose the QQ number is, is answered once somebody says so."""

import pytest

from db.queries.joining import requests
from regulation.policy import Mode
from services.app import App
from services.groups import modes
from services.joining import waiting
from services.people import grants, registry
from tests import company as co
from tests.services.cases.living import imported
from tests.services.inbox.asking import ask_to_join

pytestmark = pytest.mark.dialects


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    """A filed group, and somebody whom the registry could not tell from anybody."""
    made = await co.settle_in(app)
    await co.filed(app, scope={"everyone": True, "departments": [], "employee_nos": []})
    await registry.load(app)
    return made


async def answer(app: App, request_id: int) -> tuple[str, str | None]:
    async with app.database.reading() as tx:
        row = await requests.get(tx, request_id)
    assert row is not None
    return row.state, row.verdict if row.state == "answering" else None


@pytest.mark.parametrize("row", [1, 5, 6])
async def test_who_is_bound_by_admin_staff_is_let_in(app: App, qq: co.FakeQQ, row: int) -> None:
    request = await ask_to_join(app, row=row)
    assert await waiting.look_again(app) == 0
    assert (await grants.bind_by_staff(app, co.STRANGER, "A009", by=co.STAFF)).ok
    assert await waiting.look_again(app) == 1
    assert await answer(app, request) == ("answering", "approve")
    assert await waiting.look_again(app) == 0


async def test_whom_a_roster_names_as_gone_is_turned_away(app: App, qq: co.FakeQQ) -> None:
    request = await ask_to_join(app, row=1)
    await imported(app, ("A030", "冯小雨", "市场部", "离职", str(co.STRANGER), "2026-02-01"))
    await waiting.look_again(app)
    assert await answer(app, request) == ("answering", "reject")


async def test_a_wave_and_what_waits_for_people_by_the_table_still_waits(app: App, qq: co.FakeQQ) -> None:
    asked = [await ask_to_join(app, row=row) for row in (0, 8)]
    await grants.bind_by_staff(app, co.STRANGER, "A009", by=co.STAFF)
    assert await waiting.look_again(app) == 0
    assert [await answer(app, one) for one in asked] == [("waiting", None)] * 2


async def test_where_no_request_is_answered_it_still_waits(app: App, qq: co.FakeQQ) -> None:
    request = await ask_to_join(app, row=5)
    await modes.set_group_mode(app, co.GROUP, Mode.REMIND, by="10000")
    await grants.bind_by_staff(app, co.STRANGER, "A009", by=co.STAFF)
    assert await waiting.look_again(app) == 0
    assert await answer(app, request) == ("waiting", None)
