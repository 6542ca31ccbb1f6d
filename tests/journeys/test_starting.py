"""What stops a start: one plain line, exit code 1, nothing changed. And what a stop takes."""

import socket
import sqlite3
from pathlib import Path

import httpx2
import pytest

from simulator.loopback import free_port
from tests import started
from tests.journeys.harness import BOT, ROOT, TOKEN, Journey


async def run_bot(j: Journey) -> tuple[int, str]:
    code, printed = await started.run(ROOT / "bot.py", folder=j.folder, environment=j.settings())
    return code, printed.strip()


async def refused(j: Journey, *words: str) -> None:
    code, printed = await run_bot(j)
    assert code == 1, printed
    last = printed.splitlines()[-1]
    assert all(word in last for word in words), printed
    assert "Traceback" not in printed


async def test_a_wrong_parameter_is_one_line_with_file_key_value_and_what_is_allowed(
    journey: Journey,
) -> None:
    journey.policy = "[pace]\nverify_seconds = 0.2\n"
    await refused(journey, "regulation.toml", "pace.verify_seconds", "0.2", "1")


async def test_superusers_written_with_commas_are_read(journey: Journey) -> None:
    j = journey
    j.environment = {"SUPERUSERS": "10001，10002"}
    await j.start()
    await j.connect()
    for superuser in (10001, 10002):
        j.world.befriend(BOT, superuser)
        assert "总模式" in await j.whisper(superuser, "状态", "总模式")


async def test_settings_that_nonebot_alone_would_read_do_not_stop_a_start_that_doctor_calls_well(
    journey: Journey,
) -> None:
    j = journey
    j.environment = {"NICKNAME": "群规", "API_TIMEOUT": "soon", "DRIVER": "~none", "COMMAND_START": "/"}
    lines = ("COMMAND_SEP=.", "SESSION_EXPIRE_TIMEOUT=soon", "FASTAPI_RELOAD=maybe", "ONEBOT_WS_URLS=x")
    (j.folder / ".env").write_text("\n".join([*lines, "ONEBOT_V11_ACCESS_TOKEN=another", ""]), "utf-8")
    code, printed = await j.cli("doctor")
    assert code == 1
    assert "√ 设置与规定参数：NoneBot 的这些设置在这里不起作用：API_TIMEOUT、COMMAND_SEP、" in printed
    await j.start()
    assert (await j.connect()).refusals == []


async def test_a_port_in_use_is_one_line(journey: Journey) -> None:
    with socket.create_server(("127.0.0.1", journey.port)):
        await refused(journey, str(journey.port))


async def test_a_second_bot_on_one_sqlite_file_is_one_line_and_the_terminal_works_beside_the_first(
    journey: Journey,
) -> None:
    await journey.start()
    journey.port = free_port()

    await refused(journey, "journey.db", "PostgreSQL")

    assert (await journey.cli("summary", "--json"))[0] == 0
    await journey.kill()
    await journey.start()


async def test_listening_to_others_needs_a_token(journey: Journey) -> None:
    journey.environment = {"HOST": "0.0.0.0", "ONEBOT_ACCESS_TOKEN": ""}
    await refused(journey, "HOST", "ONEBOT_ACCESS_TOKEN")


@pytest.mark.parametrize("address", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"])
async def test_a_database_in_memory_is_refused_in_one_line(journey: Journey, address: str) -> None:
    journey.environment = {"DATABASE_URL": address}
    await refused(journey, "DATABASE_URL", "文件")


async def test_a_file_that_is_no_database_is_one_line(journey: Journey) -> None:
    (journey.folder / "journey.db").write_bytes(b"not a database at all" * 100)
    await refused(journey, "数据库")


async def test_a_database_of_a_newer_version_is_left_as_it_is(journey: Journey) -> None:
    code, printed = await journey.cli("db", "upgrade")
    assert code == 0, printed
    path = journey.folder / "journey.db"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    await refused(journey, "更新版本")


async def test_an_unreadable_env_file_is_one_line(journey: Journey) -> None:
    (journey.folder / ".env").write_bytes(b"\xff\xfe\x00bad")
    await refused(journey, ".env")


@pytest.mark.dialects
async def test_it_stops_when_asked_and_hides_its_secrets(company: Journey) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.until(lambda: any(c.action == "get_group_list" for c in j.world.calls), "at work")
    await j.terminate()
    log = j.log.read_text("utf-8")
    assert TOKEN not in log
    assert j.settings()["PHONE_KEY"] not in log


async def test_forged_posts_are_refused_and_do_not_lock_the_bot_out(company: Journey) -> None:
    j = company
    await j.start()
    event = {"time": 1, "self_id": BOT, "post_type": "message", "message_type": "private", "user_id": 10001}
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"http://127.0.0.1:{j.port}/onebot/v11/http", json=event, headers={"X-Self-ID": str(BOT)}
        )
        assert answer.status_code in (401, 403, 404)
        account = await j.connect()
        assert account.refusals == []
        await j.until(
            lambda: any(c.action == "get_group_list" for c in j.world.calls), "the real one is served"
        )
        assert (await client.get(f"http://127.0.0.1:{j.port}/metrics")).text.count(
            "qungui_accounts_connected 1.0"
        )


async def test_health_says_why_it_is_not_well(journey: Journey) -> None:
    j = journey
    await j.start()
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{j.port}/healthz")
    assert answer.status_code == 503
    assert "QQ" in answer.text


@pytest.mark.parametrize(
    "content", [b"", "姓名,部门\n张三,市场部\n".encode(), b"PK\x03\x04broken", b"\x00\x01\x02"]
)
async def test_a_roster_that_cannot_be_used_changes_nothing(
    journey: Journey, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    code, printed = await journey.cli("import", str(path), "--yes")
    assert code == 1
    assert len(printed.strip().splitlines()) == 1
    assert "Traceback" not in printed


async def test_a_missing_file_and_an_unknown_option_are_wrong_usage(journey: Journey) -> None:
    assert (await journey.cli("import", "nowhere.xlsx"))[0] == 2
    assert (await journey.cli("import", "--frobnicate"))[0] == 2
