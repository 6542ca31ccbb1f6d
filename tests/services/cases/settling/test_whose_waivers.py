"""A waiver is the person's it was given to: by each QQ they have, by no QQ that somebody else has by now."""

import pytest

from db.queries.cases import waivers as rows
from db.queries.work import sources
from db.queries.work.sources import Said
from db.tables.groups import waivers as table
from regulation.duties import Code
from services.app import App
from services.cases.settling import waivers
from services.imports import apply, undoing
from services.imports.model import Preview
from services.people import grants, identities, registry, staff
from services.running import status
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.cases.living import stored

OLD, NEW, OTHER_ONE = "A009", "B109", "A005"
SECOND_QQ = 30099
pytestmark = pytest.mark.dialects


@pytest.fixture(autouse=True)
async def company(app: App) -> None:
    await co.settle_in(app)
    await bring(app, f"{NEW},郑平,采购部,在职,")


async def bring(app: App, *people: str) -> int:
    data = "\n".join(["工号,姓名,部门,状态,QQ", *people]).encode()
    made = await apply.preview_file(app, data, f"名册{people}.csv", by=str(co.ROOT), source="chat")
    assert isinstance(made, Preview)
    done = await apply.apply_import(app, made.id, by=str(co.ROOT))
    assert done.state == "applied", done.text
    return made.id


async def waive(app: App, qq: int = co.PLAIN, days: int = 9) -> None:
    answer = await waivers.waive(app, qq, Code.C1, days, "出差", by=co.ROOT)
    assert answer.ok, answer.text


async def let_off(app: App) -> set[int]:
    async with app.database.reading() as tx:
        found = await rows.running(tx, [co.GROUP], app.now())
    return {user_id for user_id, _ in found.get(co.GROUP, ())}


async def bind(app: App, qq: int, number: str, former: str | None = None) -> None:
    answer = await grants.bind_by_staff(app, qq, number, by=co.ROOT, former=former)
    assert answer.ok, answer.text


async def numbers(app: App) -> list[str | None]:
    return [number for _, number in await stored(app, table.c.id, table.c.employee_no)]


async def test_it_counts_for_each_qq_of_the_person_whenever_bound(app: App) -> None:
    await waive(app)
    await bind(app, SECOND_QQ, OLD)
    assert await let_off(app) == {co.PLAIN, SECOND_QQ}


async def test_the_next_holder_of_the_qq_has_none_and_the_person_has_it_by_a_new_one(app: App) -> None:
    await waive(app)
    await bind(app, co.PLAIN, OTHER_ONE)
    assert await let_off(app) == set()
    await bind(app, SECOND_QQ, OLD)
    assert await let_off(app) == {SECOND_QQ}


async def test_it_goes_with_the_person_to_another_employee_number_and_back(app: App) -> None:
    await waive(app)
    async with app.database.transaction() as tx:
        await sources.set_listed(tx, "ldap", dict.fromkeys((OLD, NEW), (Said.HERE, "entry-1")))
    await bind(app, co.PLAIN, NEW)
    assert (await let_off(app), await numbers(app)) == ({co.PLAIN}, [NEW])
    await bind(app, co.PLAIN, OLD)
    assert (await let_off(app), await numbers(app)) == ({co.PLAIN}, [OLD])


async def test_a_roster_takes_it_along_and_its_undo_takes_it_back(app: App) -> None:
    await waive(app)
    await staff.depart(app, OLD, by="terminal")
    import_id = await bring(app, f"{NEW},郑平,采购部,在职,{co.PLAIN}")
    assert (await let_off(app), await numbers(app)) == ({co.PLAIN}, [NEW])
    assert (await undoing.undo_import(app, import_id, by=str(co.ROOT))).ok
    assert (await let_off(app), await numbers(app)) == ({co.PLAIN}, [OLD])


@pytest.mark.parametrize("how", ["staff", "roster", "proof"])
async def test_one_of_an_unknown_qq_is_theirs_who_is_first_known_to_have_it(app: App, how: str) -> None:
    await waive(app, co.STRANGER)
    assert (await let_off(app), await numbers(app)) == ({co.STRANGER}, [None])
    if how == "staff":
        await bind(app, co.STRANGER, NEW)
    elif how == "roster":
        await bring(app, f"{NEW},郑平,采购部,在职,{co.STRANGER}")
    else:
        async with app.database.transaction() as tx:
            await identities.bind_new(app, tx, {co.STRANGER: NEW})
    assert (await let_off(app), await numbers(app)) == ({co.STRANGER}, [NEW])

    await bind(app, co.STRANGER, OTHER_ONE)
    assert await let_off(app) == set()


async def test_it_stays_with_its_qq_while_that_is_nobody_s(app: App) -> None:
    await waive(app)
    async with app.database.transaction() as tx:
        await identities.unbind(app, tx, co.PLAIN, by=str(co.ROOT))
    assert await let_off(app) == {co.PLAIN}


async def test_a_second_one_by_another_qq_takes_the_place_of_the_first(app: App) -> None:
    await waive(app)
    await bind(app, SECOND_QQ, OLD)
    await waive(app, SECOND_QQ, days=30)
    async with app.database.reading() as tx:
        [listed] = await rows.listed(tx, app.now())
    assert waivers.until_day(listed.until) == "2026-04-01"


async def test_its_end_is_told_to_the_person_and_not_to_who_has_the_qq_now(
    app: App, clock: StoppedClock
) -> None:
    await waive(app, days=2)
    await bind(app, co.PLAIN, OTHER_ONE)
    await bind(app, SECOND_QQ, OLD)
    await registry.refresh(app)
    before = len(await co.sent(app))
    clock.move(days=2)
    await waivers.end_waivers(app)
    told = (await co.sent(app))[before:]
    assert {to for _, to, text in told if text.startswith("提醒：您")} == {SECOND_QQ}
    assert all(f"郑平（QQ {SECOND_QQ}）" in text for _, _, text in told if text.startswith("豁免将到期"))
    lines = "\n".join(line for one in await status.sections(app) for line in one.lines)
    assert f"豁免：郑平（QQ {SECOND_QQ}）" in lines
