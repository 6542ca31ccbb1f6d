"""The trail says what was done to whom in words that people use."""

import re
from pathlib import Path
from typing import Any

import pytest

from config.phrases import console as say
from db.engine import Transaction
from regulation.penalties import PenaltyState
from services.app import App
from services.console import trail
from services.trail import record
from tests.company import GROUP, STAFF, TRAINEE, settle_in

ROOT = Path(__file__).resolve().parents[3]


async def _write(app: App, tx: Transaction, action: str, subject: str, **detail: Any) -> None:
    await record(app, tx, actor=str(STAFF), action=action, subject=subject, **detail)


async def _lines(app: App, text: str = "") -> list[tuple[str, str]]:
    page = await trail.page(app, period=None, source="", text=text, below=None)
    return [(one.subject, one.detail) for one in reversed(page.lines)]


@pytest.mark.parametrize(
    ("action", "subject", "said"),
    [
        ("mode", f"G{GROUP}", f"市场部群（{GROUP}）"),
        ("mode", "G799999", "799999"),
        ("pause", "all", "全部"),
        ("waive", f"QQ{TRAINEE}", f"孙丽（QQ {TRAINEE}）"),
        ("identity.unbind", str(TRAINEE), f"孙丽（QQ {TRAINEE}）"),
        ("identity.bind", "33333", "QQ 33333"),
        ("identity.lock", f"qq:{TRAINEE}", f"孙丽（QQ {TRAINEE}）"),
        ("identity.lock", "no:A006", "孙丽（A006）"),
        ("employee.depart", "A006", "孙丽（A006）"),
        ("employee.forget", "P-77", "P-77"),
        ("penalty confirmed", "P12", "P12"),
    ],
)
async def test_a_subject_is_called_by_its_name(app: App, action: str, subject: str, said: str) -> None:
    await settle_in(app)
    async with app.database.transaction() as tx:
        await _write(app, tx, action, subject)
    assert await _lines(app) == [(said, "")]


async def test_details_name_group_person_and_clause(app: App) -> None:
    await settle_in(app)
    async with app.database.transaction() as tx:
        await _write(app, tx, "waive", "J3", group_id=GROUP, employee_no="A006", code="C1", reason="")
    assert await _lines(app) == [("J3", f"群 市场部群（{GROUP}）；工号 孙丽（A006）；条款 C1 群名片")]


async def test_details_are_words_and_last_days(app: App) -> None:
    await settle_in(app)
    async with app.database.transaction() as tx:
        await _write(app, tx, "identity.bind", "33333", method="proof")
        await _write(app, tx, "filing_handed_in", "B1", route="change")
        await _write(app, tx, "waive", "J3", until="2026-12-31T00:00:00+08:00")
    assert [said for _, said in await _lines(app)] == ["方式 本人核实", "类别 备案变更", "到 2026-12-30"]


async def test_a_name_finds_what_somebody_did_and_what_was_done_to_them(app: App) -> None:
    await settle_in(app)
    async with app.database.transaction() as tx:
        await record(app, tx, actor=str(TRAINEE), action="appeal", subject="S1")
        await _write(app, tx, "employee.depart", "A006")
        await _write(app, tx, "waive", f"QQ{TRAINEE}")
        await _write(app, tx, "identity.unbind", str(TRAINEE))
        await _write(app, tx, "pause", "all")
    assert len(await _lines(app, "孙丽")) == 4


def test_every_act_that_is_recorded_has_words() -> None:
    files = (path.read_text("utf-8") for path in (ROOT / "services").rglob("*.py"))
    written = {name for text in files for name in re.findall(r'\baction="([^"]+)"', text)}
    made = {f"penalty {state}" for state in PenaltyState if state is not PenaltyState.APPEALED}
    made |= {f"filing_{step}" for step in ("head_approved", "approved", "returned")}
    made |= {
        "appeal upheld",
        "appeal refused",
        "case waived",
        "case dismissed",
        "batch_confirmed",
        "batch_dropped",
    }
    assert {name for name in written | made if name not in say.ACTIONS} == set()


@pytest.mark.dialects
@pytest.mark.parametrize("text", ["", "A006"])
async def test_pages_go_from_the_newest_line_to_the_oldest_and_name_none_twice(app: App, text: str) -> None:
    await settle_in(app)
    async with app.database.transaction() as tx:
        for n in range(5):
            await _write(app, tx, f"step{n}", "A006")
    shown: list[str] = []
    below: int | None = None
    for _ in range(3):
        page = await trail.page(app, period=None, source="", text=text, below=below, limit=2)
        shown += [one.action for one in page.lines]
        below = page.below
    assert (shown, below) == ([f"step{n}" for n in (4, 3, 2, 1, 0)], None)
