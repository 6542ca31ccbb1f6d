"""What a migration makes of the rows that stood there before."""

from datetime import datetime

import sqlalchemy as sa

from db.ledger import Ledger
from db.migrate import upgrade
from db.tables.base import ZONE, Moment
from db.tables.cases import case_notices, cases, notices_sent, penalties
from db.tables.groups import offices
from db.tables.ledger import ledger
from db.tables.requests import join_requests
from db.tables.work import spot_checks
from tests.db.old_versions import standing_at

FLAGS = {
    "700001|1795897277865000|7|0": "1795897277865000",
    "700001|1795897277866000|1|1": "1795897277866000",
    "1795339604868000": "1795339604868000",
    "1795339604868001-700001-1-0": "1795339604868001",
    # Another row bears that number's name.
    "1795339604868000-700001-1-0": "1795339604868000-700001-1-0",
    "a|b|c|d": "a|b|c|d",
}
# As 0004 had it.
_REQUESTS = sa.table(
    "join_requests",
    *(
        sa.column(name)
        for name in ("account", "flag", "group_id", "user_id", "nickname", "comment", "recovered")
    ),
    *(sa.column(name) for name in ("verdict", "row", "reason", "clause", "state")),
    sa.column("asked_at", Moment()),
    sa.column("inputs", sa.JSON()),
)
_OLD = {
    "account": 1, "group_id": 700001, "user_id": 30001, "nickname": "", "comment": "", "recovered": False,
    "verdict": "hold", "row": 2, "reason": "unfiled", "clause": "四.1.1", "state": "waiting", "inputs": {},
    "asked_at": datetime(2026, 11, 1, 9, 30, tzinfo=ZONE),
}  # fmt: skip


# As 0011 had them.
def _old(name: str, *plain: str, json: tuple[str, ...] = (), times: tuple[str, ...] = ()) -> sa.TableClause:
    columns = [sa.column(column) for column in plain]
    columns += [sa.column(column, sa.JSON()) for column in json]
    return sa.table(name, *columns, *(sa.column(column, Moment()) for column in times))


_GROUPS = _old(
    "groups", "group_id", "name", "owner_id", "member_count", json=("admin_ids",), times=("complete_at",)
)
_CASES = _old(
    "cases",
    *(
        "id",
        "code",
        "group_id",
        "subject",
        "user_id",
        "employee_no",
        "department",
        "status",
        "reason",
        "frozen",
    ),
    json=("data",),
    times=("opened_at", "seen_at", "closed_at", "first_reminded_at"),
)
_EVENTS = _old("case_events", "case_id", "kind", json=("data",), times=("at",))
_FINES = _old(
    "penalties", *("id", "case_id", "breach", "code", "group_id", "liable", "amount", "state", "reason"),
    times=("proposed_at",),
)  # fmt: skip
_SAID = _old("notices_sent", "subject", "purpose", times=("at",))
READ = datetime(2026, 11, 1, 9, 30, tzinfo=ZONE)


def _case(number: int, **values: object) -> dict[str, object]:
    data = {"departed_on": "2026-10-30"}
    about = {
        "code": "L1",
        "group_id": 700001,
        "subject": str(number),
        "user_id": number,
        "employee_no": f"A{number}",
    }
    plain = {"department": "", "status": "open", "reason": "departed", "frozen": False, "data": data}
    times = {"opened_at": READ, "seen_at": READ, "closed_at": None, "first_reminded_at": None}
    return {"id": number, **about, **plain, **times, **values}


def _event(case_id: int, kind: str, day: int, purpose: str, to: str = "") -> dict[str, object]:
    return {
        "case_id": case_id,
        "kind": kind,
        "at": READ.replace(day=day),
        "data": {"purpose": purpose, "to": to},
    }


def _fine(number: int, case_id: int, liable: str) -> dict[str, object]:
    about = {"id": number, "case_id": case_id, "code": "L1", "group_id": 700001, "liable": liable}
    breach = f"L1:700001:A{case_id}:2026-11-0{number}T00:00:00+08:00"
    return {**about, "breach": breach, "amount": 20, "state": "proposed", "reason": "", "proposed_at": READ}


_GROUP = {"name": "", "member_count": 3, "admin_ids": [20003], "complete_at": READ, "owner_id": 20002}
_BEFORE_BLAME: list[tuple[sa.TableClause, list[dict[str, object]]]] = [
    (_GROUPS, [{**_GROUP, "group_id": 700001}, {**_GROUP, "group_id": 700002, "complete_at": None}]),
    (_CASES, [_case(1), _case(2), _case(3, code="C1", data={}), _case(4, closed_at=READ)]),
    (
        _EVENTS,
        [
            _event(1, "told", 3, "notice", "QQ 20002"),
            _event(1, "told", 4, "notice", "QQ 20002"),
            _event(1, "told", 2, "verify", "QQ 1"),
            _event(2, "undelivered", 3, "notice", "QQ 20002"),
            _event(3, "reminded", 5, "card_reminder", "群 700001"),
            _event(4, "told", 3, "notice", "QQ 20002"),
        ],
    ),
    (_FINES, [_fine(1, 1, "A20002"), _fine(2, 1, "A20002"), _fine(3, 1, "A20003")]),
    (_SAID, [{"subject": s, "purpose": "notice", "at": READ} for s in ("V1", "G700001")]),
]


async def test_the_clock_of_blame_begins_with_what_groups_and_timelines_tell(empty_url: str) -> None:
    database = await standing_at("0011", empty_url)
    async with database.transaction() as tx:
        for table, values in _BEFORE_BLAME:
            await tx.execute(sa.insert(table), values)
    await upgrade(database)
    office, said, case = offices.c, case_notices.c, cases.c
    async with database.reading() as tx:
        held = await tx.rows(
            sa.select(office.group_id, office.user_id, office.role, office.since, office.until)
        )
        told = await tx.rows(sa.select(said.case_id, said.purpose, said.user_id, said.reached_at))
        first = await tx.rows(sa.select(case.id, case.first_reminded_at))
        fines = await tx.rows(sa.select(penalties.c.id, penalties.c.breach))
        kept = await tx.rows(sa.select(notices_sent.c.subject))
    await database.close()
    assert {tuple(row) for row in held} == {
        (700001, 20002, "owner", READ, None),
        (700001, 20003, "admin", READ, None),
    }
    # The first delivery counts; what reached nobody, or belongs to a closed case, starts no clock.
    assert {tuple(row) for row in told} == {
        (1, "notice", 20002, READ.replace(day=3)),
        (1, "verify", 1, READ.replace(day=2)),
        (3, "card_reminder", 3, READ.replace(day=5)),
    }
    assert dict(map(tuple, first)) == {1: READ.replace(day=3), 2: None, 3: READ.replace(day=5), 4: None}
    # One breach by its event, however its deadline moves; a second proposal of it keeps its own name.
    event = "L1:700001:A1:2026-10-30"
    assert dict(map(tuple, fines)) == {1: event, 2: _fine(2, 1, "")["breach"], 3: event}
    assert [row.subject for row in kept] == ["G700001"]


async def test_stored_requests_are_named_by_what_lasts_of_their_flags(empty_url: str) -> None:
    database = await standing_at("0004", empty_url)
    async with database.transaction() as tx:
        await tx.execute(sa.insert(_REQUESTS), [{**_OLD, "flag": flag} for flag in FLAGS])
    database.ledger = Ledger(b"k" * 32)
    await upgrade(database)
    c = join_requests.c
    async with database.reading() as tx:
        found = await database.ledger.verify(tx)
        rows = await tx.rows(sa.select(c.flag, c.request_key, c.asked_at, c.seen_at))
    await database.close()
    assert {row.flag: row.request_key for row in rows} == FLAGS
    assert {(row.asked_at, row.seen_at) for row in rows} == {(_OLD["asked_at"], _OLD["asked_at"])}
    # They are older than the ledger.
    assert (found.lines, found.misfit) == (len(FLAGS), None)


async def test_what_a_migration_changes_is_sealed_with_it(empty_url: str) -> None:
    database = await standing_at("0023", empty_url)
    database.ledger = Ledger(b"k" * 32)
    dashed = {"request_key": "179533-700001-1-0", "flag": "179533-700001-1-0", "seen_at": _OLD["asked_at"]}
    async with database.transaction() as tx:
        await tx.execute(sa.insert(join_requests), [{**_OLD, **dashed}])
        await tx.execute(sa.insert(join_requests), [{**_OLD, **dashed, "user_id": 30002}])
    await upgrade(database)
    async with database.reading() as tx:
        found = await database.ledger.verify(tx)
        keys = {key for (key,) in await tx.rows(sa.select(join_requests.c.request_key))}
    await database.close()
    assert keys == {"179533"}
    assert (found.lines, found.misfit) == (4, None)


async def test_so_is_what_it_gives_a_column_or_takes_away(empty_url: str) -> None:
    database = await standing_at("0010", empty_url)
    database.ledger = Ledger(b"k" * 32)
    at = _OLD["asked_at"]
    done = {
        "group_id": 700001,
        "month": "2026-10",
        "drawn_by": "10000",
        "seed": "s",
        "due_at": at,
        "done_at": at,
    }
    checks = [{"id": 1, **done}, {"id": 2, **done, "group_id": 700002, "drawn_by": "bot", "done_at": None}]
    table = sa.table("spot_checks", *(c._copy() for c in spot_checks.c if c.name != "tries"))
    blank = dict.fromkeys(table.c.keys())
    lines, digest = list[dict[str, object]](), b""
    for seq, row in enumerate(({**blank, **one} for one in checks), 1):
        seal = database.ledger.seal("spot_checks", row)
        digest = database.ledger.link(digest, seq, "spot_checks", str(seq), seal)
        lines.append({"seq": seq, "source": "spot_checks", "row_id": str(seq), "seal": seal, "hash": digest})

    def write(connection: sa.Connection) -> None:
        connection.execute(sa.insert(table), checks)
        connection.execute(sa.insert(ledger), lines)

    await database.plainly(write)
    await upgrade(database)
    async with database.reading() as tx:
        found = await database.ledger.verify(tx)
    await database.close()
    assert (found.lines, found.misfit) == (4, None)
