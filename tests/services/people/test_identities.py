"""Proofs, lock-outs and binding."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.queries.people import employees, identities
from db.tables.work import outbox
from db.writing.bulk import columns_of
from regulation.claims.digits import hash_digits
from services.answer import Answer
from services.app import App
from services.people import grants, registry
from services.people import identities as service
from tests.company import trail_of

REFUSED = "没能核实。请核对姓名、工号、手机后四位后再试；多次不成请联系行政部。"


def person(no: str, name: str, digits: str = "", department: str = "市场部") -> dict[str, object]:
    return {
        "employee_no": no,
        "name": name,
        "department": department,
        "employment": "regular",
        "title": "",
        "is_head": False,
        "also_in": [],
        "phone_hash": hash_digits(b"test key", no, digits) if digits else None,
    }


@pytest.fixture
async def company(app: App) -> App:
    """Three employees: 王芳 with a QQ, 张三 without, 赵六 without a phone."""
    async with app.database.transaction() as tx:
        people = [person("A1", "王芳", "0001"), person("A2", "张三", "0002"), person("A3", "赵六")]
        await employees.insert_many(tx, columns_of([*people, person("X1", "行政", "0009", "行政部")]))
        await identities.put(tx, 10001, "A1", "roster", app.now(), "terminal")
        await registry.bump(tx)
    await registry.refresh(app)
    return app


async def prove(app: App, user_id: int, name: str, no: str, digits: str) -> Answer:
    async with app.database.transaction() as tx:
        answer = await service.prove(app, tx, user_id=user_id, name=name, employee_no=no, digits=digits)
    await registry.refresh(app)
    return answer


async def queued(app: App) -> list[str]:
    async with app.database.reading() as tx:
        rows = (await tx.execute(select(outbox))).mappings().all()
    return [str(row["payload"]) for row in rows]


async def test_a_right_proof_binds(company):
    answer = await prove(company, 20002, "张三", "A2", "0002")
    assert answer.ok
    assert company.registry.identities[20002].employee_no == "A2"
    line = (await trail_of(company, "20002"))[0]
    assert (line["action"], line["actor"], line["source"]) == ("identity.bind", "20002", "chat")
    assert "0002" not in str({**line, "subject": "", "actor": ""})


@pytest.mark.parametrize(
    ("name", "no", "digits"),
    [
        ("张三", "A2", "9999"),
        ("王芳", "A2", "0002"),
        ("张三", "A9", "0002"),
        ("张三", "A1", "0002"),
        ("赵六", "A3", "0001"),
    ],
)
async def test_every_wrong_proof_gets_one_and_the_same_answer(company, name, no, digits):
    answer = await prove(company, 20002, name, no, digits)
    assert (answer.ok, answer.text) == (False, REFUSED)
    assert 20002 not in company.registry.identities


async def test_what_is_no_proof_at_all_is_not_counted(company):
    for _ in range(6):
        assert "绑定 姓名 工号" in (await prove(company, 20002, "张三", "A2", "12")).text
    assert (await prove(company, 20002, "张三", "A2", "0002")).ok


async def test_five_wrong_proofs_lock_a_qq_for_a_day(company, clock):
    for _ in range(5):
        await prove(company, 20002, "张三", "A2", "9999")
    assert (await prove(company, 20002, "张三", "A2", "0002")).text == REFUSED
    clock.move(hours=23, minutes=59)
    assert not (await prove(company, 20002, "张三", "A2", "0002")).ok
    clock.move(minutes=2)
    assert (await prove(company, 20002, "张三", "A2", "0002")).ok


async def test_a_locked_qq_is_refused_unread_and_uncounted(company, clock):
    for _ in range(9):
        await prove(company, 20002, "张三", "A2", "9999")
    async with company.database.reading() as tx:
        since = clock.now() - timedelta(hours=1)
        assert await identities.attempts_of_qq(tx, 20002, since) == 5
        assert await identities.attempts_of_employee(tx, "A2", since) == 5


async def test_attempts_older_than_a_day_do_not_count(company, clock):
    for _ in range(4):
        await prove(company, 20002, "张三", "A2", "9999")
    clock.move(hours=24, minutes=1)
    await prove(company, 20002, "张三", "A2", "9999")
    assert (await prove(company, 20002, "张三", "A2", "0002")).ok


async def test_ten_wrong_proofs_lock_an_employee_number_for_everybody(company):
    for attempt in range(10):
        await prove(company, 30000 + attempt, "张三", "A2", "9999")
    assert (await prove(company, 40000, "张三", "A2", "0002")).text == REFUSED
    async with company.database.reading() as tx:
        locked = service.locks_of(await service.locked(tx, [40000], company.now()), 40000)
    assert (locked.qq, locked.employee_nos) == (False, frozenset({"A2"}))


async def test_an_unknown_number_counts_against_the_qq_alone(company):
    for _ in range(5):
        await prove(company, 20002, "张三", "Z9", "0002")
    async with company.database.reading() as tx:
        locked = service.locks_of(await service.locked(tx, [20002], company.now()), 20002)
    assert (locked.qq, locked.employee_nos) == (True, frozenset())


async def test_admin_staff_hear_of_a_lock_once(company):
    for _ in range(8):
        await prove(company, 20002, "张三", "A2", "9999")
    told = [text for text in await queued(company) if "20002" in text]
    assert len(told) == 1


async def test_locks_survive_a_restart(company, clock):
    for _ in range(5):
        await prove(company, 20002, "张三", "A2", "9999")
    fresh = App(company.settings, company.policy, company.database, phone_key=b"test key", clock=clock)
    await registry.load(fresh)
    assert (await prove(fresh, 20002, "张三", "A2", "0002")).text == REFUSED


async def test_a_second_qq_is_not_bound_by_proof_and_both_sides_hear_of_it(company):
    answer = await prove(company, 20002, "王芳", "A1", "0001")
    assert not answer.ok
    assert "行政部" in answer.text
    assert 20002 not in company.registry.identities
    told = await queued(company)
    assert any("绑定 20002 A1" in text for text in told)
    assert any("另一个 QQ" in text for text in told)


async def test_a_bound_qq_proves_nothing_for_another(company):
    answer = await prove(company, 10001, "张三", "A2", "0002")
    assert answer.ok
    assert company.registry.identities[10001].employee_no == "A1"


@pytest.mark.dialects
async def test_a_departed_employee_cannot_prove_anything(company, clock):
    async with company.database.transaction() as tx:
        await employees.change(tx, "A2", departed_on=clock.now().date())
        await registry.bump(tx, {"A2"})
    await registry.refresh(company)
    assert (await prove(company, 20002, "张三", "A2", "0002")).text == REFUSED


async def test_staff_bind_a_second_qq_and_lift_its_lock(company):
    for _ in range(5):
        await prove(company, 20002, "张三", "A2", "9999")
    text = (await grants.bind_by_staff(company, 20002, "A1", by=10000)).text
    assert "王芳" in text
    assert company.registry.qqs_of("A1") == (10001, 20002)
    async with company.database.reading() as tx:
        assert not (service.locks_of(await service.locked(tx, [20002], company.now()), 20002)).qq


async def test_staff_move_a_qq_and_unbind_it(company):
    assert "原来属于 王芳" in (await grants.bind_by_staff(company, 10001, "A2", by=10000)).text
    assert company.registry.identities[10001].employee_no == "A2"
    assert "张三" in (await grants.unbind_by_staff(company, 10001, by=10000)).text
    assert company.registry.identities == {}
    assert "没有绑定" in (await grants.unbind_by_staff(company, 10001, by=10000)).text


@pytest.mark.dialects
async def test_grants_only_verified_active_people_of_the_admin_department(company):
    assert "不在行政部" in (await grants.grant(company, "A1", by=10000)).text
    assert "核实" in (await grants.grant(company, "X1", by=10000)).text
    await grants.bind_by_staff(company, 50005, "X1", by=10000)
    assert "已授权" in (await grants.grant(company, "X1", by=10000)).text
    assert "已有授权" in (await grants.grant(company, "X1", by=10000)).text
    assert "已撤权" in (await grants.revoke(company, "X1", by=10000)).text
    assert "没有授权" in (await grants.revoke(company, "X1", by=10000)).text
    assert "没有工号" in (await grants.grant(company, "ZZ", by=10000)).text
