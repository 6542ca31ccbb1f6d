"""What an import may not do at one word, and what it never does: rights, renewal, a QQ of somebody else."""

from datetime import timedelta

import pytest

from services.imports import apply as imports
from services.imports import undoing
from services.imports.model import Accepted
from services.people import grants, roles


def crowd(count: int) -> list[list[str]]:
    return [[f"B{n:03}", f"员工{n}", "市场部", "正式", "", "", ""] for n in range(count)]


def staffed(count: int, shift: int = 0, **other: str) -> list[list[str]]:
    """A roster whose QQ column lies `shift` rows beside the people."""
    return [
        [
            f"B{n:03}",
            other.get("name", "员工") + str(n),
            other.get("department", "市场部"),
            "正式",
            str(20000 + n + shift),
            "",
            "",
        ]
        for n in range(count)
    ]


async def test_a_qq_column_that_was_emptied_needs_the_exact_number(app, take, preview):
    await take(staffed(40))
    made = await preview([[*row[:4], "", "", ""] for row in staffed(40)])
    assert made.counts["altered"] == made.counts["qq_removed"] == 40
    outcome = await imports.apply_import(app, made.id, by="terminal")
    assert outcome.state == "confirm"
    assert "40 人的工号、QQ、姓名或部门改变" in outcome.text
    assert app.registry.qqs_of("B001") == (20001,)


@pytest.mark.parametrize("slip", [{"shift": 1}, {"name": "同事"}, {"department": "采购部"}])
async def test_a_column_that_slipped_needs_the_exact_number(app, take, preview, slip):
    await take(staffed(40))
    made = await preview(staffed(40, **slip))
    assert made.counts["altered"] == 40
    outcome = await imports.apply_import(app, made.id, by="terminal")
    assert outcome.state == "confirm"
    assert "员工0（B000）" in outcome.text or "同事0（B000）" in outcome.text
    wrong = await imports.apply_import(app, made.id, by="terminal", accepted=Accepted(changes=39))
    assert wrong.state == "refused"
    assert app.registry.by_no["B001"].name == "员工1"
    assert app.registry.qqs_of("B001") == (20001,)
    done = await imports.apply_import(app, made.id, by="terminal", accepted=Accepted(changes=40))
    assert done.state == "applied"


async def test_in_chat_a_second_word_applies_changes_too(app, take, preview):
    await take(staffed(40))
    made = await preview(staffed(40, shift=1))
    first = await imports.settle_import(app, made.id, approve=True, by=10000)
    assert not first.ok
    assert "40 人的工号、QQ、姓名或部门改变" in first.text
    assert (await imports.settle_import(app, made.id, approve=True, by=10000)).ok


async def test_first_qqs_and_a_few_changes_need_one_word(app, take, preview):
    await take([[*row[:4], "", "", ""] for row in staffed(40)])
    assert not any(one.holds for one in (await preview(staffed(40))).brakes)
    await take(staffed(40))
    moved = await preview([*staffed(40)[8:], *staffed(8, department="采购部")])
    assert not any(one.holds for one in moved.brakes)


async def test_a_departure_in_a_column_nobody_reads_needs_a_second_word(app, preview):
    rows = [["A001", "张三", "市场部", "已离职"], ["A002", "李四", "市场部", ""]]
    made = await preview(rows, ("工号", "姓名", "部门", "人员情况"))
    assert "没有用到的列：人员情况" in made.text
    outcome = await imports.apply_import(app, made.id, by="terminal")
    assert outcome.state == "confirm"
    assert "人员情况" in outcome.text
    assert (await imports.settle_import(app, made.id, approve=True, by=10000)).ok


async def test_a_right_does_not_move_with_a_qq_that_a_roster_moved(app, take, clock):
    rows = [
        ["A001", "张三", "行政部", "正式", "20001", "", ""],
        ["A002", "李四", "市场部", "正式", "20002", "", ""],
    ]
    await take(rows)
    await grants.grant(app, "A001", by=10000)
    async with app.database.reading() as tx:
        assert await roles.is_admin_staff(app, tx, 20001)
    clock.time += timedelta(minutes=1)
    swapped = await take([[*rows[0][:4], "20002", "", ""], [*rows[1][:4], "20001", "", ""]])
    async with app.database.reading() as tx:
        assert not await roles.is_admin_staff(app, tx, 20001)
        assert not await roles.is_admin_staff(app, tx, 20002)
        assert 20002 not in await roles.admin_staff(app, tx)
    await undoing.undo_import(app, swapped.import_id, by="terminal")
    async with app.database.reading() as tx:
        assert await roles.is_admin_staff(app, tx, 20001)
    await take([[*rows[0][:4], "20009", "", ""], rows[1]])
    await grants.grant(app, "A001", by=10000)
    async with app.database.reading() as tx:
        assert await roles.is_admin_staff(app, tx, 20009)


async def test_hired_again_under_a_new_number_keeps_the_qq_proved_before(app, take):
    await take(
        [["A001", "张三", "市场部", "正式", "", "", ""], ["A002", "李四", "市场部", "正式", "", "", ""]]
    )
    await grants.bind_by_staff(app, 20001, "A001", by=10000)
    await grants.bind_by_staff(app, 20002, "A002", by=10000)
    left = [
        ["A001", "张三", "市场部", "离职", "20001", "", ""],
        ["A002", "李四", "市场部", "离职", "", "", ""],
    ]
    again = [
        ["A101", "张三", "市场部", "正式", "20001", "", ""],
        ["A102", "赵六", "市场部", "正式", "20002", "", ""],
    ]
    outcome = await take([*left, *again])
    assert app.registry.qqs_of("A101") == (20001,)
    assert app.registry.qqs_of("A001") == ()
    # Of somebody else's: contested, and nothing a roster settles.
    assert app.registry.qqs_of("A102") == ()
    assert outcome.counts["errors"] == 1


async def test_a_leavers_row_takes_no_qq_from_a_colleague(app, take):
    await take([["A101", "张三", "市场部", "正式", "20001", "", ""]])
    await take([["A001", "张三", "市场部", "离职", "20001", "", ""]])
    assert app.registry.qqs_of("A101") == (20001,)


async def test_a_roster_renews_those_it_lists(app, take, clock):
    await take(crowd(40))
    first = app.registry.as_of
    clock.time += timedelta(days=50)
    one = await take(crowd(1))
    assert app.registry.as_of == first
    await undoing.undo_import(app, one.import_id, by="terminal")
    assert app.registry.as_of == first
    await take(crowd(20))
    assert app.registry.as_of == first
    # What the others were listed in since counts together with this.
    clock.time += timedelta(days=1)
    await take(crowd(40)[20:])
    assert app.registry.as_of == first + timedelta(days=50)
