"""A QQ number with two names: nothing is done about it until admin staff have said whose it is."""

from datetime import datetime

import pytest

from db.queries.cases import timelines
from db.queries.joining import requests
from db.queries.people import identities
from db.tables.base import ZONE
from db.tables.cases import cases, penalties
from regulation.join_gate import Decision
from regulation.model import Member
from services.app import App
from services.cases import audit
from services.imports import apply, undoing
from services.imports.model import Preview
from services.inbox import listing, settle
from services.joining import rounds
from services.joining.heard import Heard
from services.people import grants, registry, staff
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.cases.living import look, powerless, send, stored

pytestmark = pytest.mark.dialects
HEADER = "工号,姓名,部门,状态,QQ"
NEW = "A030,新人,市场部,在职,{qq}"


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    """李雷 has proved his QQ in chat; a new employee is about to be given the same one by a roster."""
    qq = await co.settle_in(app)
    await co.filed(app)
    async with app.database.transaction() as tx:
        await identities.put(tx, co.ADMIN, "A003", "proof", app.now(), str(co.ADMIN))
        await registry.bump(tx)
    await registry.refresh(app)
    qq.lists[co.GROUP] = co.members(admins=(), plain=(co.ADMIN,))
    return qq


async def bring(app: App, *rows: str) -> int:
    data = "\n".join([HEADER, *rows]).encode()
    made = await apply.preview_file(app, data, "名册.csv", by=str(co.ROOT), source="chat")
    assert isinstance(made, Preview)
    outcome = await apply.apply_import(app, made.id, by=str(co.ROOT))
    assert outcome.state == "applied", outcome.text
    return made.id


async def contest(app: App) -> int:
    """Let 李雷 leave while a roster gives his QQ to the new employee; return the import."""
    return await bring(app, "A003,李雷,市场部/华东组,离职,", NEW.format(qq=co.ADMIN))


async def cases_about(app: App, user_id: int) -> list[str]:
    outcome = await audit.audit_group(app, co.GROUP)
    assert outcome.unknown is None
    async with app.database.reading() as tx:
        return [
            one.code.value for one in await timelines.open_of_group(tx, co.GROUP) if one.user_id == user_id
        ]


async def items(app: App) -> list[str]:
    async with app.database.reading() as tx:
        return [item.name for item in await listing.mine(app, tx, co.STAFF) if item.letter == "Q"]


async def test_nobody_is_accused_by_a_qq_that_two_are_named_for(app: App, qq: co.FakeQQ) -> None:
    await contest(app)
    assert await cases_about(app, co.ADMIN) == []
    assert await items(app) == ["Q1"]
    [told] = [text for _, to, text in await co.sent(app) if to == co.STAFF and "QQ 归属" in text]
    assert "李雷（A003，已离职）" in told
    assert "新人（A030）" in told


async def test_an_answer_on_its_way_waits_once_the_number_is_contested(app: App, qq: co.FakeQQ) -> None:
    """Judged by an identity that was sure then; before QQ heard of it a roster named somebody else."""
    qq.lists[co.GROUP] = co.members(admins=(), plain=())
    verdict = await rounds.hear(app, Heard(co.BOT, co.GROUP, co.ADMIN, "", "flag-1"))
    assert verdict is not None
    assert verdict.answer is Decision.APPROVE
    await contest(app)
    assert "answer_request" not in {row.kind.value for row in await send(app, qq)}
    async with app.database.reading() as tx:
        [waiting] = await requests.unsettled(tx)
    assert waiting.user_id == co.ADMIN


async def test_what_was_held_against_it_rests_until_it_is_decided(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    powerless(qq)
    await staff.depart(app, "A003", by="10000")
    await look(app, qq)
    [(held, _)] = [r for r in await stored(app, cases.c.id, cases.c.code) if r[1] == "L1"]
    await bring(app, NEW.format(qq=co.ADMIN))
    clock.move(days=5)
    mine = [r for r in await look(app, qq) if r.user_id == co.OWNER]
    assert held not in {case_id for row in mine for case_id in row.case_ids}
    assert await cases_about(app, co.ADMIN) == ["L1"]
    assert held not in {case_id for _, case_id in await stored(app, penalties.c.id, penalties.c.case_id)}
    await settle.settle(app, [("Q", 1)], approve=True, by=co.STAFF)
    assert "L1" not in await cases_about(app, co.ADMIN)


async def test_a_request_from_it_is_held_for_admin_staff(app: App, qq: co.FakeQQ) -> None:
    await contest(app)
    verdict = await rounds.hear(app, Heard(co.BOT, co.GROUP, co.ADMIN, "", "f1"))
    assert verdict is not None
    assert (verdict.answer, verdict.row, verdict.reason) == (Decision.HOLD, 6, "contested")
    async with app.database.reading() as tx:
        [line] = [item.what for item in await listing.mine(app, tx, co.STAFF) if item.letter == "J"]
    assert "归谁还没有定" in line
    assert "冒用" not in line
    [refused] = await settle.settle(app, [("J", 1)], approve=True, by=co.STAFF)
    assert "Q" in refused.text
    assert not refused.ok
    await settle.settle(app, [("Q", 1)], approve=True, by=co.STAFF)
    async with app.database.reading() as tx:
        asked = await requests.get(tx, 1)
    assert asked is not None
    assert (asked.state, asked.verdict) == ("answering", "approve")


async def test_admin_staff_give_it_to_whom_the_roster_names(app: App, qq: co.FakeQQ) -> None:
    await contest(app)
    [answer] = await settle.settle(app, [("Q", 1)], approve=True, by=co.STAFF)
    assert answer.ok
    found = app.registry.employee_of(co.ADMIN)
    assert found is not None
    assert found.employee_no == "A030"
    assert await items(app) == []
    assert "L1" not in await cases_about(app, co.ADMIN)


async def test_or_leave_it_and_are_not_asked_by_the_next_roster(app: App, qq: co.FakeQQ) -> None:
    await contest(app)
    [answer] = await settle.settle(app, [("Q", 1)], approve=False, by=co.STAFF)
    assert answer.ok
    assert await cases_about(app, co.ADMIN) == ["L1"]
    await bring(app, NEW.format(qq=co.ADMIN), "A031,又来,市场部,在职,")
    assert await items(app) == []


async def test_an_undone_import_contests_nothing(app: App, qq: co.FakeQQ) -> None:
    made = await contest(app)
    await undoing.undo_import(app, made, by=str(co.ROOT))
    assert await items(app) == []
    found = app.registry.employee_of(co.ADMIN)
    assert found is not None
    assert found.employee_no == "A003"
    await contest(app)
    assert await items(app) == ["Q2"]


async def test_whose_qq_was_given_to_somebody_only_an_undone_import_knew_has_it_again(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    made = await contest(app)
    await settle.settle(app, [("Q", 1)], approve=True, by=co.STAFF)
    clock.move(days=1)
    assert (await undoing.undo_import(app, made, by=str(co.ROOT))).ok
    found = app.registry.employee_of(co.ADMIN)
    assert found is not None
    assert (found.employee_no, found.departed_on) == ("A003", None)
    assert "M1" not in await cases_about(app, co.ADMIN)
    # The same roster again asks the same again.
    await contest(app)
    assert await items(app) == ["Q2"]


async def test_a_bind_by_admin_staff_settles_it(app: App, qq: co.FakeQQ) -> None:
    await contest(app)
    await grants.bind_by_staff(app, co.ADMIN, "A030", by=co.STAFF)
    assert await items(app) == []


async def test_nobody_is_late_for_how_long_it_took_to_say_that_it_stays_where_it_is(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[co.GROUP][-1] = Member(co.ADMIN, card="李雷")
    await look(app, qq)
    await bring(app, NEW.format(qq=co.ADMIN))
    clock.move(days=5)
    await look(app, qq)
    await settle.settle(app, [("Q", 1)], approve=False, by=co.STAFF)
    await look(app, qq)
    assert co.ADMIN not in {who for _, who in await stored(app, penalties.c.id, penalties.c.liable_user_id)}
    columns = (cases.c.id, cases.c.code, cases.c.user_id, cases.c.due_at)
    [due] = [due for _, code, who, due in await stored(app, *columns) if (code, who) == ("C1", co.ADMIN)]
    assert due == datetime(2026, 3, 11, tzinfo=ZONE)


async def test_unbound_by_staff_it_is_nobody_s_and_contested_no_more(app: App, qq: co.FakeQQ) -> None:
    await contest(app)
    assert app.registry.is_contested(co.ADMIN)
    answer = await grants.unbind_by_staff(app, co.ADMIN, by=co.STAFF)
    assert answer.ok
    assert not app.registry.is_contested(co.ADMIN)
    assert app.registry.employee_of(co.ADMIN) is None
