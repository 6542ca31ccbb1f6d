"""The terminal's edge: wrong usage is one line and exit code 2, and any console will do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import started

ROOT = Path(__file__).resolve().parents[2]


def environment(folder: Path) -> dict[str, str]:
    settings = {"DATA_DIR": str(folder), "POLICY_FILE": str(ROOT / "config/regulation.toml")}
    return {**os.environ, **settings, "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/cli.db"}


def run(*words: str, folder: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *words],
        cwd=folder, env=environment(folder) | more, capture_output=True, check=False,
    )  # fmt: skip


def test_wrong_usage_is_said_on_the_stream_of_errors(tmp_path: Path) -> None:
    done = run("impot", folder=tmp_path)
    lines = done.stderr.decode("utf-8").splitlines()
    assert (done.returncode, len(lines), done.stdout) == (2, 1, b"")
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
    done = run("doctor", folder=tmp_path, PYTHONIOENCODING="gbk", SUPERUSERS="10001")
    lines = done.stdout.decode("gbk").splitlines()
    assert done.returncode == 1
    assert {line[0] for line in lines} == {"√", "×"}
    assert done.stderr == b""
