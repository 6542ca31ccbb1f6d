"""Somebody with another employee number: what is held against them goes with them, and only with them."""

import pytest

from db.queries.joining import early_admissions
from db.queries.people import identities
from db.queries.work import sources
from db.queries.work.sources import Said
from db.tables.cases import appeals as appeal_table
from db.tables.cases import cases, penalties
from db.tables.registry import transfers
from services.app import App
from services.cases.settling import appeals
from services.cases.settling import penalties as fines
from services.console import cases as pages
from services.console import fines as fine_pages
from services.console.sessions import Visitor
from services.imports import apply, undoing
from services.imports.model import Preview
from services.inbox import items as listing
from services.people import grants, own_record, staff
from services.people.roles import Who
from tests.company import GROUP, OWNER, PLAIN, ROOT, STAFF, STRANGER, sent, settle_in
from tests.services.cases.living import stored
from tests.services.stories import add_case, add_penalty, overdue_case

OLD, NEW = "A009", "B109"
ROSTER = "工号,姓名,部门,状态,QQ"

pytestmark = pytest.mark.dialects


@pytest.fixture(autouse=True)
async def company(app: App) -> None:
    await settle_in(app)
    await bring(app, f"{NEW},郑平,采购部,在职,", "B104,赵敏,行政部,在职,")


async def bring(app: App, *rows: str) -> int:
    data = "\n".join([ROSTER, *rows]).encode()
    made = await apply.preview_file(app, data, f"名册{rows}.csv", by=str(ROOT), source="chat")
    assert isinstance(made, Preview)
    done = await apply.apply_import(app, made.id, by=str(ROOT))
    assert done.state == "applied", done.text
    return made.id


async def held(app: App, number: str = OLD, qq: int = PLAIN) -> tuple[int, int]:
    """They have an overdue case and a confirmed fine: (case, fine)."""
    case = await overdue_case(app, user_id=qq, subject=str(qq), employee_no=number)
    fine = await add_penalty(app, case, liable=number, liable_user_id=qq, liable_employee_no=number)
    assert (await fines.settle(app, [fine], approve=True, by=ROOT, reason="")).ok
    return case.id, fine


async def listed(app: App, *numbers: str) -> None:
    """A directory lists them by one entry of its own."""
    async with app.database.transaction() as tx:
        await sources.set_listed(tx, "ldap", dict.fromkeys(numbers, (Said.HERE, "entry-1")))


async def bind(app: App, qq: int, number: str, former: str | None = None) -> str:
    answer = await grants.bind_by_staff(app, qq, number, by=ROOT, former=former)
    assert answer.ok, answer.text
    return answer.text


async def whose(app: App) -> set[str | None]:
    """Return under whose number cases, fines and appeals stand."""
    found = await stored(app, cases.c.id, cases.c.employee_no)
    found += await stored(app, penalties.c.id, penalties.c.liable_employee_no)
    found += await stored(app, appeal_table.c.id, appeal_table.c.employee_no)
    return {number for _, number in found}


async def sees(app: App, qq: int, case_id: int, fine: int) -> set[bool]:
    """Tell on each page and in chat whether they see it."""
    me = Visitor(1, qq, "郑平", frozenset({Who.EMPLOYEE}))
    mine = (await own_record.mine(app, qq)).text
    return {
        f"V{case_id}" in mine,
        f"P{fine}" in mine,
        await pages.story(app, case_id, me) is not None,
        bool((await fine_pages.page(app, of=me, below=None)).lines),
        (await pages.page(app, pages.own(app, me), below=None)).count == 1,
    }


async def test_whom_a_source_renumbered_sees_and_contests_it_under_the_new_number(app: App) -> None:
    case_id, fine = await held(app)
    await listed(app, OLD, NEW)
    said = await bind(app, PLAIN, NEW)

    assert "原工号" in said
    assert await sees(app, PLAIN, case_id, fine) == {True}
    assert (await appeals.appeal(app, case_id, by=PLAIN, reason="已改好")).ok
    assert (await appeals.settle(app, 1, uphold=True, by=ROOT, reason="")).ok
    assert [to for _, to, text in await sent(app) if "申诉成立" in text] == [PLAIN]


async def test_who_left_under_the_old_number_has_what_was_held_against_them_under_the_new(app: App) -> None:
    case_id, fine = await held(app)
    await staff.depart(app, OLD, by="terminal")
    await bind(app, PLAIN, NEW)

    assert await sees(app, PLAIN, case_id, fine) == {True}


async def test_a_roster_that_moves_the_qq_takes_it_along_and_its_undo_takes_it_back(app: App) -> None:
    case_id, fine = await held(app)
    await staff.depart(app, OLD, by="terminal")
    import_id = await bring(app, f"{NEW},郑平,采购部,在职,{PLAIN}")
    assert await sees(app, PLAIN, case_id, fine) == {True}

    assert (await undoing.undo_import(app, import_id, by=str(ROOT))).ok
    assert await whose(app) == {OLD}


async def test_a_namesake_gets_nothing_unless_staff_say_so(app: App) -> None:
    case_id, fine = await held(app)
    said = await bind(app, PLAIN, NEW)
    assert await sees(app, PLAIN, case_id, fine) == {False}
    assert f"绑定 {PLAIN} {NEW} 原工号={OLD}" in said

    await bind(app, PLAIN, NEW, former=OLD)
    assert await sees(app, PLAIN, case_id, fine) == {True}


async def test_a_colleague_of_another_name_gets_nothing(app: App) -> None:
    case_id, fine = await held(app)
    await listed(app, OLD, "A005")
    said = await bind(app, PLAIN, "A005")

    assert "原工号" not in said
    assert await sees(app, PLAIN, case_id, fine) == {False}
    assert await whose(app) == {OLD}


async def test_nobody_s_number_that_still_has_a_qq_is_called_a_former_one(app: App) -> None:
    await held(app)
    for number, former in ((NEW, "A005"), (NEW, NEW), (NEW, "Z999")):
        answer = await grants.bind_by_staff(app, STRANGER, number, by=ROOT, former=former)
        assert not answer.ok
    assert await whose(app) == {OLD}
    async with app.database.reading() as tx:
        assert await identities.get(tx, STRANGER) is None


@pytest.mark.parametrize("unbound", [False, True])
async def test_a_rebinding_undone_undoes_it_and_nothing_else(app: App, unbound: bool) -> None:
    await held(app)
    await listed(app, OLD, NEW)
    await bind(app, PLAIN, NEW)
    later = await overdue_case(app, code="M3", user_id=PLAIN, employee_no=NEW)
    if unbound:
        assert (await grants.unbind_by_staff(app, PLAIN, by=ROOT)).ok
    await bind(app, PLAIN, OLD)

    assert dict(await stored(app, cases.c.id, cases.c.employee_no)) == {1: OLD, later.id: NEW}
    assert await stored(app, penalties.c.id, penalties.c.liable_employee_no) == [(1, OLD)]


async def test_who_is_given_the_old_number_later_inherits_nothing(app: App) -> None:
    case_id, fine = await held(app)
    await listed(app, OLD, NEW)
    await bind(app, PLAIN, NEW)
    await bring(app, f"{OLD},新人,市场部,在职,{STRANGER}")

    assert await sees(app, STRANGER, case_id, fine) == {False}
    assert await sees(app, PLAIN, case_id, fine) == {True}
    mine = await overdue_case(app, code="M3", user_id=STRANGER, subject=str(STRANGER), employee_no=OLD)
    assert f"V{mine.id}" not in (await own_record.mine(app, PLAIN)).text


async def test_staff_settle_nothing_of_their_own_former_number(app: App) -> None:
    """Even while nobody has said that they are the same: same name, same QQ."""
    case = await overdue_case(app)
    fine = await add_penalty(app, case, liable="A004", liable_user_id=STAFF, liable_employee_no="A004")
    await bind(app, STAFF, "B104")
    assert (await grants.grant(app, "B104", by=ROOT)).ok

    assert not (await fines.settle(app, [fine], approve=False, by=STAFF, reason="不罚")).ok
    async with app.database.reading() as tx:
        found = await listing.find(app, tx, "P", fine)
    assert found is not None
    assert STAFF not in found.settlers
    assert (await fines.settle(app, [fine], approve=False, by=ROOT, reason="不罚")).ok


async def test_colleagues_of_the_same_name_settle_each_other_s(app: App) -> None:
    """The QQ that was noted was never theirs."""
    case = await overdue_case(app)
    fine = await add_penalty(app, case, liable="A004", liable_user_id=STAFF, liable_employee_no="A004")
    await bind(app, STRANGER, "B104")
    assert (await grants.grant(app, "B104", by=ROOT)).ok

    assert (await fines.settle(app, [fine], approve=False, by=STRANGER, reason="不罚")).ok


async def test_a_number_with_another_qq_is_nobody_s_former_one_by_any_way(app: App) -> None:
    """Who moves one of their two QQs keeps their number by the other, and what is held against it."""
    await held(app)
    await bind(app, STRANGER, OLD)
    await staff.depart(app, OLD, by="terminal")
    await bring(app, f"{NEW},郑平,采购部,在职,{PLAIN}")
    assert await whose(app) == {OLD}

    await bring(app, f"{NEW},郑平,采购部,在职,{PLAIN};{STRANGER}")
    assert await whose(app) == {NEW}


async def test_staff_give_nobody_else_what_is_held_against_their_own_former_number(app: App) -> None:
    case = await overdue_case(app)
    await add_penalty(app, case, liable="A004", liable_user_id=STAFF, liable_employee_no="A004")
    await bind(app, STAFF, "B104")
    assert (await grants.grant(app, "B104", by=ROOT)).ok

    answer = await grants.bind_by_staff(app, STRANGER, NEW, by=STAFF, former="A004")
    assert not answer.ok
    assert {number for _, number in await stored(app, penalties.c.id, penalties.c.liable_employee_no)} == {
        "A004"
    }


async def test_the_undo_of_an_import_undoes_what_it_brought_under_another_number_since(app: App) -> None:
    """A wrong roster let them go; before that was seen, they had another number."""
    import_id = await bring(app, f"{OLD},郑平,采购部,离职,{PLAIN}")
    async with app.database.transaction() as tx:
        case = await add_case(tx, code="L1", opened_at=app.now(), reason="departed")
    await bind(app, PLAIN, NEW)
    assert await whose(app) == {NEW}

    assert (await undoing.undo_import(app, import_id, by=str(ROOT))).ok
    assert await stored(app, cases.c.id, cases.c.closed_as) == [(case.id, "dismissed")]


async def test_who_was_admitted_early_stays_so_under_another_number(app: App) -> None:
    today = app.now().date()
    async with app.database.transaction() as tx:
        asked = {"group_id": GROUP, "reason": "新项目", "asked_by": OWNER, "asked_at": app.now()}
        item = await early_admissions.add(tx, employee_no=OLD, **asked)
        await early_admissions.settle(tx, item, "consented", by=ROOT, at=app.now(), until=today)
        for number in (OLD, NEW):
            await early_admissions.add(tx, employee_no=number, **asked)
    await bind(app, PLAIN, NEW, former=OLD)

    async with app.database.reading() as tx:
        assert await early_admissions.consents(tx, [GROUP], today) == {GROUP: {NEW}}
    await bind(app, PLAIN, OLD)
    async with app.database.reading() as tx:
        assert await early_admissions.consents(tx, [GROUP], today) == {GROUP: {OLD}}


async def test_the_undo_of_an_import_that_took_it_back_takes_it_along_again(app: App) -> None:
    case_id, fine = await held(app)
    await listed(app, OLD, NEW)
    await bring(app, f"{NEW},郑平,采购部,在职,{PLAIN}")
    assert await sees(app, PLAIN, case_id, fine) == {True}
    import_id = await bring(app, f"{OLD},郑平,采购部,在职,{PLAIN}")
    later = await overdue_case(app, code="M3", user_id=PLAIN, employee_no=OLD)
    assert dict(await stored(app, cases.c.id, cases.c.employee_no))[case_id] == OLD

    assert (await undoing.undo_import(app, import_id, by=str(ROOT))).ok
    assert dict(await stored(app, cases.c.id, cases.c.employee_no)) == {case_id: NEW, later.id: OLD}
    await bind(app, PLAIN, OLD)
    assert await whose(app) == {OLD}


async def test_what_went_along_to_a_number_that_only_an_import_knew_is_not_lost(app: App) -> None:
    await held(app)
    await staff.transfer(app, OLD, "市场部", by="terminal")
    await staff.depart(app, OLD, by="terminal")
    import_id = await bring(app, f"C109,郑平,市场部,在职,{PLAIN}")
    assert await whose(app) == {"C109"}
    assert (await grants.unbind_by_staff(app, PLAIN, by=ROOT)).ok
    await bind(app, PLAIN, "A005")

    assert (await undoing.undo_import(app, import_id, by=str(ROOT))).ok
    assert await whose(app) == {OLD}
    assert [number for _, number in await stored(app, transfers.c.id, transfers.c.employee_no)] == [OLD]
