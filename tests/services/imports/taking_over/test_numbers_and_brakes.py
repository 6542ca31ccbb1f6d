"""QQ numbers that a roster brings and takes, and departures that need a word."""

import pytest

from regulation.policy import Policy, Safety
from services.imports import apply as imports
from services.imports.model import Accepted
from services.people import identities as identity_services
from tests.services.imports.taking_over.rosters import THREE, crowd


@pytest.mark.parametrize(("status", "on"), [("离职", ""), ("离职", "2026-03-01"), ("正式", "2026-12-31")])
async def test_who_leaves_keeps_the_qq_that_hr_cleared(app, take, status, on):
    await take(THREE)
    row = ["A001", "王芳", "市场部", status, "", "", on]
    for outcome in (await take([row]), await take([row, THREE[1]])):
        assert outcome.counts["qq_removed"] == 0
        assert app.registry.qqs_of("A001") == (10001,)
    await take([[*row[:4], 10009, "", on]])
    assert app.registry.qqs_of("A001") == (10009,)
    await take([["A001", "王芳", "市场部", "正式", "", "", ""]])
    assert app.registry.qqs_of("A001") == ()


async def test_takes_qq_numbers_away_that_the_roster_no_longer_lists(app, take):
    await take(THREE)
    outcome = await take([["A002", "李雷", "市场部/华东组", "试用", 10002, "13800000002", ""]])
    assert outcome.counts["qq_removed"] == 1
    assert app.registry.qqs_of("A002") == (10002,)
    assert app.registry.qqs_of("A001") == (10001,)


async def test_a_proved_qq_stays_though_the_roster_does_not_list_it(app, take):
    await take(THREE)
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    await take(THREE)
    assert app.registry.qqs_of("A003") == (30003,)


async def test_a_qq_proved_by_another_is_an_error_of_its_row_alone(app, take, preview):
    await take(THREE)
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    made = await preview(
        [
            ["A001", "王芳", "市场部", "正式", "10001;30003", "13800000001", ""],
            ["A009", "新人", "市场部"] + [""] * 4,
        ]
    )
    assert [fault.row for fault in made.faults] == [2]
    await imports.apply_import(app, made.id, by="terminal")
    assert app.registry.identities[30003].employee_no == "A003"
    assert "A009" in app.registry.by_no


async def test_a_roster_qq_moves_with_the_roster(app, take):
    await take(THREE)
    await take([["A003", "韩梅", "采购部", "正式", 10001, "", ""]])
    assert app.registry.identities[10001].employee_no == "A003"
    assert app.registry.qqs_of("A001") == ()


@pytest.mark.dialects
async def test_too_many_departures_need_the_exact_number(app, take, preview):
    await take(crowd(60))
    made = await preview(crowd(7, "离职"))
    assert any(one.holds for one in made.brakes)
    assert (await imports.apply_import(app, made.id, by="terminal")).state == "confirm"
    wrong = await imports.apply_import(app, made.id, by="terminal", accepted=Accepted(6))
    assert wrong.state == "refused"
    assert not any(one.departed_on for one in app.registry.by_no.values())
    assert (await imports.apply_import(app, made.id, by="terminal", accepted=Accepted(7))).state == "applied"


async def test_in_chat_a_second_word_applies(app, take, preview):
    await take(crowd(60))
    made = await preview(crowd(7, "离职"))
    first = await imports.settle_import(app, made.id, approve=True, by=10000)
    assert not first.ok
    assert "7 人" in first.text
    assert "员工3（B003）" in first.text
    assert (await imports.settle_import(app, made.id, approve=True, by=10000)).ok


async def test_a_few_departures_need_one_word(app, take, preview):
    await take(crowd(60))
    made = await preview(crowd(6, "离职"))
    assert (await imports.settle_import(app, made.id, approve=True, by=10000)).ok


async def test_the_limit_may_be_a_number(app, take, preview):
    await take(crowd(60))
    app.policy = Policy(safety=Safety(import_departures=0))
    made = await preview(crowd(1, "离职"))
    assert any(one.holds for one in made.brakes)


async def test_people_new_and_departed_at_once_are_no_new_departures(preview):
    made = await preview(crowd(40, "离职"))
    assert (made.counts["added"], made.counts["departed"]) == (40, 0)
    assert not any(one.holds for one in made.brakes)
