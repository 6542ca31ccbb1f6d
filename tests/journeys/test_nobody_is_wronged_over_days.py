"""Nobody is wronged, over the wire and over days: the bot is told, is down for five days, and comes back.

While it is down a group is handed over and HR renames a department; afterwards the line of the rename is lost
from the settings. The tests look at what came of it, and settle what waits.
"""

import re
import time
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from db.tables.cases import cases, penalties
from db.tables.groups import groups
from db.tables.registry import imports
from simulator import World
from tests.journeys.harness import BOSS, BOT, POLICY, STAFF, Journey, Row
from tests.journeys.shifted import set_clock, with_shifted_clock

SALES, HANDED, PAID, HIDDEN, ORDER, UNDONE = range(700021, 700027)
NAMES = {
    SALES: "市场群", HANDED: "交接群", PAID: "缴款群", HIDDEN: "隐身群", ORDER: "先后群", UNDONE: "误报群",
}  # fmt: skip
OWNER, HEAD, ADMIN, NEW_OWNER, NEW_ADMIN = 20002, 20001, 20007, 20011, 20012
GONE, LATER, WRONGLY = 20014, 20015, 20016
AWAY = 5 * 86400
NEW = "市场营销中心"
RENAMED = f'{POLICY}[departments]\nrenamed = {{"市场部" = "{NEW}"}}\n'
ROSTER = (
    *STAFF,
    Row("A011", "吴晓", "技术部", NEW_OWNER),
    Row("A012", "郑新", "技术部", NEW_ADMIN),
    Row("A014", "冯归", "技术部", GONE),
    Row("A015", "孙迟", "技术部", LATER),
    Row("A016", "钱误", "技术部", WRONGLY),
)
# Where the bot can't remove anybody, or may not yet.
POWERLESS = (HANDED, PAID, HIDDEN)
INSIDE = {HANDED: (GONE, NEW_OWNER, NEW_ADMIN), PAID: (GONE,), HIDDEN: (GONE,), ORDER: (GONE, LATER), UNDONE: (WRONGLY,)}  # fmt: skip


def build(j: Journey) -> None:
    """Put the groups into QQ: 王强's with his people, the others 李敏's, with 刘洋 as their admin."""
    names = {row.qq: row.name for row in ROSTER if row.qq}
    for group_id, name in NAMES.items():
        owner = HEAD if group_id == SALES else OWNER
        people = (20005, 20006) if group_id == SALES else (ADMIN, *INSIDE[group_id])
        j.world.add_group(group_id, name, owner)
        j.world.add_member(
            group_id, BOT, nickname="群规", card="群规", role="member" if group_id in POWERLESS else "admin"
        )
        for user_id in (owner, *people):
            role = "owner" if user_id == owner else "admin" if user_id == ADMIN else "member"
            card = f"{'市场部' if group_id == SALES else '技术部'}-{names[user_id]}"
            j.world.add_member(group_id, user_id, nickname="x", card=card, role=role)
    for user_id in (BOSS, OWNER, HEAD, ADMIN, NEW_OWNER, NEW_ADMIN, WRONGLY):
        j.world.befriend(BOT, user_id)


async def read_all(j: Journey) -> None:
    await j.stored(select(func.count()).where(groups.c.complete_at.is_not(None)), [(len(NAMES),)])


async def tell_and_go_down(j: Journey) -> None:
    """冯归 left: owner and admin of each group are told; then nothing runs."""
    await j.start()
    await j.connect()
    await read_all(j)
    await j.world.whisper(BOSS, BOT, f"模式 提醒 群={ORDER}")
    await j.until(lambda: j.said("提醒", user_id=BOSS), "the mode is changed")
    await j.world.whisper(BOSS, BOT, "离职 A014")
    for name in (NAMES[one] for one in (*POWERLESS, ORDER)):
        for user_id in (OWNER, ADMIN):
            await j.until(lambda n=name, u=user_id: j.said(n, user_id=u), f"{user_id} told of {name}")
    waits = select(func.count()).where(cases.c.code == "L1", cases.c.due_at.is_not(None))
    await j.stored(waits, [(4,)])
    await stop(j)


async def stop(j: Journey) -> None:
    for account in j.accounts:
        await account.stop()
    j.accounts.clear()
    await j.terminate()


async def come_back(j: Journey, shift: list[int]) -> None:
    """Five days later, with a new owner and admin in QQ, a renamed department, and one more who left."""
    await j.world.transfer_owner(HANDED, NEW_OWNER)
    await j.world.set_role(HANDED, NEW_ADMIN, "admin")
    shift[0] = AWAY
    set_clock(j, AWAY)
    j.policy = RENAMED
    await j.start()
    await j.connect()
    await j.stored(select(func.count()).where(cases.c.status == "overdue", cases.c.code == "L1"), [(4,)])
    roster = [replace(r, department=r.department.replace("市场部", NEW)) for r in ROSTER if r.no != "A014"]
    await j.import_roster(roster)
    wrong = [replace(row, status="离职") if row.qq == WRONGLY else row for row in roster]
    await j.import_roster(wrong)
    removed = select(cases.c.closed_as).where(cases.c.user_id == WRONGLY, cases.c.code == "L1")
    await j.stored(removed, [("removed",)])
    await stop(j)


@pytest.fixture(scope="module")
async def j(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Journey]:
    """All of it; at the end the line with the rename is lost."""
    shift = [0]
    made = Journey(tmp_path_factory.mktemp("days"), world=World(now=lambda: time.time() + shift[0]))
    with_shifted_clock(made, 0)
    build(made)
    await made.import_roster(ROSTER)
    for group_id, name in NAMES.items():
        sales = group_id == SALES
        await made.import_filings((group_id, name, "市场部" if sales else "全员", HEAD if sales else OWNER))
    await tell_and_go_down(made)
    await come_back(made, shift)
    made.policy = POLICY
    await made.start()
    await made.connect()
    yield made
    await made.close()


async def fines(j: Journey, group_id: int) -> dict[int, int]:
    """Return who is to pay for what happened in a group, with the number of the penalty."""
    found = select(penalties.c.liable_user_id, penalties.c.id).where(penalties.c.group_id == group_id)
    return {row[0]: row[1] for row in await j.rows(found)}


async def case_of(j: Journey, group_id: int) -> int:
    wanted = select(cases.c.id).where(cases.c.group_id == group_id, cases.c.code == "L1")
    [(number,)] = await j.rows(wanted)
    return number


async def test_01_a_renamed_department_loses_nobody_and_lets_its_people_in(j: Journey) -> None:
    await j.world.ask_to_join(SALES, 20004, f"{NEW} 张三 A004 5678", "张三")
    await j.until(lambda: j.inside(SALES, 20004), "a colleague is let in")
    found = await j.rows(
        select(cases.c.code).where(cases.c.group_id == SALES, cases.c.code.in_(("M2", "T1")))
    )
    assert found == []
    assert all(j.inside(SALES, user_id) for user_id in (HEAD, 20005, 20006))
    assert await fines(j, SALES) == {}


async def test_01_a_lost_line_that_would_put_people_out_waits_with_their_names(j: Journey) -> None:
    shown = (await j.until(lambda: j.said("先按原来的名称执行", user_id=BOSS), "withheld"))[0].text
    assert "王芳" in shown
    assert "「市场群」" in shown
    [(number,)] = await j.rows(select(imports.c.id).where(imports.c.kind == "names"))
    await j.whisper(BOSS, f"驳回 I{number}", "仍按原来的")


async def test_02_who_was_told_and_held_the_office_is_fined_and_nobody_else(j: Journey) -> None:
    assert set(await fines(j, HANDED)) == {ADMIN}
    told = await j.until(lambda: j.said("交接群", user_id=NEW_OWNER), "told anew")
    assert "冯归" in told[-1].text
    assert await j.rows(select(penalties.c.amount).where(penalties.c.amount != 20)) == []


async def test_05_a_paid_fine_comes_back_and_an_appeal_takes_nobody_elses(j: Journey) -> None:
    mine, other = (await fines(j, PAID))[OWNER], (await fines(j, PAID))[ADMIN]
    await j.whisper(BOSS, f"同意 P{mine} P{other}", f"P{other} 已确认")
    await j.whisper(BOSS, f"已缴 P{mine}", "已登记缴款")
    appeal = await j.whisper(ADMIN, f"申诉 V{await case_of(j, PAID)} 那几天在休假", "已收到您对")
    number = re.findall(r"S\d+", appeal)[0]
    await j.whisper(BOSS, f"同意 {number}", f"{number} 申诉成立")
    states = select(penalties.c.id, penalties.c.state).where(penalties.c.group_id == PAID)
    assert {tuple(row) for row in await j.rows(states)} == {(mine, "proposed"), (other, "waived")}
    assert "原已缴" in await j.whisper(BOSS, "罚单", f"P{mine} 待定")
    await j.whisper(BOSS, f"驳回 P{mine} 当时未通知到", f"P{mine}")
    await j.until(lambda: j.said("缴过的款会退还", user_id=OWNER), "told of the refund")
    assert f"P{mine} 待退款" in await j.whisper(BOSS, "罚单", "待退款")
    await j.whisper(BOSS, f"已退 P{mine}", "已登记退款")
    await j.until(lambda: j.said("已登记退还", user_id=OWNER), "told that it was refunded")


async def test_06_who_must_be_out_is_named_by_a_spot_check_though_an_appeal_was_upheld(j: Journey) -> None:
    number = await case_of(j, HIDDEN)
    appeal = await j.whisper(OWNER, f"申诉 V{number} 没有收到", "已收到您对")
    item = re.findall(r"S\d+", appeal)[0]
    await j.whisper(BOSS, f"同意 {item} 属实", item)
    await j.stored(select(cases.c.closed_as).where(cases.c.id == number), [("dismissed",)])
    checked = await j.whisper(BOSS, f"抽查 群={HIDDEN}", "抽查 1 个群")
    assert "离职未退群 1，其中 1 项已免除、撤销或豁免" in checked


async def test_06_an_undone_import_leaves_nothing_against_anybody(j: Journey) -> None:
    number = max(row[0] for row in await j.rows(select(imports.c.id).where(imports.c.kind == "roster")))
    await j.whisper(BOSS, f"撤销导入 I{number}", f"I{number} 已撤销")
    closed = select(cases.c.closed_as).where(cases.c.user_id == WRONGLY, cases.c.code == "L1")
    await j.stored(closed, [("dismissed",)])
    await j.until(lambda: j.said("钱误（QQ 20016）", user_id=OWNER), "asked to have them back")
    assert "L1" not in await j.whisper(WRONGLY, "我的", "钱误")
    assert "新增 0" in await j.whisper(BOSS, f"违规汇总 群={UNDONE}", "新增")
    await j.world.ask_to_join(UNDONE, WRONGLY, "被误移出", "钱误")
    await j.until(lambda: j.inside(UNDONE, WRONGLY), "let in at once")


async def test_11_a_deadline_that_can_be_met_goes_before_one_that_was_missed(j: Journey) -> None:
    await j.whisper(BOSS, "离职 A015", "先后群")
    dues = select(cases.c.user_id).where(cases.c.group_id == ORDER, cases.c.due_at.is_not(None))
    await j.stored(dues.order_by(cases.c.id), [(GONE,), (LATER,)])
    await j.whisper(BOSS, f"模式 执行 群={ORDER}", "执行")
    await j.until(lambda: not j.inside(ORDER, GONE) and not j.inside(ORDER, LATER), "both are out")
    acts = [
        call
        for call in j.world.calls
        if call.params.get("group_id") == ORDER and call.action in ("set_group_kick", "get_group_member_list")
    ]
    kicked = [n for n, call in enumerate(acts) if call.action == "set_group_kick"]
    assert [acts[n].params["user_id"] for n in kicked] == [LATER, GONE]
    # The last look before each: a list read for it alone.
    assert all(acts[n - 1].action == "get_group_member_list" for n in kicked)
