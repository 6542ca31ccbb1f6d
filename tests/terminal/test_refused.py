"""What the system refuses is said in Chinese, by its cause, in one line."""

from pathlib import Path

import pytest
from rich.console import Console

from services.app import App
from terminal.export import export
from tests import company as co


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/dev/full", "磁盘已满"),
        ("/dev/null/x.xlsx", "路径里有一段不是文件夹"),
        ("/nowhere/x.xlsx", "没有这个文件或文件夹"),
        ("/", "这是一个文件夹"),
    ],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
async def test_a_table_that_cannot_be_written_says_why(
    app: App, path: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await co.settle_in(app)
    assert await export(app, "fines", Path(path), out=Console(quiet=True)) == 1
    said = capsys.readouterr().err
    assert why in said
    assert said.count("\n") == 1
