"""`cli.py import`, `filings import` and `forget`: what they print, and their exit codes."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from services.app import App
from services.imports.model import Accepted
from services.people import registry
from terminal.forgetting import forget
from terminal.importing import import_filings, import_roster


class Screen:
    """A console whose text can be read."""

    def __init__(self) -> None:
        self.file = io.StringIO()
        self.console = Console(file=self.file, highlight=False, soft_wrap=True)

    @property
    def text(self) -> str:
        return self.file.getvalue()

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.text)


@pytest.fixture
def screen() -> Screen:
    """A console to print on."""
    return Screen()


def roster(path: Path, count: int = 3, status: str = "正式") -> Path:
    rows = [f"B{n:03},员工{n},市场部,{status}" for n in range(count)]
    path.write_text("\n".join(["工号,姓名,部门,状态", *rows]), encoding="gb18030")
    return path


async def test_previews_without_changing_anything(app: App, screen: Screen, tmp_path: Path):
    assert await import_roster(app, roster(tmp_path / "a.csv"), yes=False, out=screen.console) == 0
    assert screen.text.startswith("导入 I1：新增 3，离职 0，调岗 0，错误 0")
    assert "员工1（B001）" in screen.text
    assert "--yes" in screen.text
    assert app.registry.by_no == {}


@pytest.mark.usefixtures("read_apart")
async def test_json_has_the_shape_of_the_contract(app: App, screen: Screen, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("工号,姓名,部门\n1,张三,市场部\n2,,市场部", encoding="utf-8")
    assert await import_roster(app, path, yes=True, as_json=True, out=screen.console) == 0
    assert screen.json == {
        "id": "I1", "added": 1, "changed": 0, "departed": 0, "transferred": 0,
        "errors": [{"row": 3, "reason": "没有姓名"}], "applied": True,
    }  # fmt: skip


async def test_a_preview_as_json_is_not_applied(app: App, screen: Screen, tmp_path: Path):
    assert await import_roster(app, roster(tmp_path / "a"), yes=False, as_json=True, out=screen.console) == 0
    assert screen.json["applied"] is False


async def test_yes_is_not_enough_for_too_many_departures(app: App, tmp_path: Path, capsys: Any):
    assert await import_roster(app, roster(tmp_path / "a", 20), yes=True, out=Screen().console) == 0
    gone = roster(tmp_path / "b", 6, "离职")
    for accepted in (None, 5, 7):
        code = await import_roster(app, gone, yes=True, accepted=Accepted(accepted), out=Screen().console)
        assert code == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 3
    assert "--accept-departures 6" in errors[0]
    code = await import_roster(app, gone, yes=True, accepted=Accepted(6), out=Screen().console)
    assert code == 0


async def test_a_refusal_is_one_line_and_code_1(app: App, screen: Screen, tmp_path: Path, capsys: Any):
    path = tmp_path / "a.csv"
    path.write_text("工号,姓名,部门\n1,张三,市场部\n1,李四,市场部", encoding="utf-8")
    assert await import_roster(app, path, yes=True, out=screen.console) == 1
    assert capsys.readouterr().err.splitlines() == [
        "工号 1 在第 2 行和第 3 行重复。什么也没有改动；请改好再发。"
    ]
    assert await import_roster(app, path, yes=True, as_json=True, out=screen.console) == 1
    assert screen.json["applied"] is False


async def test_undo_takes_an_id_however_written(app: App, tmp_path: Path, capsys: Any):
    path = roster(tmp_path / "a")
    for text in ("I1", "2", "i3"):
        assert await import_roster(app, path, yes=True, out=Screen().console) == 0
        assert await import_roster(app, None, yes=False, undo=text, out=Screen().console) == 0
    assert await import_roster(app, None, yes=False, undo="I1", out=Screen().console) == 1
    assert await import_roster(app, None, yes=False, undo="七", out=Screen().console) == 2
    assert await import_roster(app, None, yes=False, out=Screen().console) == 2
    assert await import_roster(app, tmp_path / "no", yes=False, out=Screen().console) == 2


async def test_markup_in_a_name_is_text(app: App, screen: Screen, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("工号,姓名,部门\n1,[red]张[CQ:at,市场部", encoding="utf-8")
    assert await import_roster(app, path, yes=False, out=screen.console) == 0
    assert "[red]张[CQ:at（1）" in screen.text


@pytest.mark.usefixtures("read_apart")
async def test_imports_a_register(app: App, screen: Screen, tmp_path: Path, capsys: Any):
    path = tmp_path / "g.csv"
    path.write_text("群号,成员范围,群名称\n700001,全员,公共群", encoding="utf-8")
    assert await import_filings(app, path, yes=True, out=screen.console) == 0
    assert "导入 I1：新增 1" in screen.text
    assert await import_filings(app, None, yes=False, undo="I1", out=screen.console) == 0
    assert await import_roster(app, path, yes=True, out=screen.console) == 1
    assert "filings import" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("work", "text", "said"),
    [
        (import_roster, "工号,姓名,部门\n1,张三,市场部\n2,,市场部", "和名册一样，没有变化，错误 1"),
        (import_filings, "群号,成员范围,群名称\n700001,全员,公共群", "和现有的备案一样，没有变化"),
    ],
)
async def test_a_file_that_changes_nothing_is_called_so(
    app: App, tmp_path: Path, work: Any, text: str, said: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert await work(app, path, yes=True, out=Screen().console) == 0
    await registry.refresh(app)
    shown, applied = Screen(), Screen()
    assert await work(app, path, yes=False, out=shown.console) == 0
    assert shown.text.splitlines()[0] == f"导入 I2：{said}"
    assert shown.text.splitlines()[-1] == "没有要改的。加 --yes 记为今天核对过"
    assert await work(app, path, yes=True, out=applied.console) == 0
    assert applied.text.splitlines()[-1] == f"导入 I3 已记为今天核对过：{said}。"


async def test_forget_says_what_it_would_do(
    app: App, screen: Screen, tmp_path: Path, clock: Any, capsys: Any
):
    await import_roster(app, roster(tmp_path / "a", 2, "离职"), yes=True, out=Screen().console)
    assert await forget(app, "B000", yes=True, out=screen.console) == 1
    assert "365" in capsys.readouterr().err
    clock.move(days=366)
    assert await forget(app, "B000", yes=False, out=screen.console) == 0
    assert "--yes" in screen.text
    assert await forget(app, "B000", yes=True, out=screen.console) == 0
    assert await forget(app, "B000", yes=True, out=screen.console) == 1
