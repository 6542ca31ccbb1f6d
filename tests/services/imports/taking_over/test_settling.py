"""An import is settled once, and never mixed with another."""

import asyncio

import pytest

from db.queries.work import imports as import_rows
from services.imports import apply as imports
from services.imports import undoing
from services.inbox import settle
from services.people import identities as identity_services
from services.people import staff
from tests import company as co
from tests.services.imports.taking_over.rosters import THREE, crowd


@pytest.mark.dialects
async def test_settles_once(app, preview):
    made = await preview(THREE)
    assert (await imports.settle_import(app, made.id, approve=True, by=10000)).ok
    again = await imports.settle_import(app, made.id, approve=True, by=10000)
    assert (again.ok, "已经生效" in again.text) == (False, True)
    refused = await imports.settle_import(app, made.id, approve=False, by=10000)
    assert not refused.ok


async def test_two_at_the_same_moment_apply_once(app, preview):
    made = await preview(THREE)
    how = {"approve": True, "by": 10000}
    both = await asyncio.gather(*(imports.settle_import(app, made.id, **how) for _ in range(2)))
    assert sorted(one.ok for one in both) == [False, True]


async def test_a_dropped_import_changes_nothing_and_keeps_no_rows(app, preview):
    made = await preview(THREE)
    assert (await imports.settle_import(app, made.id, approve=False, by=10000)).ok
    async with app.database.reading() as tx:
        row = await import_rows.get(tx, made.id)
        assert row is not None
        assert (row.state, row.rows) == ("dropped", None)
    assert app.registry.by_no == {}


async def test_an_unknown_import_is_said_to_be_unknown(app):
    assert not (await imports.settle_import(app, 99, approve=True, by=10000)).ok
    assert (await undoing.undo_import(app, 99, by="terminal")).state == "refused"


@pytest.mark.dialects
async def test_two_imports_are_never_mixed(app, take, preview):
    await take(THREE)
    one = await preview([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    two = await preview([["A001", "王芳", "财务部", "正式", 10001, "13800000001", ""]])
    assert (await imports.apply_import(app, two.id, by="terminal")).state == "applied"
    late = await imports.apply_import(app, one.id, by="terminal")
    assert late.state == "changed"
    assert "财务部 → 采购部" in late.text
    assert app.registry.by_no["A001"].department == "财务部"
    assert (await imports.apply_import(app, one.id, by="terminal")).state == "applied"


async def test_of_two_at_the_same_moment_one_waits_and_is_shown_anew(app, take, preview):
    await take(THREE)
    one = await preview([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    two = await preview([["A001", "王芳", "财务部", "正式", 10001, "13800000001", ""]])
    both = await asyncio.gather(*(imports.apply_import(app, n.id, by="terminal") for n in (one, two)))
    assert sorted(outcome.state for outcome in both) == ["applied", "changed"]
    won = "采购部" if both[0].state == "applied" else "财务部"
    person = app.registry.by_no["A001"]
    assert (person.department, [move.to_department for move in person.transfers]) == (won, [won])


@pytest.mark.parametrize("others", [0, 40])
async def test_a_small_file_is_compared_with_its_own_people_as_a_whole_one_is(app, take, preview, others):
    """A file of few people reads only theirs; what it says must not depend on that."""
    await take(
        [*THREE, *([*row[:4], "", "", ""] for row in crowd(others)), ["00777", "老王", "市场部", *[""] * 4]]
    )
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    made = await preview(
        [
            ["A001", "王芳", "市场部", "正式", "10002", "13800000001", ""],
            ["777", "老王", "市场部", *[""] * 4],
            ["A009", "新人", "市场部", "正式", "30003", "", ""],
        ]
    )
    assert (made.counts["added"], made.counts["qq_added"], made.counts["qq_removed"]) == (1, 1, 2)
    assert [fault.row for fault in made.faults] == [3, 4]
    assert [note[:2] for note in made.people["qq_removed"]] == [("A002", "李雷"), ("A001", "王芳")]


async def test_the_preview_says_whom_a_qq_passes_to_and_both_values_of_a_name_and_a_status(
    app, take, preview
):
    await take([["A001", "王芳", "市场部", "试用", "10002", "", ""], ["A002", "李雷", "市场部", *[""] * 4]])
    made = await preview(
        [
            ["A001", "王方", "市场部", "正式", "", "", ""],
            ["A009", "新人", "市场部", "正式", "10002", "", ""],
        ]
    )
    assert made.people["changed"] == [("A001", "王方", "姓名 王芳 → 王方、试用 → 正式")]
    assert made.people["qq_removed"] == [("A001", "王方", "10002，改归 新人（A009）")]


async def test_a_change_that_does_not_matter_asks_nothing_anew(app, take, preview):
    await take(THREE)
    made = await preview([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    await staff.depart(app, "A003", by="10000")
    assert (await imports.apply_import(app, made.id, by="terminal")).state == "applied"


@pytest.mark.parametrize("approve", [True, False])
async def test_the_reason_given_stands_in_the_trail(app, preview, approve):
    made = await preview(THREE)
    [answer] = await settle.settle(app, [("I", made.id)], approve=approve, by=co.ROOT, reason="已核对")
    assert answer.ok
    assert (await co.trail_of(app, f"I{made.id}"))[0]["detail"]["reason"] == "已核对"
