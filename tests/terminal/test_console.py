"""The console from the terminal: a code for the day the account is frozen, and parameters tried out."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from config.phrases import console as say
from db.queries.groups import memberships
from plugins.commands import dispatch
from regulation.model import Member
from services.app import App
from terminal import console, regulation
from terminal.doctor import _console
from tests.company import BOT, GROUP, STAFF, STRANGER, TRAINEE, FakeQQ, filed


async def test_the_terminal_prints_a_code_for_whoever_has_a_page(
    app: App, qq: FakeQQ, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    assert await console.give_code(app, STAFF, out=Console(file=out, width=200)) == 0
    assert out.getvalue()[:8].isdecimal()
    assert await console.give_code(app, STRANGER, out=Console(file=out)) == 1
    assert str(STRANGER) in capsys.readouterr().err


async def test_the_chat_answers_with_address_and_code_in_private_alone(app: App, qq: FakeQQ) -> None:
    async def ask(user_id: int, group_id: int | None = None) -> str:
        line = dispatch.Line(BOT, user_id, group_id, "控制台" if group_id is None else "/控制台")
        found = await dispatch.answer(app, line, dispatch.Throttle())
        assert found is not None
        return found[1].text

    assert app.settings.console_address in await ask(STAFF)
    assert await ask(STRANGER) == (await ask(STRANGER, GROUP))
    assert "私聊" in await ask(STAFF, GROUP)
    app.settings = app.settings.model_copy(update={"console": False})
    assert await ask(STAFF) == say.OFF


async def test_a_file_of_parameters_is_tried_out_as_json_and_as_text(
    app: App, qq: FakeQQ, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await filed(app)
    async with app.database.transaction() as tx:
        await memberships.put_members(
            tx, GROUP, [Member(TRAINEE, card="市场部-孙丽（实习生）")], app.now(), whole=False
        )
    file = tmp_path / "strict.toml"
    file.write_text('[card]\nallow_suffix = false\nstrictness = "exact"\n', "utf-8")
    assert await regulation.try_file(app, file, as_json=True, out=Console(file=io.StringIO())) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["counts"]["opened"] == len(said["opened"]) > 0
    assert TRAINEE in {one["user_id"] for one in said["opened"]}
    out = io.StringIO()
    assert await regulation.try_file(app, file, as_json=False, out=Console(file=out, width=200)) == 0
    assert "孙丽" in out.getvalue()
    file.write_text("[card]\nstrictness = 7\n", "utf-8")
    assert await regulation.try_file(app, file, as_json=False, out=Console(file=out)) == 1
    assert "card.strictness" in capsys.readouterr().err
    file.write_text("[card]\nstrictness = \n", "utf-8")
    assert await regulation.try_file(app, file, as_json=False, out=Console(file=out)) == 1
    assert "第 2 行读不懂" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changed", "ok"),
    [
        ({}, True),
        ({"console": False}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "0.0.0.0", "console_url": "https://q.example/console/"}, True),
        ({"host": "0.0.0.0", "console_insecure": True}, True),
    ],
)
def test_the_doctor_says_how_the_console_stands(app: App, changed: dict[str, object], ok: bool) -> None:
    (sign,) = _console(app.settings.model_copy(update=changed))
    assert (sign.advice == "") is ok
