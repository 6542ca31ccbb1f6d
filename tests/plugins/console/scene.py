"""A company with a year of work behind it: for the browser, for pictures, and to measure by."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from db.engine import Transaction
from db.queries.groups import last_seen, memberships
from db.tables.cases import appeals, case_events, cases, penalties, removal_batches
from db.tables.groups import filings
from db.tables.requests import join_requests
from regulation.model import Employee, Member, Role, Status
from services.app import App
from services.imports import apply as imports
from services.people import registry
from tests.company import (
    ADMIN,
    BOT,
    GROUP,
    OTHER,
    OWNER,
    PLAIN,
    STAFF,
    TRAINEE,
    FakeQQ,
    filed,
    settle_in,
    store,
)
from tests.plugins.console.kept import past_checks, past_sources, past_trail

SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静磊洋艳勇军杰娟涛超明霞平刚桂英晨曦雨桐"
DEPARTMENTS = ("市场部", "市场部/华东组", "采购部", "研发部", "研发部/平台组", "财务部", "行政部")
NAMES = (
    "市场部工作群",
    "采购部工作群",
    "研发部工作群",
    "平台组值班群",
    "财务部工作群",
    "华东客户群",
    "公司通知群",
    "新品讨论组",
)
# The one case of somebody whom the tests log in.
OWN = 900_001
CODES = (("C1", "wrong_name"), ("C1", "missing_department"), ("L1", "departed"), ("M1", "no_identity"), ("M2", "out_of_scope"), ("T1", "handover_complete"))  # fmt: skip
ROSTER = "工号,姓名,部门,状态,QQ\nA301,冯新,市场部,正式,66301\nA302,沈思远,研发部,试用,66302\nA009,郑平,研发部,正式,20009\nA303,,财务部,正式,66303\n"


async def a_year_of_work(app: App, *, people: int = 60, stored: int = 260) -> FakeQQ:
    """Fill the database; the same every time."""
    qq, chance, now = await settle_in(app), random.Random(7), app.now()
    staff = [_employee(chance, n) for n in range(people)]
    async with app.database.transaction() as tx:
        for employee, user_id in staff:
            await store(tx, employee, user_id)
    members = [user_id for _, user_id in staff]
    for n, name in enumerate(NAMES):
        group_id = (GROUP, OTHER, *range(700003, 700003 + len(NAMES)))[n]
        qq.names[group_id] = name
        qq.lists[group_id] = _members(chance, staff, members, n)
        await _read(app, qq, group_id)
        if n not in (3, 5):
            await filed(app, group_id, name=name, owner_id=qq.lists[group_id][0].user_id)
    await registry.load(app)
    await _cases(app, chance, staff, stored)
    await _waiting(app, now)
    await past_trail(app, now)
    await past_checks(app, chance, now)
    await past_sources(app, now)
    await imports.preview_file(app, ROSTER.encode(), "2026年3月员工名册.csv", by=str(STAFF), source="chat")
    return qq


def _employee(chance: random.Random, n: int) -> tuple[Employee, int]:
    name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))
    gone = date(2026, 2, 20) if n % 17 == 3 else None
    status = Status.PROBATION if n % 11 == 5 else Status.REGULAR
    employee = Employee(f"A{n + 101}", name, DEPARTMENTS[n % len(DEPARTMENTS)], status, departed_on=gone)
    return employee, 51001 + n


def _members(
    chance: random.Random, staff: Sequence[tuple[Employee, int]], ids: Sequence[int], n: int
) -> list[Member]:
    owner = OWNER if n == 0 else PLAIN if n == 1 else ids[n]
    chosen = [one for one in chance.sample(staff, 18) if one[1] != owner]
    plain = [
        Member(user_id, nickname=employee.name[-1] * 2, card=_card(chance, employee))
        for employee, user_id in chosen
    ]
    bot = Member(BOT, nickname="群规", card="群规", role=Role.ADMIN)
    return [Member(owner, role=Role.OWNER, card="市场部-王强"), Member(ADMIN, role=Role.ADMIN), bot, *plain]


def _card(chance: random.Random, employee: Employee) -> str:
    top = employee.department.split("/")[0]
    return chance.choice(
        [f"{top}-{employee.name}"] * 4
        + [f"{top}-{employee.name}-华东", employee.name, f"{top}{employee.name[0]}经理", ""]
    )


async def _read(app: App, qq: FakeQQ, group_id: int) -> None:
    listed = qq.lists[group_id]
    facts = {
        "owner_id": listed[0].user_id,
        "admin_ids": [ADMIN, BOT],
        "complete_at": app.now(),
        "account": BOT,
    }
    facts |= {"name": qq.names[group_id], "member_count": len(listed), "audited_at": app.now()}
    async with app.database.transaction() as tx:
        await last_seen.put(tx, group_id, **facts)
        await memberships.put_members(tx, group_id, listed, app.now(), whole=True)


async def _cases(app: App, chance: random.Random, staff: Sequence[tuple[Employee, int]], stored: int) -> None:
    """Store cases of the last twelve months, most of them closed, with their stories and fines."""
    rows: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    fines: list[dict[str, Any]] = []
    taken: set[tuple[str, int, int]] = set()
    for n in range(1, stored + 1):
        opened = app.now() - timedelta(days=360 * (1 - n / stored) ** 1.3 + chance.random(), hours=1)
        (code, reason), (employee, user_id) = chance.choice(CODES), chance.choice(staff)
        group_id = 700001 + chance.randrange(len(NAMES))
        is_open = n > stored - 14 and (code, group_id, user_id) not in taken
        taken |= {(code, group_id, user_id)} if is_open else set()
        late = chance.random() < 0.35
        row = _case(n, code, reason, employee, user_id, group_id, opened, is_open=is_open, late=late)
        rows.append(row)
        events += [
            {"case_id": n, "at": at, "kind": kind, "data": data} for at, kind, data in _story(row, user_id)
        ]
        if late and code in ("C1", "L1", "T1"):
            fines.append(_fine(chance, n, row, is_open=is_open))
    async with app.database.transaction() as tx:
        for start in range(0, len(rows), 500):
            await tx.execute(insert(cases), rows[start : start + 500])
        for start in range(0, len(events), 500):
            await tx.execute(insert(case_events), events[start : start + 500])
        for start in range(0, len(fines), 500):
            await tx.execute(insert(penalties), fines[start : start + 500])


def _case(
    n: int, code: str, reason: str, employee: Employee, user_id: int, group_id: int, at: datetime, *,
    is_open: bool, late: bool,
) -> dict[str, Any]:  # fmt: skip
    due = at + timedelta(days=3)
    data = {"card": employee.name, "right": f"{employee.department.split('/')[0]}-{employee.name}"}
    data |= {"department": employee.department, "name": employee.name, "departed_on": "2026-02-20"}
    data |= {"from": "市场部", "to": "采购部", "handover_on": "2026-02-20"}
    return {
        "id": n, "code": code, "group_id": group_id, "subject": str(user_id), "user_id": user_id,
        "employee_no": employee.employee_no, "department": employee.department, "reason": reason, "data": data,
        "status": ("overdue" if late else "reminded") if is_open else "closed", "opened_at": at, "seen_at": at,
        "due_at": due, "first_reminded_at": at + timedelta(minutes=5), "overdue_at": due if late else None,
        "closed_at": None if is_open else due + timedelta(hours=5),
        "closed_as": None if is_open else ("cured", "removed", "left", "waived", "corrected")[n % 5], "frozen": False,
    }  # fmt: skip


def _story(row: dict[str, Any], user_id: int) -> list[tuple[datetime, str, dict[str, Any]]]:
    at = row["opened_at"]
    told = [
        (at, "opened", {"registry": 12}),
        (at + timedelta(minutes=5), "reminded", {"to": f"QQ {user_id}"}),
    ]
    told += [(row["overdue_at"], "overdue", {})] if row["overdue_at"] else []
    return told + ([(row["closed_at"], "closed", {"as": row["closed_as"]})] if row["closed_at"] else [])


def _fine(chance: random.Random, n: int, row: dict[str, Any], *, is_open: bool) -> dict[str, Any]:
    state = "proposed" if is_open else chance.choice(("confirmed", "settled", "settled", "waived"))
    return {
        "case_id": n, "breach": f"V{n}", "code": row["code"], "group_id": row["group_id"],
        "liable": row["employee_no"], "liable_user_id": row["user_id"], "liable_employee_no": row["employee_no"],
        "amount": Decimal(20 if row["code"] == "L1" else 10), "state": state, "proposed_at": row["due_at"],
        "settled_at": None if is_open else row["closed_at"], "settled_by": None if is_open else str(STAFF),
        "paid_at": row["closed_at"] if state == "settled" else None, "reason": "",
    }  # fmt: skip


async def _waiting(app: App, now: datetime) -> None:
    """Store what waits for somebody: requests to join, a filing, an appeal, withheld removals."""
    removals = [{"case_id": 1, "group_id": GROUP, "user_id": 51004 + n, "code": "L1"} for n in range(6)]
    batch = {"made_at": now - timedelta(hours=1), "expires_at": now + timedelta(hours=23), "why": "group_limit", "removals": removals, "state": "waiting"}  # fmt: skip
    async with app.database.transaction() as tx:
        await tx.execute(insert(join_requests), _requests(now))
        await tx.execute(insert(filings), _filings(now))
        await tx.execute(insert(removal_batches).values(**batch))
        await _own_matter(tx, now)


def _requests(now: datetime) -> list[dict[str, Any]]:
    request = {
        "account": BOT, "group_id": GROUP, "comment": "我是市场部冯新，工号****", "recovered": False,
        "asked_at": now - timedelta(hours=3), "seen_at": now, "verdict": "hold", "row": 5, "reason": "no_phone",
        "clause": "四.1.3", "inputs": {"registry": 12}, "state": "waiting", "to_bind": False,
    }  # fmt: skip
    people = (("f1", "小冯", 61234), ("f2", "阿远", 61299))
    return [
        {**request, "flag": flag, "request_key": flag, "nickname": nickname, "user_id": user_id}
        for flag, nickname, user_id in people
    ]


def _filings(now: datetime) -> list[dict[str, Any]]:
    """Return a filing that waits for admin staff, and one that waits for a head."""
    filing = {
        "group_id": 700004, "route": "first", "state": "with_admin", "kind": "QQ群", "name": NAMES[3],
        "purpose": "平台组轮值与告警", "scope": {"everyone": False, "departments": ["研发部/平台组"], "employee_nos": []},
        "department": "研发部", "owner_id": 51004, "admin_ids": [ADMIN], "made_by": 51004,
        "made_at": now - timedelta(days=1, hours=2),
    }  # fmt: skip
    scope = {"everyone": False, "departments": ["市场部"], "employee_nos": []}
    head = {
        "group_id": 700006,
        "name": NAMES[5],
        "state": "with_head",
        "department": "市场部",
        "owner_id": OWNER,
    }
    return [filing, {**filing, **head, "purpose": "华东客户日常沟通", "scope": scope}]


async def _own_matter(tx: Transaction, now: datetime) -> None:
    """Store the case of somebody whom the tests log in, with its fine and an appeal."""
    person = Employee("A006", "孙丽", "市场部")
    own = _case(
        OWN, "C1", "wrong_name", person, TRAINEE, GROUP, now - timedelta(days=4), is_open=True, late=True
    )
    appeal = {"case_id": OWN, "made_by": TRAINEE, "made_at": now - timedelta(hours=5), "reason": "当天在外出差，名片已经改好了", "state": "waiting", "comment": ""}  # fmt: skip
    events = [
        {"case_id": OWN, "at": at, "kind": kind, "data": data} for at, kind, data in _story(own, TRAINEE)
    ]
    await tx.execute(insert(cases).values(**own))
    await tx.execute(insert(case_events), events)
    await tx.execute(insert(penalties).values(**_fine(random.Random(1), OWN, own, is_open=True)))
    await tx.execute(insert(appeals).values(**appeal))
