"""Nobody is wronged, over the wire: one bot, one company, one group for each history.

What needs days to pass is in test_nobody_is_wronged_over_days.py.
"""

import json
import re
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from db.tables.base import ZONE
from db.tables.cases import cases
from db.tables.groups import filings, groups
from db.tables.identities import identities
from regulation.deadlines import due_said
from simulator import Failure
from tests.journeys.harness import BOSS, BOT, STAFF, Journey, Row

CARD, LOST, GONE, OWNED, HANDED, LATE, UNFILED, BACK, LET_IN = range(700004, 700013)
OWNER, HEAD, MEMBER = 20002, 20001, 20005
SECOND = 20010
SECOND_BOT, INVITED = 88880002, 30013
ROSTER = (
    *STAFF,
    Row("A010", "钱总", "行政部", SECOND),
    Row("A011", "吴晓", "技术部", 20011, "13900000011"),
    Row("A012", "郑无", "技术部"),
    Row("A014", "冯归", "技术部", 20014, "13900000014"),
    Row("A016", "王芳", "技术部", 20016, "13900000016"),
)
FILED = {
    CARD: "改名片群", LOST: "走失群", GONE: "解散群", HANDED: "移交群", LATE: "迟到群", BACK: "复职群",
    LET_IN: "放行群",
}  # fmt: skip


def build(j: Journey) -> None:
    """Put the groups into QQ: 李敏 owns them, the bot is an admin where nothing else is said."""
    for group_id, name in {**FILED, UNFILED: "野群"}.items():
        j.world.add_group(group_id, name, OWNER)
        j.world.add_member(group_id, OWNER, nickname="李敏", card="技术部-李敏", role="owner")
        role = "member" if group_id == LATE else "admin"
        j.world.add_member(group_id, BOT, nickname="群规", card="群规", role=role)
    j.world.add_group(OWNED, "自有群", BOT)
    j.world.add_member(OWNED, HEAD, nickname="王强", card="市场部-王强", role="admin")
    for group_id in (OWNED, LET_IN):
        j.world.add_member(group_id, SECOND_BOT, nickname="二号", card="二号")
    j.world.add_member(CARD, 20011, nickname="吴", card="晓")
    j.world.add_member(HANDED, 20007, nickname="刘", card="技术部-刘洋")
    j.world.add_member(BACK, 20014, nickname="冯", card="技术部-冯归")
    for user_id, card in ((20016, "小芳"), (20006, "市场部-王芳")):
        j.world.add_member(LATE, user_id, nickname="芳", card=card)
    for user_id in (BOSS, SECOND, OWNER, HEAD, MEMBER, 20007, 20011):
        j.world.befriend(BOT, user_id)


@pytest.fixture(scope="module")
async def j(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Journey]:
    """The company's bot: 王芳 of 技术部 left six days before it first saw the group she is in."""
    folder = tmp_path_factory.mktemp("wronged")
    made = Journey(folder, environment={"SUPERUSERS": f'["{BOSS}", "{SECOND}"]'})
    build(made)
    await made.import_roster(ROSTER)
    left = (datetime.now(ZONE) - timedelta(days=6)).date().isoformat()
    gone = Row("A016", "王芳", "技术部", 20016, status="离职", departed_on=left)
    await made.import_roster([*(row for row in ROSTER if row.no != "A016"), gone])
    await made.import_filings(*((group_id, name, "全员", OWNER) for group_id, name in FILED.items()))
    await made.start()
    await made.connect()
    await made.connect(SECOND_BOT, profile="llbot")
    # Tests may come in any order: whatever the first one asks, every group was read once.
    await made.stored(select(func.count()).where(groups.c.complete_at.is_not(None)), [(len(FILED) + 2,)])
    yield made
    await made.close()


async def open_item(j: Journey, user_id: int, about: str, letter: str) -> str:
    """Return the id of the item about something that somebody was told of."""
    told = await j.until(lambda: [s for s in j.said(about, user_id=user_id) if letter in s.text], about)
    found = re.search(rf"{letter}\d+", told[-1].text)
    assert found is not None
    return found.group()


async def test_03_a_group_just_entered_gives_its_owner_the_whole_span(j: Journey) -> None:
    told = (await j.until(lambda: j.said("迟到群", user_id=OWNER), "told of who left"))[0].text
    today = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    spans = {due_said(today + timedelta(days=days)) for days in (3, 4)}  # midnight may pass meanwhile
    assert any(span in told for span in spans), told
    assert [tuple(row) for row in await j.rows(select(cases.c.status).where(cases.c.group_id == LATE))]


async def test_04_whoever_asked_for_a_card_hears_why_it_was_not_set(j: Journey) -> None:
    seen_wrong = select(cases.c.code).where(cases.c.user_id == 20011, cases.c.closed_at.is_(None))
    await j.stored(seen_wrong, [("C1",)])
    j.accounts[0].faults.always("set_group_card", Failure(message="card is not allowed"))
    try:
        await j.world.at_bot(CARD, 20011, BOT, "改名片")
        told = (await j.until(lambda: j.said("没能改好", user_id=20011), "told of the failure"))[-1].text
    finally:
        j.accounts[0].faults.clear()
    assert "改名片群" in told
    assert not j.said("还不是管理员", user_id=OWNER)


async def test_07_a_lost_group_is_told_at_once_and_unknown_a_dissolved_one_ends(j: Journey) -> None:
    await j.stored(select(filings.c.state).where(filings.c.group_id.in_((LOST, GONE))), [("approved",)] * 2)
    await j.world.kick_by_human(LOST, BOT, OWNER)
    await j.world.dismiss(GONE)
    await j.until(lambda: j.said("走失群", user_id=BOSS), "told of the lost group", 60)
    await j.until(lambda: j.said("「解散群」", user_id=BOSS), "told of the dissolved group", 60)
    code, printed = await j.cli("summary", "--json")
    assert code == 0, printed
    assert LOST in json.loads(printed)["unknown_groups"]
    assert GONE not in json.loads(printed)["unknown_groups"]
    await j.stored(select(filings.c.state).where(filings.c.group_id == GONE), [("closed",)])
    assert str(LOST) in await j.whisper(BOSS, "状态", "读不到")


async def test_08_an_admin_files_a_group_that_the_bot_owns(j: Journey) -> None:
    await j.until(lambda: j.said("自有群", user_id=HEAD), "the admin stands in")
    assert not j.said("自有群", user_id=BOT)
    await j.world.say(OWNED, HEAD, "/备案 用途=市场部日常沟通 范围=市场部")
    item = await open_item(j, BOSS, "自有群", "B")
    await j.world.whisper(BOSS, BOT, f"同意 {item}")
    await j.until(lambda: j.said("已批准", group_id=OWNED), "filed")
    await j.world.say(OWNED, HEAD, "/群检查")
    await j.until(lambda: j.said("检查完毕", group_id=OWNED), "looked at")
    found = await j.rows(select(cases.c.code).where(cases.c.group_id == OWNED, cases.c.closed_at.is_(None)))
    assert [row for row in found if row[0] in ("F1", "F2", "M1")] == []


async def test_08_the_terminal_accuses_none_of_our_own_accounts(j: Journey) -> None:
    code, printed = await j.cli("audit", "--group", str(OWNED), "--json")
    assert code == 0, printed
    found = json.loads(printed)
    assert {case["user_id"] for case in found}.isdisjoint({BOT, SECOND_BOT})
    assert "F2" not in {case["code"] for case in found}


async def test_08_who_just_handed_a_group_over_settles_nothing(j: Journey) -> None:
    await j.world.ask_to_join(HANDED, 30008, "技术部 郑无 A012 1111", "小郑")
    item = await open_item(j, OWNER, "移交群", "J")
    await j.world.transfer_owner(HANDED, 20007)
    await j.whisper(OWNER, f"同意 {item}", "没有这一项")
    assert not j.inside(HANDED, 30008)
    # QQ tells of no new owner: what was read for the old one has the group read, and both known.
    await j.stored(select(groups.c.owner_id).where(groups.c.group_id == HANDED), [(20007,)])
    await j.world.whisper(20007, BOT, f"同意 {item}")
    await j.until(lambda: j.inside(HANDED, 30008), "let in by the new owner")


async def test_09_of_two_with_one_name_the_right_one_is_meant(j: Journey) -> None:
    told = (await j.until(lambda: j.said("迟到群", user_id=OWNER), "told of who left"))[0].text
    assert "王芳（QQ 20016" in told
    assert "小芳" in told
    assert "20006" not in told


async def test_10_nobody_is_bound_to_somebody_gone(j: Journey) -> None:
    await j.world.ask_to_join(BACK, 20004, "市场部 张三 A004 5678", "张三")
    await j.until(lambda: j.inside(BACK, 20004), "the true one is in")
    await j.world.ask_to_join(BACK, 30010, "市场部 张三 A004 5678", "冒名")
    item = await open_item(j, BOSS, "30010", "J")
    await j.whisper(BOSS, "离职 A004", "离职")
    await j.whisper(BOSS, f"同意 {item}", f"{item} 不能同意")
    await j.whisper(BOSS, "复职 A004", "复职")
    bound = await j.rows(select(identities.c.user_id).where(identities.c.employee_no == "A004"))
    assert [row[0] for row in bound] == [20004]
    assert not j.inside(BACK, 30010)


async def test_12_what_was_not_judged_is_said_to_be_not_judged(j: Journey) -> None:
    await j.world.ask_to_join(UNFILED, 30012, "市场部 赵小雨 A008 8888", "小雨")
    await j.until(lambda: j.said("1 个入群申请", user_id=OWNER) or j.said("野群", user_id=OWNER), "held")
    item = await j.whisper(BOSS, "待办", "野群")
    assert "还没有核对身份" in item
    assert "名册里对不上人" not in item.split("野群")[1].splitlines()[0]


async def test_13_a_superuser_who_left_has_no_right_that_moment(j: Journey) -> None:
    await j.whisper(SECOND, "状态", "待办")
    await j.whisper(BOSS, "离职 A010", "离职")
    await j.whisper(SECOND, "状态", "没有这一项")
    assert "钱总" in await j.whisper(BOSS, "状态", "SUPERUSERS")


async def test_13_whoever_let_a_stranger_in_is_named_and_a_superuser_who_is_nobody_too(j: Journey) -> None:
    await j.world.enter(LET_IN, INVITED, "invite", OWNER, nickname="路人")
    told = (await j.until(lambda: j.said("路人", user_id=OWNER), "told of the stranger"))[-1].text
    case = re.findall(r"V\d+", told)[0]
    assert f"由 李敏（QQ {OWNER}） 放行入群" in await j.whisper(BOSS, f"违规 {case}", "路人")
    _, printed = await j.cli("doctor")
    assert f"{BOSS} 不是名册里任何人的 QQ" in printed


async def test_14_a_departure_says_what_happens_and_who_is_back_is_let_in_at_once(j: Journey) -> None:
    said = await j.whisper(BOSS, "离职 冯归", "离职")
    assert "复职群：移出" in said
    await j.until(lambda: not j.inside(BACK, 20014), "removed")
    await j.stored(select(cases.c.closed_as).where(cases.c.user_id == 20014), [("removed",)])
    assert "复职群" in await j.whisper(BOSS, "复职 冯归", "复职")
    await j.until(lambda: j.said("冯归（QQ 20014）", user_id=OWNER), "its owner is asked to have them back")
    await j.world.ask_to_join(BACK, 20014, "我回来了", "冯")
    await j.until(lambda: j.inside(BACK, 20014), "let in at once")
