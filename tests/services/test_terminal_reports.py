"""`cli.py summary`, `export` and `audit`: what they print, write and return."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rich.console import Console

from db.queries.groups import memberships
from db.queries.work import processes
from regulation.model import Member, Role
from services.app import App
from services.processes import know_own_accounts
from tests.company import GROUP, PLAIN, filed, settle_in
from tests.services.stories import add_penalty, overdue_case

from terminal.auditing import audit  # isort: skip
from terminal.export import export  # isort: skip
from terminal.summary import summary  # isort: skip

OUT = Console(width=200)


@pytest.fixture
async def company(app: App) -> App:
    await settle_in(app)
    await filed(app)
    return app


async def test_summary_prints_json_of_the_contract(company: App, capsys: pytest.CaptureFixture[str]):
    await add_penalty(company, await overdue_case(company))
    assert await summary(company, month="2026-02", as_json=True, xlsx=None, png=None, out=OUT) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["period"] == {"from": "2026-02-01T00:00:00+08:00", "to": "2026-03-01T00:00:00+08:00"}
    assert (told["opened"], told["by_clause"], told["by_department"]) == (1, {"C1": 1}, {"采购部": 1})
    assert told["by_group"] == {str(GROUP): 1}
    assert told["fines"] == {"proposed": "0.00", "confirmed": "0.00", "waived": "0.00"}


async def test_summary_saves_workbook_and_picture(company: App, tmp_path: Path):
    book, image = tmp_path / "a.xlsx", tmp_path / "a.png"
    assert await summary(company, month=None, as_json=False, xlsx=book, png=image, out=OUT) == 0
    assert "汇总" in load_workbook(book).sheetnames
    assert image.read_bytes().startswith(b"\x89PNG")


async def test_summary_refuses_what_is_no_month(company: App, capsys: pytest.CaptureFixture[str]):
    for word in ("2026-13", "本月", "x"):
        assert await summary(company, month=word, as_json=True, xlsx=None, png=None, out=OUT) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


async def test_export_writes_every_kind_and_says_when_it_cannot(
    company: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    await overdue_case(company)
    for kind in ("violations", "fines", "filings", "employees"):
        assert await export(company, kind, tmp_path / f"{kind}.xlsx", out=OUT) == 0
    assert "1 行" in capsys.readouterr().out
    assert await export(company, "fines", tmp_path / "none" / "a.xlsx", out=OUT) == 1
    assert "写不了" in capsys.readouterr().err


@pytest.mark.dialects
async def test_audit_judges_the_stored_lists_again_and_lists_open_cases(
    company: App, capsys: pytest.CaptureFixture[str]
):
    assert await audit(company, group=GROUP, as_json=True, out=OUT) == 0
    found = json.loads(capsys.readouterr().out)
    plain = next(row for row in found if row["user_id"] == PLAIN and row["code"] == "M2")
    assert set(plain) == {
        "id", "code", "group_id", "user_id", "employee_no", "status", "opened_at", "due_at", "detail",
    }  # fmt: skip
    assert plain["employee_no"] == "A009"
    assert plain["opened_at"].endswith("+08:00")
    assert "不在本群备案的成员范围内" in plain["detail"]


async def test_a_group_that_nobody_knows_is_wrong_usage(company: App, capsys: pytest.CaptureFixture[str]):
    assert await audit(company, group=1, as_json=True, out=OUT) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "没有群 1 的记录：请核对群号，机器人要先在群里\n")


async def test_audit_accuses_none_of_our_own_accounts(company: App, capsys: pytest.CaptureFixture[str]):
    ours, today = 90002, company.now()
    async with company.database.transaction() as tx:
        await processes.remember(tx, ours, today)
        await memberships.put_members(tx, GROUP, [Member(ours, role=Role.ADMIN)], today, whole=False)
    company.gateway = None  # as in the terminal
    await know_own_accounts(company)
    assert await audit(company, group=GROUP, as_json=True, out=OUT) == 0
    found = json.loads(capsys.readouterr().out)
    assert not [row for row in found if row["user_id"] == ours or row["code"] == "F2"]
