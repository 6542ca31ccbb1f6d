"""The scenes of the day, in order. Each acts in QQ, waits for what must follow, and says what it saw."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from config.phrases.joining import REASONS
from db.engine import Database, Transaction
from db.queries.cases import case_reports
from db.queries.joining import requests
from terminal.demo.company import ADMIN, ALL, BOT, LUNCH, NAMES, SALES, TECH, Person
from terminal.demo.stage import Stage
from terminal.demo.teller import Teller

T = TypeVar("T")
Company = Mapping[str, Person]
Scene = Callable[[Stage, Teller, Company], Awaitable[None]]
_WORD = {"approve": "通过", "reject": "拒绝", "hold": "待审"}
NEWCOMER, STRANGER, TRAINEE = 30001, 30002, 30003


def _inside(stage: Stage, group_id: int, user_id: int) -> bool:
    return user_id in stage.world.groups[group_id].members


def _card(stage: Stage, group_id: int, user_id: int) -> str:
    member = stage.world.groups[group_id].members.get(user_id)
    return member.card if member is not None else ""


def _said(stage: Stage, words: str, *, group_id: int | None = None, user_id: int | None = None) -> bool:
    return any(
        words in shown.text and shown.group_id == group_id and (user_id is None or shown.user_id == user_id)
        for shown in stage.world.shown
    )


async def _stored(stage: Stage, look: Callable[[Transaction], Awaitable[T]]) -> T:
    """Return what the bot has stored."""
    database = Database(f"sqlite+aiosqlite:///{stage.folder / 'demo.db'}")
    try:
        async with database.reading() as tx:
            return await look(tx)
    finally:
        await database.close()


async def _verdict(stage: Stage, teller: Teller, user_id: int) -> str:
    """Tell the verdict on a person's newest request, as the bot stored it; return its word."""
    row = await _stored(stage, lambda tx: requests.newest_of(tx, user_id))
    if row is None:
        return ""
    word = _WORD[row.verdict]
    why = REASONS.get(row.reason, row.reason)
    teller.verdict(word, f"J{row.id}，判定表第 {row.row} 行，依据条款 {row.clause or '—'}，{why}")
    return word


async def _ask(
    stage: Stage, teller: Teller, group_id: int, user_id: int, nickname: str, comment: str
) -> None:
    teller.someone(nickname, f"申请加入「{NAMES[group_id]}」，附言：{comment}")
    await stage.world.ask_to_join(
        group_id, user_id, f"问题：部门 姓名 工号 手机后四位\n答案：{comment}", nickname
    )


async def morning(stage: Stage, teller: Teller, company: Company) -> None:
    """The bot finds a group that nobody filed, and tells its owner."""
    teller.scene("上午：机器人清点各群")
    told = await stage.until(lambda: _said(stage, "备案", user_id=20009), "unfiled notice")
    teller.sent(stage.world)
    teller.expect(told, "没有备案的「午餐拼单群」：群主收到一次备案通知")


async def right_proof(stage: Stage, teller: Teller, company: Company) -> None:
    """The right name, number and digits let somebody in; the card is set."""
    teller.scene("入群：填对了")
    await _ask(stage, teller, SALES, NEWCOMER, "小张", "我是市场部的张三，工号A004，手机后四位5678")
    entered = await stage.until(lambda: _inside(stage, SALES, NEWCOMER), "approved")
    await _verdict(stage, teller, NEWCOMER)
    named = await stage.until(lambda: _card(stage, SALES, NEWCOMER) == "市场部-张三", "card set")
    teller.expect(entered and named, f"张三进了群，名片已写成「{_card(stage, SALES, NEWCOMER)}」")


async def wrong_proof(stage: Stage, teller: Teller, company: Company) -> None:
    """Wrong digits are refused, without a word on what was wrong."""
    teller.scene("入群：对不上")
    await _ask(stage, teller, SALES, STRANGER, "路人", "市场部 孙磊 A009 4321")
    settled = await stage.until(
        lambda: any(h.kind == "request_settled" and h.user_id == STRANGER for h in stage.world.happened),
        "rejected",
    )
    word = await _verdict(stage, teller, STRANGER)
    request = next(r for r in stage.world.requests.values() if r.user_id == STRANGER)
    teller.note(f"QQ 里对方看到：{request.reason}")
    teller.expect(
        settled and word == "拒绝" and request.verdict == "reject",
        "冒用工号的申请被拒绝，理由里不透露哪里不对",
    )


async def on_probation(stage: Stage, teller: Teller, company: Company) -> None:
    """Somebody on probation waits until the department head consents."""
    teller.scene("入群：试用期，等部门主管同意")
    await _ask(stage, teller, TECH, TRAINEE, "小雨", "技术部 赵小雨 A008 8888")
    asked = await stage.until(lambda: _said(stage, "E1", user_id=20002), "E item told")
    word = await _verdict(stage, teller, TRAINEE)
    teller.sent(stage.world)
    teller.expect(asked and word == "待审", "申请待审，技术部主管收到 E1")
    teller.someone("李敏（技术部主管）", "私聊机器人：同意 E1")
    await stage.world.whisper(20002, BOT, "同意 E1")
    entered = await stage.until(lambda: _inside(stage, TECH, TRAINEE), "consented")
    teller.sent(stage.world)
    teller.expect(entered, "主管同意后，申请自动通过，赵小雨进了群")


async def card_reminder(stage: Stage, teller: Teller, company: Company) -> None:
    """A wrong card brings one reminder that names the right one; who corrects it hears no more."""
    teller.scene("名片提醒")
    teller.someone("陈晨", "把「市场部工作群」里的名片改成了「陈晨」，发言：大家早")
    await stage.world.change_card(SALES, 20005, "陈晨")
    await stage.world.say(SALES, 20005, "大家早")
    reminded = await stage.until(lambda: _said(stage, "市场部-陈晨", group_id=SALES), "card reminder")
    teller.verdict("名片提醒", "C1（条款 四.1.4）名片缺部门，重新读过成员列表才开口")
    teller.sent(stage.world)
    teller.expect(reminded, "群里 @ 了陈晨一次，写明应改成什么")
    teller.someone("陈晨", "在群里发：/改名片")
    await stage.world.say(SALES, 20005, "/改名片")
    fixed = await stage.until(lambda: _card(stage, SALES, 20005) == "市场部-陈晨", "card fixed")
    teller.sent(stage.world)
    teller.expect(fixed, "名片已改成「市场部-陈晨」，不再提醒")


async def filing(stage: Stage, teller: Teller, company: Company) -> None:
    """The owner files the group; head and admin staff approve."""
    teller.scene("备案：群主填写，主管审核，行政部批准")
    teller.someone("孙磊（群主）", "在「午餐拼单群」发：/备案 用途=同事午餐拼单 范围=市场部,技术部")
    await stage.world.say(LUNCH, 20009, "/备案 用途=同事午餐拼单 范围=市场部,技术部")
    with_head = await stage.until(lambda: _said(stage, "B", user_id=20001), "with head")
    await stage.until(lambda: _said(stage, "详情已私聊", group_id=LUNCH), "answered in the group")
    teller.sent(stage.world)
    filing_id = _newest_filing(stage, 20001)
    teller.someone("王强（市场部主管）", f"私聊机器人：同意 {filing_id}")
    await stage.world.whisper(20001, BOT, f"同意 {filing_id}")
    with_staff = await stage.until(lambda: _said(stage, filing_id, user_id=ADMIN), "with admin staff")
    teller.sent(stage.world)
    teller.someone("周静（行政部）", f"私聊机器人：同意 {filing_id}")
    await stage.world.whisper(ADMIN, BOT, f"同意 {filing_id}")
    approved = await stage.until(lambda: _said(stage, "备案2", group_id=LUNCH), "approved")
    await stage.until(lambda: _said(stage, "已批准", user_id=ADMIN), "answered")
    teller.sent(stage.world)
    teller.expect(with_head and with_staff and approved, "备案走完两步，群里公布了备案号")


def _newest_filing(stage: Stage, user_id: int) -> str:
    """Return the id of the newest filing that somebody was told of in private."""
    told = [shown.text for shown in stage.world.shown if shown.user_id == user_id]
    found = re.findall(r"\bB\d+", "\n".join(told))
    return found[-1] if found else "B1"


async def departure(stage: Stage, teller: Teller, company: Company) -> None:
    """Somebody leaves: out of every group at once, each confirmed by a fresh list."""
    teller.scene("离职：当天退出全部群")
    person = company["A006"]
    homes = [g for g in (SALES, ALL) if _inside(stage, g, person.qq)]
    teller.someone("周静（行政部）", "私聊机器人：离职 A006")
    await stage.world.whisper(ADMIN, BOT, "离职 A006")

    async def confirmed() -> set[int]:
        found = await _stored(stage, lambda tx: case_reports.removed_as_departed(tx, [person.no]))
        return {case.group_id for case in found}

    async def all_confirmed() -> bool:
        return await confirmed() >= set(homes)

    gone = await stage.until(all_confirmed, "removed, and confirmed")
    for group_id in await confirmed():
        if not _inside(stage, group_id, person.qq):
            teller.verdict(
                "移出", f"{person.name} 已不在「{NAMES[group_id]}」（L1，条款 四.1.5A，重新读取成员列表核实）"
            )
    told = await stage.until(lambda: _said(stage, "王芳", user_id=20009), "owner told")
    await stage.until(lambda: _said(stage, "已记录", user_id=ADMIN), "answered")
    teller.sent(stage.world)
    teller.expect(gone, f"王芳退出了机器人当管理员的 {len(homes)} 个群")
    teller.expect(told, "「午餐拼单群」里机器人不是管理员：群主收到通知，写明期限")


async def summary(stage: Stage, teller: Teller, company: Company) -> None:
    """Admin staff ask for the summary; nobody else gets it."""
    teller.scene("违规汇总")
    teller.someone("刘洋（员工）", "私聊机器人：违规汇总")
    await stage.world.whisper(20007, BOT, "违规汇总", group_id=TECH)
    refused = await stage.until(lambda: any(s.user_id == 20007 for s in stage.world.shown), "refused")
    teller.sent(stage.world)
    teller.expect(refused and not _said(stage, "新增", user_id=20007), "普通员工看不到汇总")
    teller.someone("周静（行政部）", "私聊机器人：违规汇总 今天")
    await stage.world.whisper(ADMIN, BOT, "违规汇总 今天")
    shown = await stage.until(
        lambda: any(s.user_id == ADMIN and s.image for s in stage.world.shown), "summary with picture"
    )
    teller.sent(stage.world)
    teller.expect(shown, "行政部收到违规汇总：文字和一张图")
    picture = next((s.image for s in stage.world.shown if s.user_id == ADMIN and s.image), None)
    if picture is not None:
        (stage.folder / "违规汇总.png").write_bytes(picture)
    code, _ = await stage.terminal("summary", "--xlsx", str(stage.folder / "违规汇总.xlsx"))
    teller.expect(code == 0, "汇总工作簿已另存")


DAY: tuple[Scene, ...] = (
    morning,
    right_proof,
    wrong_proof,
    on_probation,
    card_reminder,
    filing,
    departure,
    summary,
)
