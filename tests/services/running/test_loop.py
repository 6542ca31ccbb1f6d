"""An event loop that PostgreSQL's client can't use is refused with one line, before anything is opened."""

import asyncio

import pytest

from config.settings import Settings
from services.running.startup import StartError, prepare_database


class ProactorEventLoop(asyncio.SelectorEventLoop):
    """Goes by the name of Windows' own loop, which is nowhere else."""


def test_windows_own_loop_is_refused_with_postgresql() -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    settings = Settings(database_url=url, _env_file=None)  # pyright: ignore[reportCallIssue]
    with asyncio.Runner(loop_factory=ProactorEventLoop) as runner, pytest.raises(StartError) as refused:
        runner.run(prepare_database(settings))
    assert "Windows 上不能用 PostgreSQL" in str(refused.value)
    assert "\n" not in str(refused.value)
