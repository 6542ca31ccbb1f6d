"""Messages that waited when a copy was made are dropped, or asked about."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from config.phrases.copies import ASK_WAITING
from terminal.database import back_up, restore
from tests import started
from tests.terminal.database.stored import ROOT


@pytest.mark.parametrize(
    ("keep", "state", "said"), [(False, "dropped", "1 条消息已丢弃"), (True, "waiting", "照旧发出")]
)
async def test_messages_that_waited_then_are_dropped_unless_they_are_to_be_kept(
    live: Path, folder: Path, capsys: pytest.CaptureFixture[str], keep: bool, state: str, said: str
) -> None:
    put_message(live)
    await back_up(folder / "copy.db")
    assert await restore(folder / "copy.db", yes=True, keep_messages=keep) == 0
    assert said in capsys.readouterr().out
    assert messages(live) == [state]


@pytest.mark.parametrize(
    ("typed", "state"), [("\n", "dropped"), ("n\n", "dropped"), ("y\n", "waiting"), (None, "dropped")]
)
async def test_whoever_restores_is_asked_about_messages_that_waited_then(
    live: Path, folder: Path, typed: str | None, state: str
) -> None:
    put_message(live)
    await back_up(folder / "copy.db")
    keyboard, screen = os.openpty()
    os.write(keyboard, (typed or "").encode())
    code, printed = await started.run(
        ROOT / "cli.py", "db", "restore", "copy.db", "--yes",
        folder=folder, environment=os.environ, typed=os.devnull if typed is None else os.ttyname(screen),
    )  # fmt: skip
    os.close(keyboard)
    os.close(screen)
    assert code == 0, printed
    assert (ASK_WAITING in printed) is (typed is not None)
    assert messages(live) == [state]


def put_message(path: Path) -> None:
    at = "2026-01-01 00:00:00"
    with closing(sqlite3.connect(path)) as opened:
        opened.execute(
            "INSERT INTO outbox (kind, payload, lane, priority, order_at, not_before, made_at, state, attempts)"
            " VALUES ('send_group', '{}', 'message', 30, ?, ?, ?, 'waiting', 0)",
            (at, at, at),
        )
        opened.commit()


def messages(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as opened:
        return [state for (state,) in opened.execute("SELECT state FROM outbox")]
