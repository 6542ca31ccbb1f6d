"""Departures, rehirings, transfers and handovers said in chat; the card; dates that come due."""

from datetime import date

import pytest

from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.people import employees, identities
from db.writing.bulk import columns_of
from regulation.model import Member, Role
from services.app import App
from services.people import registry, staff, staff_card
from tests.company import trail_of


def person(no: str, name: str, department: str, **more: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "employee_no": no, "name": name, "department": department, "employment": "regular", "title": "",
        "is_head": False, "also_in": [], "phone_hash": None, "regularized_on": None, "departed_on": None,
    }  # fmt: skip
    return plain | more


@pytest.fixture
async def company(app: App) -> App:
    """王芳 (QQ 10001, group 700001) and 李雷 of 市场部; heads of 市场部, 采购部 and 财务部; a namesake."""
    async with app.database.transaction() as tx:
        await employees.insert_many(
            tx,
            columns_of(
                [
                    person("A1", "王芳", "市场部", phone_hash="0f"),
                    person("A2", "李雷", "市场部"),
                    person("A3", "王芳", "采购部"),
                    person("H1", "甲", "市场部", is_head=True, title="经理"),
                    person("H2", "乙", "采购部", is_head=True),
                    person("H3", "丙", "财务部", is_head=True),
                    person("P1", "新人", "市场部", employment="probation", regularized_on=date(2026, 3, 5)),
                ]
            ),
        )
        await identities.put(tx, 10001, "A1", "roster", app.now(), "terminal")
        await identities.put(tx, 10009, "P1", "proof", app.now(), "10009")
        await group_rows.put(tx, 700001, name="市场部群")
        await memberships.put_members(
            tx, 700001, [Member(10001), Member(10009, role=Role.OWNER)], app.now(), whole=True
        )
        await registry.bump(tx)
    await registry.refresh(app)
    return app


async def looked_at(app: App) -> bool:
    async with app.database.reading() as tx:
        row = await group_rows.get(tx, 700001)
    assert row is not None
    return row.look_at is not None


async def reset(app: App) -> None:
    async with app.database.transaction() as tx:
        await group_rows.put(tx, 700001, look_at=None)


async def test_a_departure_today_counts_at_once(company, clock):
    text = (await staff.depart(company, "A1", by="10000")).text
    assert "2026-03-02 离职" in text
    assert company.registry.active_employee_of(10001, clock.now().date()) is None
    assert company.registry.by_no["A1"].departure_known_on == date(2026, 3, 2)
    assert await looked_at(company)
    line = (await trail_of(company, "A1"))[0]
    assert (line["action"], line["actor"]) == ("employee.depart", "10000")


@pytest.mark.dialects
async def test_a_departure_to_come_takes_effect_by_itself_at_midnight(company, clock):
    await staff.depart(company, "A1", date(2026, 3, 4), by="10000")
    await staff.departures_due(company)
    await reset(company)
    clock.move(days=1, hours=13, minutes=59)
    assert company.registry.active_employee_of(10001, clock.now().date()) is not None
    assert await staff.departures_due(company) == 0
    clock.move(minutes=1)
    assert company.registry.active_employee_of(10001, clock.now().date()) is None
    assert await staff.departures_due(company) == 1
    assert await looked_at(company)
    assert await staff.departures_due(company) == 0


async def test_the_end_of_probation_is_followed_up(company, clock):
    assert await staff.departures_due(company) == 0
    clock.move(days=3)
    assert await staff.departures_due(company) == 1
    assert await looked_at(company)
    assert await staff.departures_due(company) == 0


async def test_rehires(company):
    assert "没有离职记录" in (await staff.rehire(company, "A1", by="10000")).text
    await staff.depart(company, "A1", by="10000")
    assert "复职" in (await staff.rehire(company, "A1", by="10000")).text
    assert company.registry.by_no["A1"].departed_on is None


async def test_a_departure_to_come_that_is_called_off_is_no_return(company):
    await staff.depart(company, "A1", date(2026, 3, 10), by="10000")
    said = (await staff.rehire(company, "A1", by="10000")).text
    assert "原定 2026-03-10 的离职取消" in said
    assert "复职" not in said


async def test_transfers_and_hands_over(company, clock):
    text = (await staff.transfer(company, "A1", "采购部", by="10000")).text
    assert "市场部 → 采购部" in text
    moved = company.registry.by_no["A1"]
    assert set(moved.departments(clock.now().date())) == {"采购部", "市场部"}
    await staff.complete_handover(company, "A1", date(2026, 3, 5), by="10000")
    assert not company.registry.by_no["A1"].transfers[0].is_open(date(2026, 3, 5))
    await staff.departures_due(company)
    await reset(company)
    clock.move(days=3)
    assert await staff.departures_due(company) >= 1
    assert await looked_at(company)
    assert "没有未完成的移交" in (await staff.complete_handover(company, "A1", by="10000")).text


async def test_suggests_a_department_that_exists(company):
    assert "采购部" in (await staff.transfer(company, "A1", "采够部", by="10000")).text
    assert company.registry.by_no["A1"].department == "市场部"
    assert "已在" in (await staff.transfer(company, "A1", "市场部", by="10000")).text


@pytest.mark.parametrize(("head", "may"), [("H1", True), ("H2", True), ("H3", False)])
async def test_heads_of_the_old_or_new_department_hand_over(company, head, may):
    await staff.transfer(company, "A1", "采购部", by="10000")
    text = (await staff.complete_handover(company, "A1", by="1", as_head=head)).text
    assert ("移交完成" in text) is may
    nobody = (await staff.complete_handover(company, "ZZ", by="1", as_head="H3")).text
    assert may or text == nobody


async def test_unknown_numbers_are_said_to_be_unknown(company):
    for text in (
        (await staff.depart(company, "ZZ", by="1")).text,
        (await staff.rehire(company, "ZZ", by="1")).text,
        (await staff.transfer(company, "ZZ", "采购部", by="1")).text,
        (await staff.complete_handover(company, "ZZ", by="1")).text,
    ):
        assert "没有工号 ZZ" in text


async def test_shows_a_card_without_the_phone_and_with_the_qq_that_commands_need(company):
    text = (await staff_card.show(company, "A1")).text
    assert "王芳（A1）市场部 · 正式" in text
    assert "手机：有；QQ：10001（名册" in text
    assert "在 1 个群：市场部群" in text


@pytest.mark.dialects
async def test_finds_by_name_number_and_qq_and_tells_namesakes_apart(company):
    assert "李雷（A2）" in (await staff_card.show(company, "李雷")).text
    assert "王芳（A1）" in (await staff_card.show(company, "10001")).text
    both = (await staff_card.show(company, "王芳")).text
    assert "A1" in both
    assert "A3" in both
    assert "没有“谁”" in (await staff_card.show(company, "谁")).text


async def test_says_when_somebody_left_every_group(company, clock):
    async with company.database.transaction() as tx:
        await memberships.member_gone(tx, 700001, 10001, clock.now())
    await staff.depart(company, "A1", by="10000")
    assert "已退出全部 1 个群：市场部群 3月2日 10:00" in (await staff_card.show(company, "A1")).text
