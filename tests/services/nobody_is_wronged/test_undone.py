"""What is undone: money goes back, figures forget it, and who was removed is asked back."""

import pytest

from db.tables.work import outbox
from regulation.model import Member
from regulation.periods import read_period
from services.acts import ActOutcome
from services.app import App
from services.cases import enforcing
from services.cases.settling import appeals, dismissals
from services.cases.settling import penalties as fines
from services.imports import undoing
from services.joining import rounds
from services.joining.heard import Heard
from services.reports import figures, spot_checks
from services.reports.filters import Filters
from services.sender import outcomes
from tests.company import ADMIN, BOT, GROUP, OWNER, PLAIN, STAFF, TRAINEE, FakeQQ, sent
from tests.conftest import StoppedClock
from tests.services.cases.living import imported, look, queued
from tests.services.nobody_is_wronged.conftest import CARDS, open_codes, overdue, penalty_of, told


async def test_05_what_was_paid_is_refunded_and_an_appeal_drops_no_other_fine(
    app: App, left_behind: FakeQQ, clock: StoppedClock
) -> None:
    case_id = await overdue(app, left_behind, clock)
    (mine, _), (other, _) = await penalty_of(app, OWNER), await penalty_of(app, ADMIN)
    await fines.settle(app, [mine, other], approve=True, by=STAFF, reason="")
    await fines.pay(app, mine, by=STAFF)
    assert (await appeals.appeal(app, case_id, by=ADMIN, reason="当时不是管理员")).ok
    await appeals.settle(app, 1, uphold=True, by=STAFF, reason="属实")
    assert (await penalty_of(app, ADMIN))[1] == "waived"
    assert (await penalty_of(app, OWNER))[1] == "proposed"  # decided anew, known as paid
    assert f"P{mine}" in await told(app, STAFF)
    assert (await dismissals.dismiss(app, case_id, by=STAFF, reason="名册有误")).ok
    assert (await penalty_of(app, OWNER))[1] == "to_refund"
    assert "退" in await told(app, OWNER)
    assert (await fines.refund(app, mine, by=STAFF)).ok
    assert not (await fines.refund(app, mine, by=STAFF)).ok
    assert (await penalty_of(app, OWNER))[1] == "refunded"


async def test_06_who_must_be_out_is_named_again_after_an_upheld_appeal(
    app: App, left_behind: FakeQQ, clock: StoppedClock
) -> None:
    qq, case_id = left_behind, await overdue(app, left_behind, clock)
    await appeals.appeal(app, case_id, by=OWNER, reason="没有收到通知")
    await appeals.settle(app, 1, uphold=True, by=STAFF, reason="属实")
    await look(app, qq)
    assert "L1" not in await open_codes(app)
    [checked] = (await spot_checks.draw_one(app, GROUP, by=STAFF)).results
    assert checked.findings.quiet
    clock.move(days=1)
    await look(app, qq)
    assert "L1" in await open_codes(app)


async def test_06_14_an_undone_import_stands_in_no_figure_and_who_was_removed_is_asked_back(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    number = await imported(app, ("A009", "郑平", "采购部", "离职", str(PLAIN), "2026-03-01"))
    await look(app, qq)
    assert PLAIN not in {member.user_id for member in qq.lists[GROUP]}
    undone = await undoing.undo_import(app, number, by="10000")
    assert undone.state == "undone"
    assert "市场部群" in undone.text
    assert f"郑平（QQ {PLAIN}）" in await told(app, OWNER)
    period = read_period("本月", clock.now().date())
    assert period is not None
    counted = await figures.load(app, period, Filters(group_id=GROUP))
    assert "L1" not in counted.by_clause
    assert counted.cured == 0


async def test_14_who_was_being_removed_when_the_import_was_undone_is_asked_back(
    app: App, qq: FakeQQ
) -> None:
    number = await imported(app, ("A009", "郑平", "采购部", "离职", str(PLAIN), "2026-03-01"))
    await enforcing.run(app, [GROUP])
    [act] = await queued(app, outbox.c.kind == "remove")
    assert (await undoing.undo_import(app, number, by="10000")).state == "undone"
    assert f"郑平（QQ {PLAIN}）" not in await told(app, OWNER)
    async with app.database.transaction() as tx:
        await outcomes.record(app, tx, act, ActOutcome("done", confirmed_by="member_list"))
    assert f"郑平（QQ {PLAIN}）" in await told(app, OWNER)


@pytest.mark.dialects
async def test_14_who_comes_back_by_a_roster_is_asked_back_too(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    """The next roster puts right what the last one said wrongly: nobody has to undo anything."""
    qq.lists[GROUP].append(Member(TRAINEE, card=CARDS[TRAINEE]))
    left = [("A009", "郑平", "采购部", str(PLAIN)), ("A006", "孙丽", "市场部", str(TRAINEE))]
    await imported(app, *((*one[:3], "离职", one[3], "2026-03-01") for one in left))
    await look(app, qq)
    assert not {PLAIN, TRAINEE} & {member.user_id for member in qq.lists[GROUP]}
    clock.move(days=1)
    await imported(app, *((*one[:3], "正式", one[3], "") for one in left))
    [asked] = [text for _, to, text in await sent(app) if to == OWNER and f"郑平（QQ {PLAIN}）" in text]
    assert f"孙丽（QQ {TRAINEE}）" in asked
    verdict = await rounds.hear(app, Heard(BOT, GROUP, PLAIN, "我回来了", "flag-1"))
    assert verdict is not None
    assert verdict.row == 10
