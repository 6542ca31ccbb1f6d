"""Where the registry comes from is told in 状态, in doctor, for Prometheus and in the terminal."""

import asyncio
import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from services.console import sources as console_sources
from services.imports.sources import folder
from services.people import registry
from services.running import status
from terminal import doctor, sources
from tests.services.imports.sources.conftest import crowd

ROOT = Path(__file__).parents[4]


@pytest.fixture
def two(app, tmp_path, monkeypatch):
    """A folder and a directory that nobody answers for."""
    monkeypatch.setattr(folder, "LOOK_SECONDS", 0.0)
    sources = app.policy.sources
    app.policy = replace(
        app.policy,
        sources=replace(
            sources,
            folder=replace(sources.folder, path=str(tmp_path), pattern=("*.csv",)),
            ldap=replace(sources.ldap, url="ldaps://localhost:1"),
        ),
    )
    (tmp_path / "名册.csv").write_text("工号,姓名,部门\nF001,员工1,市场部\n", "utf-8")
    return tmp_path


async def test_how_each_source_stands_is_told_everywhere(app, gives, two, clock, capsys):
    out = Console(file=io.StringIO(), width=200)
    assert await sources.show(app, out) == 0
    await gives("ldap", crowd(range(12)))
    clock.move(hours=6)
    assert await sources.pull_one(app, "ldap", yes=True, out=out) == 1
    assert "目录连不上" in capsys.readouterr().err
    assert await sources.pull_one(app, "folder", yes=False, out=out) == 0
    assert await sources.pull_one(app, "scim", yes=False, out=out) == 2
    assert await sources.show(app, out) == 1
    assert app.registry.by_no.keys() == {f"B{n:03}" for n in range(12)}
    assert await sources.pull_one(app, "folder", yes=True, out=out) == 0
    await registry.refresh(app)
    assert "F001" in app.registry.by_no
    text = out.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    assert "名册来源 公司目录：还没有读过" in text
    assert "等行政部同意" in text
    assert "新增：员工1（F001）" in text
    failed = "名册来源 公司目录：今天 16:00 没有读成，名册没有改动：目录连不上"
    assert failed in text
    assert failed in (await status.report(app)).text
    assert any(not sign.ok and "公司目录" in sign.what for sign in await doctor._sources(app))
    assert "目录连不上" in str((await console_sources.page(app)).sources)


async def test_that_nobody_pushed_yet_is_told_where_scim_is_on(app):
    on = replace(app.policy.sources.scim, enabled=True)
    app.policy = replace(app.policy, sources=replace(app.policy.sources, scim=on))
    out = Console(file=io.StringIO(), width=200)
    assert await sources.show(app, out) == 0
    assert out.file.getvalue() == "名册来源 SCIM：还没有谁推送过\n"  # pyright: ignore[reportAttributeAccessIssue]


async def test_where_no_source_is_set_nothing_is_told(app):
    out = Console(file=io.StringIO(), width=200)
    assert await sources.show(app, out) == 0
    assert "没有设置来源" in out.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    assert "名册来源" not in (await status.report(app)).text


async def test_what_reads_a_source_is_imported_when_there_is_one():
    code = (
        "import sys, services.imports.apply, services.running.status, services.imports.sources.configured;"
        "sys.exit(' '.join({'ldap3', 'services.imports.sources.pulling', 'services.imports.sources.folder',"
        " 'services.imports.sources.directory', 'services.imports.sources.dingtalk'} & set(sys.modules)) or 0)"
    )
    assert await (await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT)).wait() == 0
