"""Departures, transfers and handovers said in the terminal."""

import io
from datetime import date
from typing import Any

from rich.console import Console

from services.app import App
from services.imports import apply as imports
from terminal import staffing

ROSTER = "工号,姓名,部门\nA1,张三,市场部\nA2,李四,采购部"


async def test_records_and_refuses_with_exit_codes(app: App, capsys: Any):
    made = await imports.preview_file(app, ROSTER.encode(), "a.csv", by="terminal", source="terminal")
    assert isinstance(made, imports.Preview)
    await imports.apply_import(app, made.id, by="terminal")
    out = Console(file=io.StringIO())
    assert await staffing.transfer(app, "A1", "采购部", out=out) == 0
    assert await staffing.hand_over(app, "A1", on="2026-03-05", out=out) == 0
    assert await staffing.depart(app, "A1", on="2026-03-09", out=out) == 0
    assert app.registry.by_no["A1"].departed_on == date(2026, 3, 9)
    assert await staffing.rehire(app, "A1", out=out) == 0
    assert await staffing.depart(app, "A1", on="明天", out=out) == 2
    assert await staffing.depart(app, "ZZ", on=None, out=out) == 1
    assert await staffing.transfer(app, "A1", "财务部", out=out) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3
