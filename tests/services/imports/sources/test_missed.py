"""Who is listed by a row that can't be used is neither at work nor gone by it, until they are listed no more."""

import pytest

from db.queries.work import sources as source_rows
from db.queries.work.sources import Said
from services.imports import undoing
from services.imports.sources.model import Outcome
from services.people import staff
from tests.services.imports.sources.conftest import crowd

OTHERS = crowd(range(1, 20))
(ONE,) = crowd([0])
# Each of them lists B000, and none can be used.
UNUSABLE = {
    "a faulty name": ONE | {"name": "长" * 201},
    "no number": ONE | {"employee_no": ""},
    "a faulty number": ONE | {"employee_no": "B 000"},
}
unusable = pytest.mark.parametrize("row", UNUSABLE.values(), ids=UNUSABLE.keys())


async def said(app, source="ldap"):
    async with app.database.reading() as tx:
        return (await source_rows.said_of(tx, source, ["B000"])).get("B000")


def is_here(app):
    return not app.registry.by_no["B000"].is_departed(app.now().date())


@unusable
async def test_who_is_listed_unusably_stays_until_they_are_listed_no_more(app, gives, clock, row):
    await gives("ldap", [ONE, *OTHERS])
    for _ in range(2):
        clock.move(hours=6)
        await gives("ldap", [row, *OTHERS])
        assert (is_here(app), await said(app)) == (True, Said.MISSED)
    await gives("ldap", OTHERS)
    assert (is_here(app), await said(app)) == (False, Said.ABSENT)


@unusable
async def test_who_can_be_read_again_is_as_before(app, gives, row):
    await gives("ldap", [ONE, *OTHERS])
    await gives("ldap", [row, *OTHERS])
    assert (await gives("ldap", [ONE, *OTHERS])).outcome is Outcome.UNCHANGED
    assert await said(app) is Said.HERE


async def test_who_was_never_read_but_listed_is_missed_by_name_only_where_they_are_known(app, gives, take):
    await take([["B000", "员工0", "市场部", "正式", "", "", ""]])
    await gives(
        "ldap", [UNUSABLE["a faulty name"], ONE | {"employee_no": "B777", "name": "长" * 201}, *OTHERS]
    )
    assert await said(app) is Said.MISSED
    async with app.database.reading() as tx:
        assert "B777" not in await source_rows.said_of(tx, "ldap", None)
    await gives("ldap", OTHERS)
    assert not is_here(app)


async def test_a_namesake_without_a_number_says_nothing_of_whom_the_source_never_had(app, gives, take):
    await take([["B000", "员工0", "市场部", "正式", "", "", ""]])
    await gives("ldap", [UNUSABLE["no number"], *OTHERS])
    assert await said(app) is None
    await gives("ldap", OTHERS)
    assert is_here(app)


@unusable
async def test_an_unusable_row_does_not_make_a_directory_bring_back_whom_others_let_go(
    app, gives, clock, row
):
    await gives("ldap", [ONE, *OTHERS])
    await staff.depart(app, "B000", by="terminal")
    clock.move(days=2)
    await gives("ldap", [row, *OTHERS])
    await gives("ldap", [ONE, *OTHERS])
    assert not is_here(app)


@unusable
@pytest.mark.parametrize("left", [[ONE | {"status": "离职"}], []], ids=["closed", "missing"])
async def test_nor_keeps_it_from_bringing_back_whom_it_had_let_go(app, gives, clock, row, left):
    await gives("ldap", [ONE | {"status": ""}, *OTHERS])
    await gives("ldap", [*left, *OTHERS])
    clock.move(days=2)
    await gives("ldap", [row, *OTHERS])
    assert not is_here(app)
    await gives("ldap", [ONE | {"status": ""}, *OTHERS])
    assert is_here(app)


@unusable
async def test_the_unusable_count_for_no_third_that_is_missing(app, gives, row):
    await gives("folder", crowd(range(9)))
    rows = [row, *crowd(range(3, 9), department="采购部")]
    assert (await gives("folder", rows)).outcome is Outcome.APPLIED


@unusable
async def test_whom_one_source_lists_unusably_another_does_not_let_go(app, gives, row):
    await gives("ldap", [ONE, *OTHERS])
    await gives("dingtalk", [ONE, *OTHERS])
    await gives("ldap", [row, *OTHERS])
    await gives("dingtalk", OTHERS)
    assert is_here(app)


@unusable
async def test_an_undo_brings_back_what_was_said(app, gives, row):
    await gives("ldap", [ONE, *OTHERS])
    pulled = await gives("ldap", [row, *OTHERS, *crowd([30])])
    assert await said(app) is Said.MISSED
    await undoing.undo_import(app, pulled.import_id, by="terminal")
    assert await said(app) is Said.HERE
