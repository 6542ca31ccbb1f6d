"""The terminal's edge: wrong usage is one line and exit code 2, and any console will do."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import cli
from terminal.demo.stage import Stage
from terminal.usage import help_of
from tests import started

ROOT = Path(__file__).resolve().parents[2]


def environment(folder: Path) -> dict[str, str]:
    settings = {"DATA_DIR": str(folder), "POLICY_FILE": str(ROOT / "config/regulation.toml")}
    return {**os.environ, **settings, "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/cli.db"}


async def test_wrong_usage_is_said_on_the_stream_of_errors(tmp_path: Path) -> None:
    code, printed = await started.run(
        ROOT / "cli.py", "impot",
        folder=tmp_path, environment=environment(tmp_path), errors=tmp_path / "errors",
    )  # fmt: skip
    lines = (tmp_path / "errors").read_text("utf-8").splitlines()
    assert (code, len(lines), printed) == (2, 1, "")
    assert "没有这个命令：impot" in lines[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "--foo"), "没有这个选项：--foo"),
        (("audit", "--group", "x"), "--group 写得不对"),
        (("export", "violations"), "少写了 文件；"),
        (("forget",), "少写了 工号；"),
        (("console-code", "x"), "QQ号 写得不对；"),
        (("import",), "二选一"),
        (("export", "violations", "out.csv"), "out.xlsx"),
    ],
)
async def test_wrong_usage_is_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    code, printed = await started.run(
        ROOT / "cli.py", *words, folder=tmp_path, environment=environment(tmp_path)
    )
    lines = printed.splitlines()
    assert (code, len(lines)) == (2, 1)
    assert said in lines[0]


def test_a_console_that_writes_gbk_shows_every_line(tmp_path: Path) -> None:
    """Python chooses its encoding at its start."""
    gbk = environment(tmp_path) | {"PYTHONIOENCODING": "gbk", "SUPERUSERS": "10001"}
    words = [sys.executable, str(ROOT / "cli.py"), "doctor"]
    done = subprocess.run(words, cwd=tmp_path, env=gbk, capture_output=True, check=False)
    lines = done.stdout.decode("gbk").splitlines()
    assert done.returncode == 1
    assert {line[0] for line in lines} == {"√", "×"}
    assert done.stderr == b""


# What is typed, and names of programs and forms of files.
TYPED = {
    "cli.py", "QQ", "JSON", "xlsx", "xls", "csv", "CSV", "SCIM", "Entra", "napcat", "llbot", "lagrange",
    "snowluma", "go-cqhttp", "violations", "fines", "filings", "employees", "folder", "ldap", "dingtalk",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z][A-Za-z.\-]*[A-Za-z]")


def every_help(path: str, command: Any) -> Iterator[tuple[str, str, set[str]]]:
    """Yield each command with its help, and the words that are typed for it."""
    inner: dict[str, Any] = getattr(command, "commands", {})
    options = {opt for one in command.params for opt in (*one.opts, *one.secondary_opts)}
    yield (
        path,
        help_of(command, path),
        {word for name in (*options, *inner, path) for word in WORD.findall(name)},
    )
    for name, each in inner.items():
        yield from every_help(f"{path} {name}", each)


def test_help_is_chinese_from_the_first_word_to_the_last() -> None:
    found = list(every_help("cli.py", typer.main.get_command(cli)))
    assert len(found) > 25
    strange = {path: set(WORD.findall(text)) - TYPED - own - {"yes", "help"} for path, text, own in found}
    assert {path: words for path, words in strange.items() if words} == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--help",), ("用法：cli.py 命令", "  import        导入名册")),
        (("db",), ("用法：cli.py db 命令", "  restore  用备份恢复")),
        (("sources", "--help"), ("用法：cli.py sources [命令]", "  pull  现在就读一次。")),
        (("import", "--help"), ("用法：cli.py import [选项] [名册文件]", "  --undo 编号               撤销")),
        (("simulate", "--help"), ("  --members 人数  每群人数（3–2000，默认 30）",)),
    ],
)
async def test_help_is_shown_by_its_option_and_where_a_command_is_missing(
    tmp_path: Path, words: tuple[str, ...], said: tuple[str, ...]
) -> None:
    _, printed = await started.run(
        ROOT / "cli.py", *words, folder=tmp_path, environment=environment(tmp_path)
    )
    assert [line for line in said if line not in printed] == []


async def test_the_demo_reads_what_its_own_commands_print_in_any_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "gbk")
    code, printed = await Stage(tmp_path, 1.0).terminal("regulation", "--help")
    assert (code, printed.splitlines()[0]) == (0, "用法：cli.py regulation 命令")
