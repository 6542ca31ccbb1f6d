"""The whole log of a real process at TRACE: one event one line, no secret, nobody's proof, no QQ number at INFO."""

import asyncio
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from db.tables.requests import join_requests
from simulator.onebot.message_events import private_message
from simulator.qq.model import Message
from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import BOSS, BOT, HEADERS, ROOT, STAFF, TOKEN, Journey
from tests.journeys.test_starting import run_bot

PHONE = "13900005678"
DIGITS = ("5678", "8888", "4321")
NUMBERS = tuple(row.no for row in STAFF)
PEOPLE = (30001, 30002, 30003, 20001, 20005, BOSS, BOT, SALES, ALL)
LINE = re.compile(r"\d\d-\d\d \d\d:\d\d:\d\d \[(?P<level>[A-Z]+)\] [\w.]+ \| (?P<said>.+)")

# A bot in which much goes wrong that would usually not: whatever reports it must come out as a line.
TROUBLED = f"""
import asyncio, logging, sys, threading, warnings
sys.path.insert(0, {str(ROOT)!r})
import bot, nonebot
from services.groups import card_help

async def fails(app, user_id, group_id):
    try:
        raise KeyError("A004")
    except KeyError as error:
        raise ValueError("A004 {PHONE} 'top secret'\\nsecond line") from error

async def forgotten():
    raise RuntimeError("nobody awaits this")

async def trouble():
    asyncio.get_running_loop().create_task(forgotten())
    warnings.simplefilter("default")
    warnings.warn("warned\\nof something")
    logging.getLogger("somebody.else").error("two\\nlines")
    threading.Thread(target=lambda: 1 / 0).start()

def start(app, begin=bot.start):
    begin(app)
    nonebot.get_driver().on_startup(trouble)

card_help.right_card_for, bot.start = fails, start
bot.main()
"""


@pytest.fixture
def troubled(company: Journey, tmp_path: Path) -> Journey:
    company.entry = tmp_path / "troubled.py"
    company.entry.write_text(TROUBLED, "utf-8")
    company.environment = {"ONEBOT_SECRET": "the-secret-of-http-posts", "LOG_LEVEL": "TRACE"}
    return company


async def live_a_little(j: Journey) -> None:
    """Join requests right and wrong, an import by chat, binding, commands, and events nobody can read."""
    await j.start()
    account = await j.connect()
    world = j.world
    await world.ask_to_join(
        SALES, 30001, "问题：部门 姓名 工号 手机后四位\n答案：市场部 张三 A004 5678", "小张"
    )
    await world.ask_to_join(SALES, 30002, "市场部 张三 A004 4321", "路人")
    await j.until(lambda: j.inside(SALES, 30001), "let in")
    await world.whisper(30003, BOT, "绑定 赵小雨 A008 8888", group_id=SALES)
    await world.whisper(30003, BOT, "绑定 赵小雨 A008 4321", group_id=SALES)
    await world.whisper(BOSS, BOT, "员工 A004")
    await world.whisper(BOSS, BOT, "离职 A007")
    await world.say(SALES, 20005, "/名片")
    await world.say(SALES, 20005, f"我的手机 {PHONE} 工号 A005")
    rows = "\n".join(",".join(line) for line in (HEADERS, *(row.cells() for row in STAFF)))
    await world.whisper_file(BOSS, BOT, "roster.csv", rows.encode())
    await j.until(lambda: j.said("导入 I", user_id=BOSS), "a preview")
    shown = next(shown.text for shown in j.said("导入 I", user_id=BOSS))
    found = re.search(r"I\d+", shown)
    assert found is not None
    await world.whisper(BOSS, BOT, f"同意 {found.group()}")
    event = private_message(BOT, Message(1, world.now(), 30003, "x", [], f"绑定 赵小雨 A008 8888 {PHONE}"))
    for odd in ({"self_id": "abc"}, {"time": "never"}, {"user_id": {"A008": PHONE}}, {"message": 5678}):
        account.push({**event, **odd})
    await world.whisper(BOSS, BOT, "状态")
    await j.until(lambda: j.said("待办", user_id=BOSS), "the state")
    await j.stored(select(join_requests.c.state).order_by(join_requests.c.id), [("answered",), ("answered",)])
    await j.terminate()


def whole_number(number: object) -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9A-Za-z]){number}(?![0-9A-Za-z])")


def holds_no_secret(j: Journey, lines: list[tuple[str, str]]) -> None:
    """`lines`: (level, everything said in it)."""
    said = "\n".join(text for _, text in lines)
    given = j.settings()
    words = [TOKEN, given["PHONE_KEY"], given["ONEBOT_SECRET"], PHONE, "top secret", "小张"]
    words += [j.database_url] if "@" in j.database_url else []
    assert [word for word in words if word in said] == []
    if password := urlsplit(j.database_url).password:
        assert not re.search(rf"[:= ]{password}(?![\w])", said)
    assert [number for number in (*DIGITS, *NUMBERS) if whole_number(number).search(said)] == []
    at_info = "\n".join(text for level, text in lines if level not in ("DEBUG", "TRACE"))
    assert [number for number in PEOPLE if whole_number(number).search(at_info)] == []


TROUBLES = ("ValueError", "RuntimeError", "warned", "two", "ZeroDivisionError", "Uvicorn running", "NoneBot")


@pytest.mark.dialects
async def test_each_event_is_one_line_without_any_secret(troubled: Journey) -> None:
    j = troubled
    await live_a_little(j)
    written = (await asyncio.to_thread(j.log.read_text, "utf-8")).splitlines()
    found = [LINE.fullmatch(line) for line in written]
    assert [line for line, match in zip(written, found, strict=True) if match is None] == []
    lines = [(match["level"], match["said"]) for match in found if match is not None]
    holds_no_secret(j, lines)
    assert [word for word in TROUBLES if not any(word in text for _, text in lines)] == []


async def test_with_log_json_each_line_is_one_object_without_any_secret(troubled: Journey) -> None:
    j = troubled
    j.environment |= {"LOG_JSON": "1"}
    await live_a_little(j)
    written = (await asyncio.to_thread(j.log.read_text, "utf-8")).splitlines()
    objects = [json.loads(line) for line in written]
    assert all({"time", "level", "name", "message"} <= one.keys() for one in objects)
    lines = [(one["level"], " ".join([one["message"], one.get("error", "")])) for one in objects]
    holds_no_secret(j, lines)
    assert [word for word in TROUBLES if not any(word in text for _, text in lines)] == []
    broken = next(one for one in objects if one.get("error", "").startswith("ValueError"))
    assert any("plugins/commands/dispatch.py" in place for place in broken["where"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"PORT": "none"},
        {"HOST": "0.0.0.0", "ONEBOT_ACCESS_TOKEN": ""},
        {"DATABASE_URL": "sqlite+aiosqlite:////proc/q.db"},
    ],
)
async def test_with_log_json_a_refused_start_is_one_object_too(
    journey: Journey, wrong: dict[str, str]
) -> None:
    journey.environment = {"LOG_JSON": "1", **wrong}
    code, printed = await run_bot(journey)
    assert code == 1
    objects = [json.loads(line) for line in printed.splitlines()]
    assert objects[-1]["level"] == "ERROR"
    assert objects[-1]["message"]
