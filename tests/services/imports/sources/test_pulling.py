"""What a source gives goes through the import of a roster file: diff, brakes, preview, trail, undo."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.queries.work import imports as import_rows
from services import trail
from services.imports import apply as imports
from services.imports import undoing
from services.imports.sources.model import Outcome
from services.people import staff
from tests.services.imports.sources.conftest import at_work, crowd, row_of, waiting


async def test_a_first_pull_applies_by_itself_and_is_an_import_like_any_other(app, gives):
    pulled = await gives("ldap", crowd(range(12)))
    assert (pulled.outcome, pulled.people) == (Outcome.APPLIED, 12)
    assert len(at_work(app)) == 12
    row = await row_of(app, "ldap")
    assert (row.outcome, row.people, row.import_id, row.running_by) == ("applied", 12, pulled.import_id, None)
    assert row.good_at == app.now()
    assert (await trail.verify(app)).misfit is None
    undone = await undoing.undo_import(app, pulled.import_id, by="terminal")
    assert undone.state == "undone"
    assert app.registry.by_no == {}


async def test_nothing_new_makes_no_import_and_keeps_the_registry_fresh(app, gives, clock):
    first = await gives("ldap", crowd(range(12)))
    clock.move(days=40)
    again = await gives("ldap", crowd(range(12)))
    assert again.outcome is Outcome.UNCHANGED
    assert app.registry.as_of == app.now()
    # What stands before can still be undone: nothing was applied after it.
    assert (await undoing.undo_import(app, first.import_id, by="terminal")).state == "undone"


async def test_a_row_that_cannot_be_read_is_said_where_nothing_changes(app, gives):
    await gives("ldap", crowd(range(12)))
    pulled = await gives("ldap", [*crowd(range(11)), *crowd([11], name="长" * 201)])
    assert pulled.outcome is Outcome.UNCHANGED
    assert "错误 1（第 12 行：工号 B011：姓名超过 200 个字）" in pulled.text


async def test_a_directory_whose_numbers_lost_their_zeros_checks_nobody_and_departs_nobody(app, gives, clock):
    (one,) = crowd([1])
    await gives("ldap", [one | {"employee_no": "007"}])
    clock.move(days=1)
    pulled = await gives("ldap", [one | {"employee_no": "7"}])
    assert pulled.outcome is Outcome.FAILED
    assert "007" in pulled.text
    await gives("ldap", [one | {"employee_no": "7"}, *crowd([2])])
    assert at_work(app) == ["007", "B002"]


async def test_who_is_missing_from_a_directory_that_listed_them_has_left(app, gives, clock):
    await gives("ldap", crowd(range(40)))
    clock.move(hours=6)
    pulled = await gives("ldap", crowd(range(2, 40)))
    assert pulled.outcome is Outcome.APPLIED
    assert "离职 2" in pulled.text
    assert at_work(app) == [f"B{n:03}" for n in range(2, 40)]


async def test_whom_the_directory_never_listed_is_only_reported(app, gives, take):
    await take([["A001", "张三", "市场部", "正式", "", "", ""]])
    pulled = await gives("ldap", crowd(range(10)))
    assert "未列出 1" in pulled.text
    assert "A001" in at_work(app)


@pytest.mark.parametrize(
    "how", [{"complete": False, "why_incomplete": "第 3 页没有来"}, {"everybody": False}]
)
async def test_only_a_complete_reading_says_who_has_left(app, gives, how):
    await gives("ldap", crowd(range(10)))
    pulled = await gives("ldap", crowd(range(1, 9), department="采购部"), **how)
    assert "B000" in at_work(app)
    if "complete" in how:
        assert (pulled.outcome, app.registry.by_no["B001"].department) == (Outcome.FAILED, "市场部")
        assert "第 3 页没有来" in ((await row_of(app, "ldap")).reason or "")


async def test_an_empty_answer_is_a_failure(app, gives, clock):
    await gives("ldap", crowd(range(10)))
    clock.move(hours=6)
    pulled = await gives("ldap", [])
    assert pulled.outcome is Outcome.FAILED
    assert len(at_work(app)) == 10
    row = await row_of(app, "ldap")
    assert row.good_at == app.now() - timedelta(hours=6)


async def test_an_account_of_the_same_name_without_a_number_keeps_its_person(app, gives):
    await gives("ldap", crowd(range(20)))
    lost = {**crowd([0])[0], "employee_no": ""}
    pulled = await gives("ldap", [lost, *crowd(range(1, 20))])
    assert "B000" in at_work(app)
    assert pulled.outcome is Outcome.UNCHANGED


async def test_a_third_fewer_people_waits_with_their_names(app, gives):
    await gives("folder", crowd(range(30)))
    pulled = await gives("folder", crowd(range(10, 30), department="采购部"))
    assert pulled.outcome is Outcome.WAITING
    assert app.registry.by_no["B011"].department == "市场部"
    first = await imports.settle_import(app, pulled.import_id, approve=True, by=10000)
    assert "上次有、这次没有的有 10 人" in first.text
    assert "员工3（B003）" in first.text
    assert (await imports.settle_import(app, pulled.import_id, approve=True, by=10000)).ok
    assert app.registry.by_no["B011"].department == "采购部"


async def test_too_many_departures_wait_and_are_not_asked_anew_at_each_pull(app, gives):
    await gives("ldap", crowd(range(60)))
    first = await gives("ldap", crowd(range(8, 60)))
    again = await gives("ldap", crowd(range(8, 60)))
    assert (first.outcome, again.outcome) == (Outcome.WAITING, Outcome.WAITING)
    assert first.import_id == again.import_id
    newer = await gives("ldap", crowd(range(9, 60)))
    async with app.database.reading() as tx:
        assert [one.id for one in await import_rows.waiting(tx)] == [newer.import_id]


async def test_what_a_source_says_no_more_waits_no_more(app, gives):
    await gives("ldap", crowd(range(60)))
    await gives("ldap", crowd(range(8, 60)))
    assert (await gives("ldap", crowd(range(60)))).outcome is Outcome.UNCHANGED
    assert await waiting(app) == []


async def test_what_was_turned_down_takes_the_place_of_what_waits(app, gives):
    await gives("ldap", crowd(range(60)))
    first = await gives("ldap", crowd(range(8, 60)))
    await imports.settle_import(app, first.import_id, approve=False, by=10000)
    assert (await gives("ldap", crowd(range(9, 60)))).outcome is Outcome.WAITING
    assert (await gives("ldap", crowd(range(8, 60)))).outcome is Outcome.REFUSED
    assert await waiting(app) == []


async def test_what_was_turned_down_is_not_asked_again(app, gives):
    await gives("ldap", crowd(range(60)))
    first = await gives("ldap", crowd(range(8, 60)))
    await imports.settle_import(app, first.import_id, approve=False, by=10000)
    assert (await gives("ldap", crowd(range(8, 60)))).outcome is Outcome.REFUSED
    assert len(at_work(app)) == 60


async def test_what_was_undone_is_asked_before_it_is_done_again(app, gives):
    await gives("ldap", crowd(range(20)))
    moved = await gives("ldap", crowd(range(1, 20)))
    await undoing.undo_import(app, moved.import_id, by="terminal")
    assert "B000" in at_work(app)
    again = await gives("ldap", crowd(range(1, 20)))
    assert again.outcome is Outcome.WAITING
    assert "B000" in at_work(app)


@pytest.mark.parametrize("by_policy", [True, False])
async def test_it_can_be_asked_each_time(app, gives, by_policy):
    if by_policy:
        app.policy = replace(app.policy, sources=replace(app.policy.sources, apply="ask"))
    pulled = await gives("ldap", crowd(range(3)), ask=not by_policy)
    assert pulled.outcome is Outcome.WAITING
    assert app.registry.by_no == {}


async def test_an_open_account_brings_nobody_back_whom_others_let_go(app, gives, clock):
    await gives("ldap", crowd(range(10)))
    await staff.depart(app, "B003", by="terminal")
    clock.move(days=2)
    await gives("ldap", crowd(range(10)))
    assert "B003" not in at_work(app)


@pytest.mark.parametrize("gone", [{"status": "离职"}, None])
async def test_whom_a_directory_let_go_it_brings_back(app, gives, clock, gone):
    left = [{**crowd([3])[0], "status": "离职"}] if gone else []
    await gives("ldap", [*crowd(range(3), status=""), *crowd(range(4, 10), status=""), *left])
    if gone is None:
        await gives("ldap", crowd(range(10), status=""))
        await gives("ldap", [*crowd(range(3), status=""), *crowd(range(4, 10), status="")])
    clock.move(days=2)
    assert "B003" not in at_work(app)
    await gives("ldap", crowd(range(10), status=""))
    assert "B003" in at_work(app)


async def test_a_rehired_person_whom_a_directory_lacks_stays(app, gives, clock):
    await gives("ldap", crowd(range(20)))
    await gives("ldap", crowd(range(1, 20)))
    clock.move(days=1)
    await staff.rehire(app, "B000", by="terminal")
    await gives("ldap", crowd(range(1, 20)))
    assert "B000" in at_work(app)
