"""Whose number changes in a source that knows them by an id of its own: told, and settled by staff."""

from typing import Any

import pytest

from db.queries.work import imports as import_rows
from services.imports import apply as imports
from services.imports import undoing
from services.imports.sources.model import Outcome
from services.people import staff
from tests.services.imports.sources.conftest import crowd

DIRECTORIES = pytest.mark.parametrize("source", ["ldap", "dingtalk"])


def entries(*numbers: int, **renumbered: str) -> list[dict[str, Any]]:
    """Return rows of people with their entries; `B001="B101"`: the entry that was B001's has another number."""
    rows = [row | {"entry": f"id-{row['employee_no']}"} for row in crowd(numbers)]
    return [row | {"employee_no": renumbered.get(row["employee_no"], row["employee_no"])} for row in rows]


def at_work(app):
    today = app.now().date()
    return {no for no, one in app.registry.by_no.items() if not one.is_departed(today)}


def numbers(*of: int) -> set[str]:
    return {f"B{n:03}" for n in of}


async def shown(app, pulled):
    async with app.database.reading() as tx:
        row = await import_rows.head(tx, pulled.import_id)
    assert row is not None
    return row.preview


@DIRECTORIES
async def test_the_old_number_stays_and_is_told_until_staff_settle_it(app, gives, clock, source):
    await gives(source, entries(*range(20)))
    clock.move(hours=6)
    pulled = await gives(source, entries(*range(20), B001="B101"))
    assert pulled.outcome is Outcome.APPLIED
    assert at_work(app) == numbers(*range(20), 101)
    assert "员工1（B001）→ B101" in await shown(app, pulled)
    assert "工号变更 1" in pulled.text
    for _ in range(2):
        clock.move(hours=6)
        again = await gives(source, entries(*range(20), B001="B101"))
        assert (again.outcome, at_work(app)) == (Outcome.UNCHANGED, numbers(*range(20), 101))
        assert "工号变更 1" in again.text
    await staff.depart(app, "B001", by="terminal")
    clock.move(days=1)
    settled = await gives(source, entries(*range(20), B001="B101"))
    assert "工号变更" not in settled.text
    assert at_work(app) == numbers(0, 101, *range(2, 20))


async def test_who_is_gone_after_they_were_renumbered_is_gone_under_both(app, gives, clock):
    await gives("ldap", entries(*range(20)))
    await gives("ldap", entries(*range(20), B001="B101"))
    clock.move(days=1)
    await gives("ldap", entries(0, *range(2, 20)))
    assert at_work(app) == numbers(0, *range(2, 20))


async def test_another_person_under_the_old_number_is_no_renumbering(app, gives):
    await gives("ldap", entries(*range(20)))
    rows = [row | {"entry": f"new-{row['employee_no']}"} for row in entries(*range(19), 30)]
    pulled = await gives("ldap", rows)
    assert "工号变更" not in pulled.text
    assert at_work(app) == numbers(*range(19), 30)


async def test_two_who_swap_their_numbers_keep_what_they_had(app, gives, clock):
    await gives("ldap", entries(*range(20)))
    for _ in range(2):
        clock.move(hours=6)
        pulled = await gives("ldap", entries(*range(20), B001="B002", B002="B001"))
        assert pulled.outcome is Outcome.UNCHANGED
        assert "错误 2" in pulled.text
        assert [app.registry.by_no[no].name for no in ("B001", "B002")] == ["员工1", "员工2"]
    await gives("ldap", entries(0, *range(2, 20)))
    assert at_work(app) == numbers(0, *range(2, 20))


async def test_a_number_that_is_a_colleagues_is_not_taken_from_them(app, gives, take):
    await take([["B101", "王芳", "市场部", "正式", "", "", ""]])
    await gives("ldap", entries(*range(20)))
    pulled = await gives("ldap", entries(*range(20), B001="B101"))
    assert "B101" in pulled.text
    assert (app.registry.by_no["B101"].name, "B001" in at_work(app)) == ("王芳", True)


async def test_a_number_that_is_known_for_the_same_person_is_taken(app, gives, take):
    await gives("ldap", entries(*range(20)))
    await take([["B101", "员工1", "采购部", "正式", "", "", ""]])
    pulled = await gives("ldap", entries(*range(20), B001="B101"))
    assert ("错误 1" in pulled.text, app.registry.by_no["B101"].department) == (False, "市场部")


async def test_an_entry_that_lost_its_number_is_known_by_its_id(app, gives):
    await gives("ldap", entries(*range(20)))
    rows = [
        row | {"name": "改了名"} if row["employee_no"] == "" else row for row in entries(*range(20), B001="")
    ]
    for _ in range(2):
        await gives("ldap", rows)
        assert "B001" in at_work(app)
    await gives("ldap", entries(0, *range(2, 20)))
    assert "B001" not in at_work(app)


async def test_a_whole_company_renumbered_waits(app, gives):
    await gives("ldap", entries(*range(40)))
    pulled = await gives("ldap", entries(*range(40), **{f"B{n:03}": f"C{n:03}" for n in range(20)}))
    assert (pulled.outcome, at_work(app)) == (Outcome.WAITING, numbers(*range(40)))
    asks = await imports.settle_import(app, pulled.import_id, approve=True, by=10000)
    assert "工号 B000 → C000" in asks.text
    await imports.settle_import(app, pulled.import_id, approve=True, by=10000)
    assert len(at_work(app)) == 60
    # What waits for staff one by one holds up nothing else.
    rows = entries(*range(40), 50, **{f"B{n:03}": f"C{n:03}" for n in range(20)})
    assert (await gives("ldap", rows)).outcome is Outcome.APPLIED


async def test_an_undo_brings_back_whose_entry_it_was(app, gives):
    await gives("ldap", entries(*range(20)))
    pulled = await gives("ldap", entries(*range(20), B001="B101"))
    await undoing.undo_import(app, pulled.import_id, by="terminal")
    again = await gives("ldap", entries(*range(20), B001="B101"))
    assert (again.outcome, at_work(app)) == (Outcome.WAITING, numbers(*range(20)))
    back = await gives("ldap", entries(*range(20)))
    assert (back.outcome, at_work(app)) == (Outcome.UNCHANGED, numbers(*range(20)))


@DIRECTORIES
async def test_who_has_another_number_and_then_another_name_is_still_themselves(app, gives, source):
    await gives(source, entries(*range(20)))
    await gives(source, entries(*range(20), B001="B101"))
    rows = [
        row | {"name": "改了名", "department": "采购部"} if row["employee_no"] == "B101" else row
        for row in entries(*range(20), B001="B101")
    ]
    pulled = await gives(source, rows)
    one = app.registry.by_no["B101"]
    assert ("错误 1" in pulled.text, one.name, one.department) == (False, "改了名", "采购部")
