"""Settings as people write them, and the one line that each wrong one gets."""

from pathlib import Path

import pytest
from nonebot.config import Config

from bot import secrets_of
from config import settings as known
from config.policy import PolicyError, load_policy, read_policy
from config.settings import Settings, SettingsError, for_nonebot, load_settings, unheeded


def write(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(folder)
    for key in ("HOST", "PORT", "SUPERUSERS", "ADMIN_GROUP", "LOG_LEVEL", "ONEBOT_ACCESS_TOKEN"):
        monkeypatch.delenv(key, raising=False)
    (folder / ".env").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('["10001","10002"]', {10001, 10002}),
        ("[10001, 10002]", {10001, 10002}),
        ("10001,10002", {10001, 10002}),
        ("10001，10002", {10001, 10002}),
        ("10001；10002、10003", {10001, 10002, 10003}),
        ("“10001”", {10001}),
        ("10001", {10001}),
        ("", set()),
        ("[]", set()),
    ],
)
def test_superusers_are_read_as_people_write_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, read: set[int]
) -> None:
    write(tmp_path, monkeypatch, f"SUPERUSERS={written}\n")
    assert load_settings().superusers == read


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("SUPERUSERS=-1", ("SUPERUSERS", "QQ")),
        ("SUPERUSERS=1,2", ("SUPERUSERS", "QQ")),
        ("SUPERUSERS=张三", ("SUPERUSERS", "QQ")),
        ("HOST=", ("HOST", "IP")),
        ("HOST=bot.example", ("HOST", "IP")),
        ("PORT=eighty", ("PORT", "65535")),
        ("PORT=0", ("PORT", "65535")),
        ("ADMIN_GROUP=-5", ("ADMIN_GROUP", "群号")),
        ("ADMIN_GROUP=0", ("ADMIN_GROUP", "群号")),
        ("LOG_LEVEL=LOUD", ("LOG_LEVEL", "INFO")),
        ("LOG_JSON=perhaps", ("LOG_JSON", "true")),
        ("ONEBOT_ACCESS_TOKEN=中文令牌", ("ONEBOT_ACCESS_TOKEN", "半角")),
        ("POLICY_FILE=", ("POLICY_FILE", "路径")),
        ("DATA_DIR=", ("DATA_DIR", "路径")),
        ('LOG_LEVEL="INFO', (".env：第 1 行", "引号要成对")),
        ("LOG_LEVEL INFO", (".env：第 1 行", "名称=值")),
    ],
)
def test_a_wrong_setting_is_one_line_that_says_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, words: tuple[str, ...]
) -> None:
    write(tmp_path, monkeypatch, line + "\n")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    said = str(refused.value)
    assert "\n" not in said
    assert all(word in said for word in (".env", *words)), said


@pytest.mark.parametrize("written", ['["a","b"]', "a,b", "a，b"])
def test_folders_are_read_as_people_write_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    write(tmp_path, monkeypatch, f"QQ_FOLDERS={written}\n")
    assert load_settings().qq_folders == (Path("a"), Path("b"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[card]\ndue_days = 3，\n", "第 2 行读不懂；标点 ， 要用半角"),
        ("[card]\nstrictness = “exact”\n", "第 2 行读不懂；标点 “ 要用半角"),
        ("[card]\ndue_days = 3\ndue_days = 4\n", "第 3 行读不懂；请对照"),
        ("[card\n", "第 1 行读不懂；请对照"),
        ('company = "甲公司"\n', "company = '甲公司' 不对；应为：一节，写作 [company]"),
    ],
)
def test_a_line_of_parameters_that_cannot_be_read_is_named(tmp_path: Path, text: str, said: str) -> None:
    (file := tmp_path / "p.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as wrong:
        load_policy(file)
    assert str(wrong.value).startswith(f"{file}：{said}")


@pytest.mark.parametrize(("line", "port"), [("", 8001), ("ENVIRONMENT=dev\n", 8002)])
def test_the_environment_names_the_second_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, port: int
) -> None:
    write(tmp_path, monkeypatch, line)
    (tmp_path / ".env.prod").write_text("PORT=8001\n", encoding="utf-8")
    (tmp_path / ".env.dev").write_text("PORT=8002\n", encoding="utf-8")
    assert load_settings().port == port


def test_localhost_is_the_loopback_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, monkeypatch, "HOST=localhost\n")
    settings = load_settings()
    assert (settings.host, settings.is_loopback) == ("127.0.0.1", True)


def test_nonebot_gets_what_was_judged_and_reads_nothing_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        tmp_path,
        monkeypatch,
        "SUPERUSERS=10002，10001\nLOG_LEVEL=debug\nCOMMAND_SEP=.\nFASTAPI_RELOAD=maybe\n",
    )
    monkeypatch.setenv("PORT", "9090")
    monkeypatch.setenv("NICKNAME", "群规")
    assert unheeded() == ["COMMAND_SEP", "FASTAPI_RELOAD", "NICKNAME"]
    config = Config(**for_nonebot(load_settings()))
    assert (str(config.host), config.port, config.log_level) == ("127.0.0.1", 9090, "DEBUG")
    assert (config.superusers, config.nickname, config.command_sep) == ({"10001", "10002"}, set(), {"."})
    assert "fastapi_reload" not in config.model_dump()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"discussion": {"window_days": 5}}, ("discussion.window_days", "5", "discussion.active_days")),
        ({"privacy": {"keep_days": 0}}, ("privacy.keep_days", "0")),
        ({"pace": {"send_seconds": 0}}, ("pace.send_seconds", "0")),
        ({"pace": {"kick_seconds": -1}}, ("pace.kick_seconds", "-1")),
        ({"hours": {"start": "18:00", "end": "09:00"}}, ("hours.end", "09:00", "hours.start")),
        ({"pase": {}}, ("pase", "pace")),
    ],
)
def test_a_parameter_that_makes_no_sense_is_one_line(
    table: dict[str, dict[str, object]], words: tuple[str, ...]
) -> None:
    with pytest.raises(PolicyError) as refused:
        read_policy(table, "regulation.toml")
    assert all(word in str(refused.value) for word in words), refused.value


def test_every_secret_setting_is_hidden_from_logs():
    names = known._SECRET - {"database_url"}  # pyright: ignore[reportPrivateUsage]
    given = {name: f"secret-{name}" for name in names}
    url = "postgresql+psycopg://qungui:p%40ss@localhost/qungui"
    settings = Settings.model_validate({**given, "database_url": url})
    assert set(secrets_of(settings)) == {*given.values(), url, "p%40ss", "p@ss"}
