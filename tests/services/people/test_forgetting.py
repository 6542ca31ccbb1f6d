"""Forgetting leaves nothing behind: every table, every column that can hold a person, and the file itself."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    insert,
    select,
)

from db.queries.cases import timelines as case_rows
from db.queries.groups import filings as filing_rows
from db.queries.people import privacy as privacy_rows
from db.tables import metadata
from db.tables.base import Moment
from regulation.model import Code, Role
from services import trail
from services.app import App
from services.cases import enforcing
from services.cases.settling import appeals, waivers
from services.filing import hand_in, review
from services.filing.hand_in import Wish
from services.imports import apply as imports
from services.imports.packing import pack, unpack
from services.joining import early_admission, rounds
from services.joining.heard import Heard
from services.people import grants, identities, privacy, registry, staff
from services.reports import spot_checks
from tests import company as co
from tests.services.stories import told

pytestmark = pytest.mark.dialects

NO, QQ, NAME, SECOND = "K4711", 23456789, "钱小佳", 23456790
TEXT = f"{NAME}（{NO}）QQ {QQ}"
DETAIL = {
    "name": NAME,
    "no": NO,
    "qq": QQ,
    "user_id": QQ,
    "who": [QQ, 10001],
    "text": TEXT,
    NO: {str(QQ): NAME},
}
ROSTER = f"工号,姓名,部门,状态,QQ,手机\n{NO},{NAME},市场部,正式,{QQ};{SECOND},13800007788\nA002,王强,市场部,正式,20002,"


def words_of(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from (*words_of(key), *words_of(part))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from words_of(part)
    else:
        yield str(value)


async def dump(app: App) -> str:
    """Everything the database holds, packed or not, a line a column."""
    lines: list[str] = []
    async with app.database.reading() as tx:
        for table in metadata.sorted_tables:
            for row in (await tx.execute(select(table))).mappings():
                for name, value in row.items():
                    packed = isinstance(value, bytes) and table.name == "imports" and value
                    found = unpack(value) if packed else value
                    lines.append(f"{table.name}.{name}: " + "\t".join(words_of(found)))
    return "\n".join(lines)


def left_of(text: str, *words: str) -> list[str]:
    found = re.compile("|".join(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])" for word in words))
    return [line[:200] for line in text.splitlines() if found.search(line)]


def value_for(table: Table, column: Column[Any], when: datetime) -> Any:
    """Something about the person wherever the column can hold it."""
    if column.foreign_keys:
        return NO if column.name == "employee_no" else 1
    if privacy_rows.is_person(column):
        return QQ
    kinds: list[tuple[Any, Any]] = [
        (Moment, when), (Date, when.date()), (BigInteger, 700001), (Boolean, False), (Numeric, 1), (Float, 1.0),
        (Integer, 1), (LargeBinary, pack({"rows": [[1, NO, NAME, QQ], [2, "A1", "李雷", 1]], "text": TEXT})),
    ]  # fmt: skip
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return value
    if not privacy_rows.is_text(column):
        return "0f"
    if column.name in ("employee_no", "liable_employee_no", "liable"):
        return NO
    length = getattr(column.type, "length", None)
    if isinstance(column.type, metadata.tables["cases"].c.data.type.__class__):
        return DETAIL
    return TEXT if length is None or length >= len(TEXT) else NO if length >= len(NO) else "x"


async def fill(app: App) -> None:
    """One row in every table, about the person in every column."""
    async with app.database.transaction() as tx:
        # The ledger holds names of tables, numbers of rows, and keyed hashes.
        for table in (one for one in metadata.sorted_tables if one.name != "ledger"):
            columns = [column for column in table.c if column.name != "id" or table.name == "registry_state"]
            row = {column.name: value_for(table, column, app.now()) for column in columns}
            if table.name == "employees":
                row |= {"name": NAME, "employment": "regular", "departed_on": date(2026, 3, 2)}
            if table.name == "audit_trail":
                row |= {"action": "identity.bind", "subject": str(SECOND), "detail": {"employee_no": NO}}
            if table.name == "outbox":
                row |= {"attachment": None}
            if table.name == "groups":
                row |= {"admin_ids": [QQ, 10001]}
            await tx.execute(insert(table).values(**row))


# Packed: `services.people.privacy` unpacks the imports'; a file in the outbox goes when it was sent. Of the
# ledger, keyed hashes, which say nothing. Of `settled` all goes.
PACKED = {
    ("imports", "diff"), ("imports", "undo"), ("imports", "rows"), ("outbox", "attachment"),
    ("ledger", "seal"), ("ledger", "hash"), *(("settled", one) for one in ("ground", "listed", "names")),
    ("settled", "members"), ("settled", "judged"),
}  # fmt: skip


def test_every_column_that_may_hold_a_person_is_looked_at_or_named():
    """A new column is looked at by its type; this is where somebody has to think about it."""
    people = {
        "user_id", "owner_id", "initiator_id", "made_by", "asked_by", "settled_by", "invitor_id", "let_in_by",
        "granted_by", "liable_user_id",
    }  # fmt: skip
    for table in metadata.sorted_tables:
        for column in table.c:
            if isinstance(column.type, BigInteger):
                assert (column.name in people) is privacy_rows.is_person(column), str(column)
            if isinstance(column.type, LargeBinary):
                assert (table.name, column.name) in PACKED


async def test_nothing_of_them_is_left_in_any_column_of_any_table(app: App, clock: Any):
    await fill(app)
    await registry.load(app)
    clock.move(days=366)
    done = await privacy.forget(app, NO, confirmed=True, by="terminal")
    assert done.ok, done
    text = await dump(app)
    assert left_of(text, NO, str(QQ), str(SECOND)) == []
    assert NAME not in text
    alias = privacy.pseudonym(app, NO)
    for column in (
        "cases.employee_no",
        "case_events.data",
        "penalties.liable",
        "filings.scope",
        "imports.diff",
    ):
        assert any(line.startswith(column) and alias in line for line in text.splitlines()), column
    assert "groups.admin_ids: 10001" in text.splitlines()


async def test_nothing_is_left_in_the_bytes_of_a_sqlite_file(app: App, clock: Any):
    path = app.database.path
    if path is None:
        pytest.skip("PostgreSQL keeps old pages until its own vacuum")
    await fill(app)
    await registry.load(app)
    clock.move(days=366)
    assert (await privacy.forget(app, NO, confirmed=True, by="terminal")).ok
    await app.database.close()
    for file in path.parent.glob(f"{path.name}*"):
        data = file.read_bytes()
        for word in (NAME.encode(), json.dumps(NAME)[1:-1].encode(), NO.encode(), str(QQ).encode()):
            assert word not in data, (file.name, word)


async def story(app: App, clock: Any) -> co.FakeQQ:
    """Somebody's working life through the real services: joined, filed, headed, transferred, accused, left."""
    qq = await co.settle_in(app)
    made = await imports.preview_file(app, ROSTER.encode(), f"{NAME}.csv", by="10000", source="chat")
    assert isinstance(made, imports.Preview)
    assert (await imports.apply_import(app, made.id, by="10000")).state == "applied"
    qq.lists[co.GROUP] = [
        *(replace(m, role=Role.MEMBER) if m.user_id == co.BOT else m for m in co.members()),
        replace(co.members(plain=(QQ,))[-1], card=f"市场部-{NAME}", nickname="小佳"),
    ]
    async with app.database.transaction() as tx:
        await co.seen(app, tx, co.GROUP)
    assert (await hand_in.file(app, co.GROUP, Wish("市场部日常沟通", f"市场部，工号:{NO}"), by=co.OWNER)).ok
    assert (await review.settle(app, 1, approve=True, by=co.HEAD, reason=f"{NAME}也在")).ok
    assert (await review.settle(app, 1, approve=True, by=co.STAFF)).ok
    register = f"群号,成员范围,群主,管理员\n{co.OTHER},采购部；工号:{NO},{NO},20001"
    made = await imports.preview_file(app, register.encode(), "g.csv", by="10000", source="chat")
    assert isinstance(made, imports.Preview), made
    assert (await imports.apply_import(app, made.id, by="10000")).state == "applied"
    await early_admission.propose(app, "A006", co.GROUP, f"{NAME} 带的新人", by=QQ)
    for flag, user_id in (("f1", QQ), ("f2", co.STRANGER)):
        comment = f"问题：姓名 工号\n答案：{NAME} {NO} 7788"
        await rounds.hear(app, Heard(co.BOT, co.GROUP, user_id, comment, flag, NAME))
    async with app.database.transaction() as tx:
        for n in range(10):
            how = {"name": NAME, "employee_no": NO, "digits": "0000"}
            await identities.prove(app, tx, user_id=40001 + n, **how)
    await grants.bind_by_staff(app, 24680135, NO, by=co.ROOT)
    await grants.unbind_by_staff(app, 24680135, by=co.ROOT)
    await staff.transfer(app, NO, "采购部", by=str(co.ROOT))
    await staff.complete_handover(app, NO, by=str(QQ))
    await enforcing.run(app, [co.GROUP, co.OTHER])
    clock.move(days=1)
    await staff.depart(app, NO, by=str(co.ROOT))
    await enforcing.run(app, [co.GROUP])
    async with app.database.transaction() as tx:
        for case in await case_rows.open_of_group(tx, co.GROUP):
            await told(tx, case, co.OWNER, *([QQ] if case.code is Code.C1 else []))
            await case_rows.change(tx, case.id, first_reminded_at=case.opened_at)
    clock.move(days=5)
    await enforcing.run(app, [co.GROUP])
    await spot_checks.draw_one(app, co.GROUP, by=co.ROOT)
    async with app.database.reading() as tx:
        mine = [case for case in await case_rows.open_of_group(tx, co.GROUP) if case.user_id == QQ]
    for case in mine:
        await appeals.appeal(app, case.id, by=QQ, reason=f"我是{NAME}，已经离职")
    await waivers.waive(app, QQ, Code.L1, 3, f"{NAME} 办手续", by=co.ROOT)
    await waivers.waive(app, co.OWNER, Code.L1, 3, f"等 {NAME}（{NO}）交接", by=co.ROOT)
    return qq


async def test_a_whole_working_life_is_forgotten_and_the_others_go_on(app: App, clock: Any):
    qq = await story(app, clock)
    before = await dump(app)
    spoken_of = {line.partition(".")[0] for line in left_of(before, NO, str(QQ), NAME)}
    assert {
        "employees", "identities", "transfers", "imports", "memberships", "filings", "filing_steps", "cases",
        "case_events", "penalties", "appeals", "waivers", "join_requests", "proof_attempts", "locks", "outbox",
        "audit_trail", "early_admissions", "registry_changes",
    } <= spoken_of  # fmt: skip
    qq.lists[co.GROUP] = [m for m in qq.lists[co.GROUP] if m.user_id != QQ]
    clock.move(days=366)
    done = await privacy.forget(app, NO, confirmed=True, by="terminal")
    assert done.ok, done
    after = await dump(app)
    assert left_of(after, NO, str(QQ), str(SECOND), "24680135") == []
    assert NAME not in after
    assert "王强" in after
    alias = privacy.pseudonym(app, NO)
    async with app.database.reading() as tx:
        filed = await filing_rows.approved(tx, co.GROUP)
        assert filed is not None
        assert (filed.scope.departments, filed.scope.employee_nos) == (("市场部",), frozenset({alias}))
    assert (await trail.verify(app)).misfit is None
    assert filed.scope.covers(app.registry.by_no["A002"], app.now().date())
    roster = "".join(line for line in ROSTER.splitlines(keepends=True) if NO not in line)
    made = await imports.preview_file(app, roster.encode(), "b.csv", by="10000", source="chat")
    assert isinstance(made, imports.Preview)
    await imports.apply_import(app, made.id, by="10000")
    await enforcing.run(app, [co.GROUP])
    assert NO not in await dump(app)


async def test_a_namesake_and_a_longer_name_stay_as_they_are(app: App, clock: Any):
    roster = "工号,姓名,部门,状态\nK1,李雷,市场部,离职\nK2,李雷,市场部,正式\nK3,李雷鸣,市场部,正式"
    made = await imports.preview_file(app, roster.encode(), "a.csv", by="10000", source="chat")
    assert isinstance(made, imports.Preview)
    await imports.apply_import(app, made.id, by="10000")
    clock.move(days=366)
    assert (await privacy.forget(app, "K1", confirmed=True, by="terminal")).ok
    text = await dump(app)
    assert left_of(text, "K1") == []
    assert any("李雷" in line for line in text.splitlines() if line.startswith("imports.diff"))
    assert "李雷鸣" in text
    assert app.registry.by_no["K2"].name == "李雷"
