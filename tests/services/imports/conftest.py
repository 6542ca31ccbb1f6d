"""Rosters as files: made with openpyxl, or as text."""

import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import openpyxl
import pytest

from services.app import App
from services.imports import apply as imports
from services.imports.model import Accepted, Imported, Preview, Refusal

HEADERS = ("工号", "姓名", "部门", "状态", "QQ", "手机", "离职日期")
Row = Sequence[object]
Xlsx = Callable[..., bytes]
Take = Callable[..., Awaitable[Preview]]
Import = Callable[..., Awaitable[Imported]]


def _xlsx(
    rows: Sequence[Row], headers: Row = HEADERS, *, before: Sequence[Row] = (), merge: Sequence[str] = ()
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (*before, headers, *rows):
        sheet.append(list(row))
    for area in merge:
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def xlsx() -> Xlsx:
    """Make a workbook: `xlsx(rows, headers, before=rows above the header, merge=areas)`."""
    return _xlsx


@pytest.fixture
def refuse(app: App) -> Callable[..., Awaitable[str]]:
    """Preview a file that must be refused; return why."""

    async def work(data: bytes, **how: Any) -> str:
        made = await imports.preview_file(app, data, "a.xlsx", by="terminal", source="terminal", **how)
        assert isinstance(made, Refusal), made
        return made.reason

    return work


@pytest.fixture
def preview(app: App) -> Take:
    """Preview a roster: `preview(rows, headers)` or `preview(bytes)`."""

    async def work(rows: Sequence[Row] | bytes, headers: Row = HEADERS, **how: Any) -> Preview:
        data = rows if isinstance(rows, bytes) else _xlsx(rows, headers)
        given = {"by": "terminal", "source": "terminal", **how}
        made = await imports.preview_file(app, data, "名册.xlsx", **given)
        assert isinstance(made, Preview), made
        return made

    return work


@pytest.fixture
def take(app: App, preview: Take) -> Import:
    """Preview and apply a roster in one go."""

    async def work(
        rows: Sequence[Row] | bytes, headers: Row = HEADERS, *, accept: int | None = None, **how: Any
    ) -> Imported:
        made = await preview(rows, headers, **how)
        outcome = await imports.apply_import(app, made.id, by="terminal", accepted=Accepted(accept))
        assert outcome.state == "applied", outcome
        return outcome

    return work
