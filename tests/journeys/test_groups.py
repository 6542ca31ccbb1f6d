"""Unfiled groups, filing in chat, cards and what is said in groups, over the wire."""

import re

from sqlalchemy import select

from db.tables.cases import cases
from db.tables.groups import filings
from simulator.faults import PartialList
from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import BOSS, BOT, STAFF, Journey, Row

NEW = 700009


def unfiled(j: Journey) -> None:
    j.world.add_group(NEW, "项目群", 20001)
    j.world.add_member(NEW, 20001, nickname="王强", card="市场部-王强", role="owner")
    j.world.add_member(NEW, 20005, nickname="陈", card="随便写的")
    j.world.add_member(NEW, BOT, nickname="群规", card="群规", role="admin")


async def test_an_unfiled_group_is_observed_its_owner_told_once_and_filed_in_three_steps(
    company: Journey,
) -> None:
    j = company
    unfiled(j)
    await j.start()
    await j.connect()
    told = await j.until(lambda: j.said("还没有备案", user_id=20001), "the owner is told")
    await j.world.ask_to_join(NEW, 30001, "市场部 张三 A004 5678", "小张")
    await j.stored(select(cases.c.code, cases.c.closed_at).where(cases.c.group_id == NEW), [("F1", None)])
    assert not j.inside(NEW, 30001)
    await j.world.say(NEW, 20001, "/备案 用途=项目协作沟通 范围=市场部")
    item = re.search(r"B\d+", (await j.until(lambda: j.said("B", user_id=20001), "handed in"))[-1].text)
    assert item is not None
    # The owner is the only head, so it goes straight to admin staff.
    await j.until(lambda: j.said(item.group(), user_id=BOSS), "admin staff are asked")
    await j.world.whisper(BOSS, BOT, f"同意 {item.group()}")
    await j.until(
        lambda: re.search(r"备案\d{4}-\d{4}", "".join(s.text for s in j.said("备案", group_id=NEW))), "number"
    )
    await j.stored(select(filings.c.state).where(filings.c.group_id == NEW), [("approved",)])
    reminder = (await j.until(lambda: j.said("市场部-陈晨", group_id=NEW), "cards count from now on"))[0]
    assert 20005 in reminder.at
    assert len([s for s in j.world.shown if s.user_id == 20001 and "还没有备案" in s.text]) == len(told)


async def test_a_partial_list_accuses_nobody_and_is_reported_as_unknown(company: Journey) -> None:
    j = company
    await j.start()
    account = await j.connect()
    account.faults.always("get_group_member_list", PartialList(3))
    await j.world.change_card(SALES, 20005, "陈晨")
    await j.world.at_bot(SALES, 20001, BOT, "群检查")
    await j.until(
        lambda: j.said("不能下结论", group_id=SALES) or j.said("不能下结论", user_id=20001), "unknown"
    )
    assert await j.rows(select(cases.c.id).where(cases.c.code == "C1")) == []
    assert not j.said("市场部-陈晨", group_id=SALES)


async def test_a_group_hears_counts_only_and_the_asker_the_rest_in_private(company: Journey) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.world.enter(SALES, 30007, operator_id=20001, nickname="路人甲")
    await j.until(lambda: j.said("核实", user_id=20001), "the owner is told of the stranger")
    await j.world.at_bot(SALES, 20001, BOT, "群检查")
    public = (await j.until(lambda: j.said("详情已私聊", group_id=SALES), "counts in the group"))[-1]
    assert "30007" not in public.text
    await j.until(lambda: j.said("V", user_id=20001), "details in private")


async def test_a_code_in_a_name_or_purpose_stays_text(company: Journey) -> None:
    j = company
    unfiled(j)
    await j.world.rename(NEW, "[CQ:at,qq=all]群", 20001)
    await j.start()
    await j.connect()
    await j.until(lambda: j.said("[CQ:at,qq=all]群", user_id=20001), "said as text")
    assert all("all" not in map(str, s.at) for s in j.world.shown)
    kinds = {segment["type"] for shown in j.world.shown for segment in shown.segments}
    assert kinds <= {"text", "at", "image"}


async def test_a_transfer_frees_the_old_group_only_after_the_handover(company: Journey) -> None:
    j = company
    moved = [
        Row(
            r.no,
            r.name,
            "技术部" if r.no == "A005" else r.department,
            r.qq,
            r.phone,
            r.status,
            r.title,
            r.head,
        )
        for r in STAFF
    ]
    await j.start()
    await j.connect()
    await j.import_roster(moved)
    await j.world.say(SALES, 20005, "还在交接")
    await j.world.at_bot(SALES, 20001, BOT, "群检查")
    await j.until(lambda: j.said("检查完毕", group_id=SALES), "judged with both departments")
    assert j.inside(SALES, 20005)
    await j.world.whisper(BOSS, BOT, "移交完成 A005")
    await j.until(lambda: not j.inside(SALES, 20005), "out of the old department's group")
    assert j.inside(ALL, 20005)
    await j.until(lambda: j.said("技术部-陈晨", group_id=ALL), "the card must change")
    await j.stored(select(cases.c.closed_as).where(cases.c.code == "T1"), [("removed",)])
