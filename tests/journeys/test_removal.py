"""Departures over the wire: brakes, confirmation, modes, the pause, a bot without the right."""

import re

from sqlalchemy import select

from db.tables.cases import cases, penalties
from db.tables.work import outbox
from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import BOSS, BOT, STAFF, Journey, Row

CROWD = tuple(Row(f"B{i:03}", f"员工{chr(0x4E00 + i)}", "市场部", 21000 + i) for i in range(6))


async def with_crowd(j: Journey) -> None:
    for row in CROWD:
        j.world.add_member(ALL, row.qq or 0, nickname="x", card=f"市场部-{row.name}")
    await j.import_roster((*STAFF, *CROWD))
    await j.start()
    await j.connect()
    await j.until(
        lambda: j.world.calls and any(c.action == "get_group_member_list" for c in j.world.calls), "read"
    )


async def leave_all(j: Journey) -> None:
    gone = tuple(Row(r.no, r.name, r.department, r.qq, status="离职") for r in CROWD)
    await j.import_roster((*STAFF, *gone), accept_departures=len(gone))


async def test_a_batch_over_the_limit_waits_for_a_human_and_then_goes(company: Journey) -> None:
    j = company
    await with_crowd(j)
    await leave_all(j)
    shown = (await j.until(lambda: j.said("超过安全上限", user_id=BOSS), "the batch is shown"))[0]
    assert all(j.inside(ALL, row.qq or 0) for row in CROWD)
    item = re.search(r"R\d+", shown.text)
    assert item is not None
    await j.world.whisper(BOSS, BOT, f"同意 {item.group()}")
    await j.until(lambda: not any(j.inside(ALL, r.qq or 0) for r in CROWD), "all are out")
    assert j.inside(ALL, 20005)


async def test_nothing_is_sent_while_paused_and_all_of_it_after(company: Journey) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.world.whisper(BOSS, BOT, "暂停")
    await j.until(lambda: [s for s in j.world.shown if s.user_id == BOSS], "the pause is answered")
    await j.world.whisper(BOSS, BOT, "离职 A006")
    await j.world.ask_to_join(SALES, 30001, "市场部 张三 A004 5678")
    await j.until(lambda: j.said("王芳", user_id=BOSS), "the departure is noted")
    acts = ("set_group_kick", "set_group_add_request", "send_group_msg")
    before = [c for c in j.world.calls if c.action in acts]
    assert before == []
    await j.world.whisper(BOSS, BOT, "恢复")
    await j.until(
        lambda: not j.inside(SALES, 20006) and not j.inside(ALL, 20006), "removed after all", timeout=30
    )
    await j.until(lambda: j.inside(SALES, 30001), "let in after all")


async def test_observing_records_what_enforcing_would_do_and_does_nothing(company: Journey) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.world.whisper(BOSS, BOT, "模式 观察")
    await j.until(lambda: [s for s in j.world.shown if s.user_id == BOSS], "answered")
    await j.world.whisper(BOSS, BOT, "离职 A006")
    await j.stored(select(cases.c.code, cases.c.status).where(cases.c.code == "L1"), [("L1", "open")] * 2)
    assert j.inside(SALES, 20006)
    assert j.inside(ALL, 20006)
    assert await j.rows(select(outbox.c.id).where(outbox.c.kind == "remove")) == []


async def test_without_the_right_owner_and_admins_are_told_once_with_the_deadline(company: Journey) -> None:
    j = company
    j.world.groups[SALES].members[BOT].role = "member"
    j.world.groups[SALES].members[20005].role = "admin"
    await j.start()
    await j.connect()
    await j.world.whisper(BOSS, BOT, "离职 A006")
    await j.until(lambda: not j.inside(ALL, 20006), "out where the bot may")
    told = (await j.until(lambda: j.said("王芳", user_id=20001), "the owner is told"))[0]
    assert "24:00" in told.text
    assert "A006" not in told.text
    await j.until(
        lambda: j.said("王芳", user_id=20005) or j.said("成员变动", group_id=SALES), "the admin is told"
    )
    assert j.inside(SALES, 20006)
    assert await j.rows(select(penalties.c.id)) == []
    assert not j.said("王芳", group_id=SALES)


async def test_who_left_is_out_of_five_groups(journey: Journey) -> None:
    j = journey
    groups = [700010 + n for n in range(5)]
    for group_id in groups:
        j.world.add_group(group_id, f"公司{group_id}群", BOSS)
        j.world.add_member(group_id, 20006, nickname="x", card="市场部-王芳")
        j.world.add_member(group_id, 20005, nickname="x", card="市场部-陈晨")
        j.world.add_member(group_id, BOT, nickname="群规", card="群规", role="admin")
    await j.import_roster()
    await j.import_filings(*((group_id, f"公司{group_id}群", "全员", BOSS) for group_id in groups))
    await j.start()
    await j.connect()
    read = "get_group_member_list"
    await j.until(
        lambda: {c.params.get("group_id") for c in j.world.calls if c.action == read} >= set(groups), "read"
    )
    await j.world.whisper(BOSS, BOT, "离职 A006")
    await j.stored(select(cases.c.closed_as).where(cases.c.code == "L1"), [("removed",)] * 5)
    assert all(not j.inside(group_id, 20006) and j.inside(group_id, 20005) for group_id in groups)
    await j.world.whisper(BOSS, BOT, "员工 A006")
    await j.until(lambda: j.said("已退出全部 5 个群", user_id=BOSS), "told when asked")
