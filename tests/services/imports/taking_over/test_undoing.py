"""Undo restores exactly, but for what was said since."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.imports import undoing
from services.imports.known import some_people
from services.people import identities as identity_services
from services.people import staff
from tests.services.imports.taking_over.rosters import THREE, everything


@pytest.mark.dialects
async def test_undo_restores_exactly(app, take, clock):
    await take(THREE)
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    await take([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    before = await everything(app)
    clock.move(hours=1)
    outcome = await take(
        [
            ["A001", "王芳", "采购部", "离职", "", "13900000009", "2026-03-02"],
            ["A002", "李小雷", "财务部/核算组", "正式", "10002;10001", "", ""],
            ["A003", "韩梅", "采购部", "试用", "10003", "", ""],
            ["A004", "林涛", "新部门", "正式", 10004, "", ""],
        ],
        full=True,
    )
    assert await everything(app) != before
    undone = await undoing.undo_import(app, outcome.import_id, by="terminal")
    assert undone.state == "undone"
    assert await everything(app) == before
    assert app.registry.qqs_of("A002") == (10002, 10003)


@pytest.mark.dialects
async def test_undo_keeps_what_chat_said_since(app, take):
    await take(THREE)
    outcome = await take([["A001", "王芳芳", "市场部", "正式", 10001, "13800000001", ""]])
    await staff.depart(app, "A001", date(2026, 3, 1), by="10000")
    await undoing.undo_import(app, outcome.import_id, by="terminal")
    person = app.registry.by_no["A001"]
    assert (person.name, person.departed_on) == ("王芳", date(2026, 3, 1))


async def test_undo_takes_new_people_out_again_with_what_they_proved_since(app, take):
    outcome = await take(THREE)
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    await undoing.undo_import(app, outcome.import_id, by="terminal")
    assert app.registry.by_no == {}
    assert app.registry.identities == {}
    assert app.registry.as_of is None


async def test_undo_is_refused_after_a_later_import_and_goes_backwards(app, take):
    first = await take(THREE)
    second = await take(THREE[:1])
    refused = await undoing.undo_import(app, first.import_id, by="terminal")
    assert (refused.state, f"I{second.import_id}" in refused.text) == ("refused", True)
    assert (await undoing.undo_import(app, second.import_id, by="terminal")).state == "undone"
    assert (await undoing.undo_import(app, first.import_id, by="terminal")).state == "undone"
    assert (await undoing.undo_import(app, first.import_id, by="terminal")).state == "refused"


@pytest.mark.dialects
@pytest.mark.parametrize("days", [0, 5])
async def test_undo_keeps_a_departure_that_chat_has_told_too(app, take, clock, days):
    await take(THREE)
    outcome = await take([["A001", "王芳", "市场部", "离职", 10001, "13800000001", ""]])
    on = clock.now().date() + timedelta(days=days)
    answer = await staff.depart(app, "A001", on, by="10000")
    assert answer.ok is (days > 0)
    await undoing.undo_import(app, outcome.import_id, by="terminal")
    assert app.registry.by_no["A001"].departed_on == on
    async with app.database.reading() as tx:
        known = await some_people(tx, {"A001"})
    assert known["A001"].departure_known_on == clock.now().date()


async def test_undo_keeps_at_work_whom_chat_called_back_too(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-02-20"]])
    clock.move(days=1)
    outcome = await take(THREE)
    assert app.registry.by_no["A001"].departed_on is None
    await staff.rehire(app, "A001", by="10000")
    await undoing.undo_import(app, outcome.import_id, by="terminal")
    assert app.registry.by_no["A001"].departed_on is None


async def test_undo_brings_back_whom_it_departed_though_chat_had_called_them_back_before(app, take, clock):
    await take(THREE)
    await staff.depart(app, "A001", by="10000")
    await staff.rehire(app, "A001", by="10000")
    clock.move(days=1)
    app.policy = replace(app.policy, registry=replace(app.policy.registry, missing_means_departed=True))
    outcome = await take(THREE[1:], full=True)
    assert app.registry.by_no["A001"].departed_on == clock.now().date()
    await undoing.undo_import(app, outcome.import_id, by="terminal")
    assert app.registry.by_no["A001"].departed_on is None
