"""What chat said against what the roster says, and what follows an import."""

from datetime import date

import pytest

from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.people import employees, identities
from db.queries.work import imports as import_rows
from regulation.model import Member
from services.app import App
from services.imports import apply as imports
from services.people import registry, staff
from tests.services.imports.taking_over.rosters import THREE, crowd


async def test_a_later_date_from_chat_wins_and_is_shown(app, take, preview):
    await take(THREE)
    await staff.depart(app, "A001", date(2026, 3, 10), by="10000")
    made = await preview([["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-03-05"]])
    assert made.counts["conflict"] == 1
    assert "保留“2026-03-10 离职”" in made.text
    await imports.apply_import(app, made.id, by="terminal")
    assert app.registry.by_no["A001"].departed_on == date(2026, 3, 10)


@pytest.mark.dialects
async def test_a_later_date_from_the_roster_wins_and_is_shown(app, take, preview):
    await take(THREE)
    await staff.depart(app, "A001", date(2026, 3, 10), by="10000")
    made = await preview([["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-03-15"]])
    assert "改为“2026-03-15 离职”" in made.text
    await imports.apply_import(app, made.id, by="terminal")
    assert app.registry.by_no["A001"].departed_on == date(2026, 3, 15)


async def test_who_is_first_heard_of_as_having_left_on_probation_comes_back_on_probation(app, take, clock):
    headers = ("工号", "姓名", "部门", "状态", "转正日期", "离职日期")
    left = [
        ["A001", "王芳", "市场部", "离职", "2026-06-01", "2026-03-01"],
        ["A002", "李雷", "市场部", "离职", "2026-06-01", ""],
        ["A003", "韩梅", "市场部", "离职", "2026-02-01", "2026-03-01"],
        ["A004", "赵雨", "市场部", "离职", "", "2026-03-01"],
    ]
    await take(left, headers)
    for row in left:
        await staff.rehire(app, row[0], by="10000")
    today = clock.now().date()
    back = [app.registry.by_no[row[0]] for row in left]
    assert [one.status(today).value for one in back] == ["probation", "probation", "regular", "regular"]
    assert [one.status(date(2026, 6, 1)).value for one in back] == ["regular"] * 4


async def test_whose_departure_chat_denies_keeps_the_qq_that_hr_cleared(app, take):
    await take(THREE)
    await staff.depart(app, "A001", by="10000")
    await staff.rehire(app, "A001", by="10000")
    outcome = await take([["A001", "王芳", "市场部", "离职", "", "", ""]])
    assert (outcome.counts["conflict"], outcome.counts["qq_removed"]) == (1, 0)
    assert app.registry.qqs_of("A001") == (10001,)


async def test_a_roster_of_the_same_day_does_not_rehire_whom_chat_departed(app, take, clock):
    await take(THREE)
    await staff.depart(app, "A001", by="10000")
    outcome = await take(THREE)
    assert outcome.counts["conflict"] == 1
    assert app.registry.by_no["A001"].departed_on == clock.now().date()


async def test_a_roster_of_a_later_day_does(app, take, clock):
    await take(THREE)
    await staff.depart(app, "A001", by="10000")
    clock.move(days=1)
    outcome = await take(THREE)
    assert (outcome.counts["rehired"], outcome.counts["conflict"]) == (1, 1)
    assert app.registry.by_no["A001"].departed_on is None


async def test_a_rehiring_in_chat_stands_against_an_older_departure_in_the_roster(app, take):
    gone = [["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-02-20"]]
    await take(gone)
    await staff.rehire(app, "A001", by="10000")
    outcome = await take(gone)
    assert outcome.counts["conflict"] == 1
    assert app.registry.by_no["A001"].departed_on is None


@pytest.mark.dialects
async def test_a_transfer_in_chat_stands_for_that_day(app, take, clock):
    await take(THREE)
    await staff.transfer(app, "A001", "采购部", by="10000")
    await take(THREE)
    assert app.registry.by_no["A001"].department == "采购部"
    clock.move(days=1)
    outcome = await take(THREE)
    assert outcome.counts["transferred"] == 1
    assert app.registry.by_no["A001"].department == "市场部"


# What follows


async def test_groups_of_changed_people_are_looked_at(app, take, clock):
    await take(THREE)
    async with app.database.transaction() as tx:
        for group_id, user_id in ((700001, 10001), (700002, 10002), (700003, 99999)):
            await group_rows.put(tx, group_id, name="群")
            await memberships.put_members(tx, group_id, [Member(user_id)], clock.now(), whole=True)
    app.work_news.clear()
    await take([["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-03-02"]])
    async with app.database.reading() as tx:
        rows = await group_rows.get_many(tx)
    assert [rows[g].look_at is not None for g in (700001, 700002, 700003)] == [True, False, False]
    assert app.work_news.is_set()


async def test_keeps_who_when_hash_and_diff_and_no_rows(app, take):
    outcome = await take(THREE, by="10000", source="chat")
    async with app.database.reading() as tx:
        row = await import_rows.get(tx, outcome.import_id)
    assert row is not None
    assert (row.made_by, row.state, len(row.file_hash), row.rows) == (
        "10000",
        "applied",
        64,
        None,
    )
    assert row.diff
    assert row.undo


async def test_previewing_the_same_file_again_takes_the_place_of_the_first(app, preview, xlsx):
    data = xlsx(THREE)
    first, second = await preview(data), await preview(data)
    assert (await imports.apply_import(app, first.id, by="terminal")).state == "refused"
    assert (await imports.apply_import(app, second.id, by="terminal")).state == "applied"


@pytest.mark.dialects
@pytest.mark.parametrize("people", [1, 300])
async def test_another_process_sees_the_change(app, database, clock, take, people):
    other = App(app.settings, app.policy, database, phone_key=b"test key", clock=clock)
    await take(THREE)
    assert await registry.refresh(other)
    assert set(other.registry.by_no) == {"A001", "A002", "A003"}
    assert not await registry.refresh(other)
    clock.move(days=1)
    await take([["A001", "王芳", "采购部", "离职", 10009, "", "2026-03-01"], *crowd(people)])
    assert await registry.refresh(other)
    assert other.registry == app.registry
    whole = App(app.settings, app.policy, database, phone_key=b"test key", clock=clock)
    await registry.load(whole)
    for one in (other, app):
        assert one.registry.by_no == whole.registry.by_no
        assert one.registry.identities == whole.registry.identities
        assert one.registry.tree == whole.registry.tree
        assert {k: set(v) for k, v in one.registry.by_name.items()} == {
            k: set(v) for k, v in whole.registry.by_name.items()
        }
        assert one.registry.qqs_of("A001") == (10009,)
    assert whole.registry.as_of == app.registry.as_of
    async with app.database.reading() as tx:
        assert len(await employees.load_all(tx)) == 3 + people
        assert await identities.get(tx, 10001) is None
