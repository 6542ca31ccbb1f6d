"""`我的`: everything about the asker, nothing about anybody else."""

import pytest

from services.app import App
from services.cases.settling import appeals, penalties
from services.people import own_record
from tests.company import ADMIN, GROUP, OWNER, PLAIN, ROOT, STRANGER, settle_in
from tests.services.stories import add_penalty, overdue_case


@pytest.mark.dialects
async def test_tells_record_groups_cases_with_what_to_do_and_fines(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    number = await add_penalty(app, case, liable="A009", liable_user_id=PLAIN, liable_employee_no="A009")
    await penalties.settle(app, [number], approve=True, by=ROOT, reason="")
    found = await own_record.mine(app, PLAIN)
    for part in (
        "郑平",
        "A009",
        "采购部",
        "市场部群",
        "V1 群名片",
        "「采购部-郑平」",
        "P1 20.00 元 已确认",
        "申诉 V1",
    ):
        assert part in found.text
    assert found.public == "群 2 个，未结事项 1 件，罚单 1 张"


async def test_shows_nothing_of_others(app: App):
    await settle_in(app)
    await add_penalty(app, await overdue_case(app))
    found = await own_record.mine(app, 20003)
    assert "郑平" not in found.text
    assert "罚单：没有" in found.text


async def test_a_fine_is_shown_only_once_it_was_confirmed(app: App):
    await settle_in(app)
    await add_penalty(app, await overdue_case(app))
    assert "罚单：没有" in (await own_record.mine(app, OWNER)).text


async def test_somebody_without_identity_learns_how_to_get_one(app: App):
    await settle_in(app)
    assert "绑定" in (await own_record.mine(app, STRANGER)).text


async def test_an_admin_is_not_asked_to_remove_the_owner_nor_hurried_while_it_is_contested(app: App):
    await settle_in(app)
    left = await overdue_case(app, code="L1", user_id=OWNER, employee_no="A002", reason="departed", data={})
    found = await own_record.mine(app, ADMIN)
    assert f"V{left.id} 离职未退群 王强 · 市场部群（{GROUP}）：仍是群主或管理员，请先移交" in found.text
    assert "（已逾期）" in found.text
    assert (await appeals.appeal(app, left.id, by=OWNER, reason="没有离职")).ok
    found = await own_record.mine(app, ADMIN)
    assert "（申诉中）" in found.text
    assert "（已逾期）" not in found.text
