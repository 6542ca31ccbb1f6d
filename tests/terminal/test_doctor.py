"""`cli.py doctor`: each look can fail, says what to do, and makes the exit code 1."""

import asyncio
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import text, update

from config.policy import load_policy
from config.settings import Settings
from db.engine import Transaction
from db.queries.groups import last_seen
from db.queries.people import employees, identities
from db.queries.work import outbox, switches
from db.tables.registry import registry_state
from services.app import App
from services.naming import moment
from services.running import health
from services.running.startup import build_app
from services.watching.clock_news import note_skew
from simulator.loopback import free_port
from terminal import doctor
from terminal.importing import import_roster
from tests import company as co
from tests.databases import prepare
from tests.services.stories import overdue_case

WELL = "正常\n\n待发送：0 件\n"
ILL = "没有连接中的 QQ 账号\n待发送的事项积压超过 30 分钟\n\n待发送：9 件\n"


@dataclass
class Place:
    """A machine on which all is well, and what can be done to it."""

    folder: Path
    app: App
    port: int
    answer: tuple[int, str] = (200, WELL)
    asked: str = ""

    async def write(self, work: Callable[[Transaction], Awaitable[Any]]) -> None:
        async with self.app.database.transaction() as tx:
            await work(tx)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer like the running bot's `/healthz`."""
        self.asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        status, body = self.answer[0], self.answer[1].encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        )
        writer.write(body)
        await writer.drain()
        writer.close()


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Place]:
    (tmp_path / "regulation.toml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    port = free_port()
    for key, value in {
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'q.db'}",
        "POLICY_FILE": str(tmp_path / "regulation.toml"),
        "DATA_DIR": str(tmp_path),
        "ONEBOT_ACCESS_TOKEN": "a-token-long-enough",
        "SUPERUSERS": '["10001"]',
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv("PHONE_KEY", raising=False)
    settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
    await prepare(settings)
    app = build_app(settings, load_policy(settings.policy_file))
    (tmp_path / "roster.csv").write_text("工号,姓名,部门,QQ\nA001,王强,市场部,20001\n", "utf-8")
    out = Console(file=io.StringIO())
    assert await import_roster(app, tmp_path / "roster.csv", yes=True, out=out) == 0
    made = Place(tmp_path, app, port)
    await made.write(lambda tx: last_seen.put(tx, co.GROUP, complete_at=app.now(), audited_at=app.now()))
    await co.filed(app)
    server = await asyncio.start_server(made.serve, "127.0.0.1", port)
    yield made
    server.close()
    await app.database.close()


async def examined() -> tuple[int, list[str]]:
    """Return the exit code, and the faults; fails when a line is neither good nor a fault."""
    out = io.StringIO()
    code = await doctor.examine(Console(file=out, highlight=False, soft_wrap=True, width=500))
    lines = out.getvalue().splitlines()
    assert all(line.startswith(("√ ", "× ")) for line in lines), lines
    return code, [line for line in lines if line.startswith("×")]


async def the_fault() -> str:
    """Return the one fault; fails where there is another number of them, or the exit code isn't 1."""
    code, faults = await examined()
    assert (code, len(faults)) == (1, 1), faults
    return faults[0]


def has(line: str, *words: str) -> bool:
    """Tell whether a line holds all of these words."""
    return all(word in line for word in words)


async def test_where_all_is_well_every_line_is_good_and_the_exit_code_0(place: Place) -> None:
    assert await examined() == (0, [])
    assert "Bearer a-token-long-enough" in place.asked


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("PORT", "none", ("设置", "PORT")),
        ("ONEBOT_ACCESS_TOKEN", "short", ("令牌", "太短")),
        ("SUPERUSERS", "[]", ("超级用户", ".env")),
        ("DATABASE_URL", "sqlite+aiosqlite:////proc/none/q.db", ("数据库", "打不开")),
    ],
)
async def test_wrong_settings_are_named(
    place: Place, monkeypatch: pytest.MonkeyPatch, key: str, value: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv(key, value)
    assert has(await the_fault(), *words)


async def test_a_disk_nearly_full_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 1 << 62)
    assert has(await the_fault(), "磁盘", "请腾出空间")


async def test_it_says_where_the_console_is_and_why_it_stays_closed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    for key, value in (("HOST", "127.0.0.1"), ("HOST", "0.0.0.0"), ("CONSOLE", "off")):
        monkeypatch.setenv(key, value)
        out = io.StringIO()
        await doctor.examine(Console(file=out, highlight=False, soft_wrap=True, width=500))
        shown += [line for line in out.getvalue().splitlines() if "控制台" in line]
    assert [line.partition("：")[2][:6] for line in shown] == ["", "不是本机地址", ""]
    assert shown[2] == "√ 控制台（已关闭）"


async def test_a_database_of_a_newer_version_is_named(place: Place) -> None:
    await place.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert has(await the_fault(), "数据库", "更新版本")


async def test_a_record_changed_by_hand_is_named(place: Place) -> None:
    case = await overdue_case(place.app)
    await place.write(lambda tx: tx.execute(text("UPDATE case_events SET data = '{}' WHERE kind = 'opened'")))
    assert has(await the_fault(), "记录的完整性", f"{case.id}", "备份")


async def test_a_look_that_breaks_is_a_fault_and_the_others_go_on(place: Place) -> None:
    await overdue_case(place.app)
    await place.write(lambda tx: tx.execute(text("ALTER TABLE case_events RENAME TO lost")))
    assert has(await the_fault(), "记录的完整性", "查不了")


async def test_an_empty_registry_is_named(place: Place) -> None:
    for table in ("identities", "employees"):
        await place.write(lambda tx, table=table: tx.execute(text(f"DELETE FROM {table}")))
    assert has(await the_fault(), "名册", "cli.py import")


async def test_a_stale_registry_is_named(place: Place) -> None:
    old = place.app.now() - timedelta(days=46)
    await place.write(lambda tx: tx.execute(update(registry_state).values(as_of=old)))
    assert has(await the_fault(), "名册", "45 天")


async def test_a_phone_key_that_others_can_read_is_named(place: Place) -> None:
    place.folder.joinpath("phone.key").chmod(0o644)
    assert has(await the_fault(), "手机尾号密钥", "chmod 600")


async def test_a_missing_font_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(size: int) -> None:
        raise OSError

    monkeypatch.setattr(doctor, "font", missing)
    assert has(await the_fault(), "字体", "uv sync")


class Ahead:
    """A gateway whose one account's events are ahead of our clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def accounts(self) -> tuple[int, ...]:
        return (co.BOT,)

    def clock_skew(self, account: int) -> float:
        return self.seconds


@pytest.mark.parametrize(("seconds", "way"), [(3600.0, "快 3600 秒"), (-121.0, "慢 121 秒")])
async def test_a_clock_that_disagrees_with_qqs_event_times_is_named(
    place: Place, seconds: float, way: str
) -> None:
    place.app.gateway = Ahead(seconds)  # pyright: ignore[reportAttributeAccessIssue]
    await note_skew(place.app)
    assert has(await the_fault(), "时钟", way, "timedatectl")


async def test_two_minutes_are_no_fault_and_neither_is_what_was_seen_days_ago(place: Place) -> None:
    place.app.gateway = Ahead(119.0)  # pyright: ignore[reportAttributeAccessIssue]
    await note_skew(place.app)
    assert await examined() == (0, [])
    long_ago = place.app.now() - timedelta(days=2)
    await place.write(lambda tx: switches.put(tx, "clock_skew", 3600.0, by="bot", at=long_ago))
    assert await examined() == (0, [])


async def test_a_clock_set_back_shows_by_the_newest_reading(place: Place) -> None:
    future = place.app.now() + timedelta(hours=1)
    await place.write(lambda tx: last_seen.put(tx, co.GROUP, complete_at=future))
    assert has(await the_fault(), "时钟", "拨回")


async def test_a_clock_that_was_never_set_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def never_set(app: App) -> datetime:
        return datetime(1970, 1, 1, tzinfo=co.AS_OF.tzinfo)

    monkeypatch.setattr(App, "now", never_set)
    code, faults = await examined()
    assert code == 1
    assert any("系统时间不对" in fault for fault in faults)


async def test_a_filed_group_that_nobody_has_read_for_long_is_named_beside_a_fresh_one(place: Place) -> None:
    await co.filed(place.app, co.OTHER)
    old = place.app.now() - timedelta(hours=27)
    await place.write(lambda tx: last_seen.put(tx, co.OTHER, complete_at=old))
    assert has(await the_fault(), "群成员读取", moment(old))


async def test_an_implementation_is_named_with_what_its_licence_asks_for(place: Place) -> None:
    await place.write(lambda tx: outbox.count_effect(tx, "SnowLuma", "set_group_kick", "ok"))
    out = io.StringIO()
    assert await doctor.examine(Console(file=out, highlight=False, soft_wrap=True, width=500)) == 0
    assert any("SnowLuma" in line and "书面许可" in line for line in out.getvalue().splitlines())


async def test_filed_groups_that_were_never_read_are_named(place: Place) -> None:
    await place.write(lambda tx: last_seen.put(tx, co.GROUP, complete_at=None))
    assert has(await the_fault(), "群成员读取", "1 个群")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((503, ILL), ("机器人", "没有连接中的 QQ 账号；待发送的事项积压超过 30 分钟")),
        ((403, "forbidden\n"), ("机器人", "令牌")),
        ((404, "not found"), ("机器人", "404")),
    ],
)
async def test_what_the_running_bot_answers_is_told(
    place: Place, answer: tuple[int, str], words: tuple[str, ...]
) -> None:
    place.answer = answer
    assert has(await the_fault(), *words)


async def test_a_bot_that_does_not_run_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(free_port()))
    assert has(await the_fault(), "机器人", "uv run bot.py")


async def test_a_bot_on_every_address_is_asked_on_this_machine(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    assert await examined() == (0, [])


async def test_a_superuser_who_departed_is_named_with_what_to_do(place: Place) -> None:
    async with place.app.database.transaction() as tx:
        await identities.put(tx, 10001, "A001", "admin", place.app.now(), "test")
        await employees.change(tx, "A001", departed_on=date(2026, 3, 1))
    assert has(await the_fault(), "超级用户", "王强", "SUPERUSERS")


async def test_a_superuser_number_that_is_nobodys_is_named_and_no_fault(place: Place) -> None:
    out = io.StringIO()
    assert await doctor.examine(Console(file=out, width=200)) == 0
    assert "10001 不是名册里任何人的 QQ" in out.getvalue()
