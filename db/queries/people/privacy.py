"""Erasing one person: their rows go, and in every other row a pseudonym takes their place.

Which columns are looked at follows from their types, so that a new table is looked at from its first
day; only what can't speak of a person is named here. A test compares that with the tables.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    LargeBinary,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
    text,
    update,
)

from db.engine import Transaction
from db.tables import metadata
from db.tables.cases import appeals, case_notices, cases
from db.tables.dingtalk import dingtalk_users
from db.tables.groups import early_admissions, memberships, offices, settled, waivers
from db.tables.identities import identities, locks, proof_attempts
from db.tables.ledger import ledger
from db.tables.registry import employees, imports, registry_changes
from db.tables.requests import join_requests
from db.tables.scim import scim_resources
from db.tables.work import audit_trail, outbox, outbox_cases
from regulation.cards.pseudonym import NOBODY, Forgotten

_IN_HAND = ("claimed", "verifying")
_PART = 500
# Whole numbers that are no person's QQ: groups, the bot's own accounts, counts.
NO_PERSON = frozenset({"group_id", "account", "acted_by", "version", "based_on", "n", "size", "modified"})
# Names of departments and groups, which a person's name may happen to be part of; hashes and seeds.
NO_TEXT = frozenset(
    {
        ("departments", "path"), ("departments", "parent"), ("employees", "department"),
        ("cases", "department"), ("filings", "department"), ("filings", "name"), ("groups", "name"),
        ("transfers", "from_department"), ("transfers", "to_department"),
        ("imports", "file_hash"), ("imports", "signature"), ("employees", "phone_hash"),
        ("spot_checks", "seed"), ("scim_tokens", "token_hash"), ("source_files", "file_hash"),
    }
)  # fmt: skip


def _about(table: Table, person: Forgotten) -> ColumnElement[bool]:
    return or_(table.c.employee_no == person.employee_no, table.c.user_id.in_(person.qqs))


async def count_cases(tx: Transaction, employee_no: str, qqs: Sequence[int]) -> int:
    """Return how many cases are about this person."""
    mine = or_(cases.c.employee_no == employee_no, cases.c.user_id.in_(qqs))
    return (await tx.execute(select(func.count()).select_from(cases).where(mine))).scalar_one()


async def former_qqs(tx: Transaction, employee_no: str) -> set[int]:
    """Return every QQ number that was bound to an employee, or let in as them, and is nobody else's now."""
    bound = select(audit_trail.c.subject, audit_trail.c.detail).where(
        audit_trail.c.action.in_(("identity.bind", "identity.unbind"))
    )
    found: set[int] = set()
    for subject, detail in await tx.rows(bound):
        if employee_no in (detail.get("employee_no"), detail.get("before")) and subject.isdecimal():
            found.add(int(subject))
    let_in = select(join_requests.c.user_id).where(
        join_requests.c.employee_no == employee_no, join_requests.c.verdict == "approve"
    )
    found.update(qq for (qq,) in await tx.rows(let_in))
    return found


async def bound_to_others(tx: Transaction, employee_no: str) -> set[int]:
    """Return every QQ number that is somebody else's now."""
    wanted = select(identities.c.user_id).where(identities.c.employee_no != employee_no)
    return {qq for (qq,) in await tx.rows(wanted)}


async def others_named(tx: Transaction, employee_no: str, name: str) -> list[str]:
    """Return the names of other employees that hold this name, whole or as a part."""
    wanted = select(employees.c.name).where(
        employees.c.name.contains(name, autoescape=True), employees.c.employee_no != employee_no
    )
    return [found for (found,) in await tx.rows(wanted.distinct())]


async def erase(tx: Transaction, person: Forgotten) -> None:
    """Erase this person everywhere but in what is kept packed of imports."""
    if tx.dialect == "sqlite":
        # What is overwritten or deleted would else stay in the file until its page is used again.
        await tx.execute(text("PRAGMA secure_delete = ON"))
    await _own_rows(tx, person)
    await _own_words(tx, person)
    for table in metadata.sorted_tables:
        if table not in (employees, ledger):
            await _sweep(tx, table, person)


async def _own_rows(tx: Transaction, person: Forgotten) -> None:
    """Delete what is nothing but theirs."""
    for table in (identities, proof_attempts):
        await tx.execute(delete(table).where(_about(table, person)))
    subjects = [f"no:{person.employee_no}", *(f"qq:{qq}" for qq in person.qqs)]
    await tx.execute(delete(locks).where(locks.c.subject.in_(subjects)))
    for table in (memberships, offices, case_notices):
        await tx.execute(delete(table).where(table.c.user_id.in_(person.qqs)))
    given = and_(waivers.c.employee_no.is_(None), waivers.c.user_id.in_(person.qqs))
    await tx.execute(delete(waivers).where(or_(waivers.c.employee_no == person.employee_no, given)))
    # Lists of whom to judge, packed: every group is judged whole once.
    await tx.execute(delete(settled))
    # The entry that this erasure itself makes is written after; older ones have been read by all.
    own = registry_changes.c.employee_no == person.employee_no
    await tx.execute(delete(registry_changes).where(own))
    linked = (select(outbox_cases.c.outbox_id).join(cases, cases.c.id == outbox_cases.c.case_id)).where(
        _about(cases, person)
    )
    about = or_(outbox.c.user_id.in_(person.qqs), outbox.c.id.in_(linked))
    await tx.execute(delete(outbox).where(about, outbox.c.state.not_in(_IN_HAND)))
    for table in (scim_resources, dingtalk_users):
        await tx.execute(delete(table).where(table.c.employee_no == person.employee_no))
    await tx.execute(delete(employees).where(employees.c.employee_no == person.employee_no))


async def _own_words(tx: Transaction, person: Forgotten) -> None:
    """Erase what they wrote themselves, or what was written to let them in."""
    asked: dict[str, Any] = {"nickname": "", "comment": "", "inputs": {}}
    await tx.execute(update(join_requests).where(_about(join_requests, person)).values(**asked))
    mine = early_admissions.c.employee_no == person.employee_no
    await tx.execute(update(early_admissions).where(mine).values(reason=""))
    by_them = or_(appeals.c.made_by.in_(person.qqs), appeals.c.employee_no == person.employee_no)
    await tx.execute(update(appeals).where(by_them).values(reason=person.alias))


async def _sweep(tx: Transaction, table: Table, person: Forgotten) -> None:
    """Mask one table."""
    numbers = [column for column in table.c if is_person(column)]
    texts = [column for column in table.c if is_text(column)]
    if not numbers and not texts:
        return
    keys = list(table.primary_key) or list(table.c)
    wanted = select(table).where(_may_hold(numbers, texts, person))
    async for row in _rows(tx, wanted, table):
        # What somebody still in a group wears is a reading of that group, and read anew each day.
        worn = table is memberships and row["gone_at"] is None
        values = _masked(row, numbers, () if worn else texts, person)
        if values:
            where = [column == row[column.name] for column in keys]
            await tx.execute(update(table).where(*where).values(**values))


async def _rows(tx: Transaction, wanted: Select[Any], table: Table) -> AsyncIterator[RowMapping]:
    """Give the rows wanted, in parts by their id where they have one: they change meanwhile."""
    if "id" not in table.c:
        for row in (await tx.execute(wanted)).mappings().all():
            yield row
        return
    last = -1
    while True:
        part = wanted.where(table.c.id > last).order_by(table.c.id).limit(_PART)
        found = (await tx.execute(part)).mappings().all()
        for row in found:
            yield row
        if len(found) < _PART:
            return
        last = found[-1]["id"]


def is_person(column: Column[Any]) -> bool:
    """Tell whether a column may hold somebody's QQ number."""
    return isinstance(column.type, BigInteger) and column.name not in NO_PERSON


def is_text(column: Column[Any]) -> bool:
    """Tell whether a column may hold words about somebody."""
    kept = (column.table.name, column.name) in NO_TEXT
    return isinstance(column.type, String | JSON) and not isinstance(column.type, LargeBinary) and not kept


def _may_hold(
    numbers: Sequence[Column[Any]], texts: Sequence[Column[Any]], person: Forgotten
) -> ColumnElement[bool]:
    """Return a condition that holds for every row about this person, and for few others."""
    qqs = sorted(person.qqs)
    hits: list[ColumnElement[bool]] = [column.in_(qqs) for column in numbers]
    words = {word.lower() for word in person.words}
    for column in texts:
        if isinstance(column.type, JSON):
            # JSON is stored with every character beyond ASCII as \\uXXXX.
            spelt = {form for word in words for form in (word, json.dumps(word)[1:-1].lower())}
        else:
            spelt = words
            hits.append(column == person.employee_no)
        whole = func.lower(cast(column, Text))
        hits += [whole.contains(word, autoescape=True) for word in sorted(spelt)]
    return or_(*hits)


def _masked(
    row: RowMapping, numbers: Sequence[Column[Any]], texts: Sequence[Column[Any]], person: Forgotten
) -> Mapping[str, Any]:
    """Return the columns of a row that change. A name alone may be somebody else's of that name."""
    values: dict[str, Any] = {}
    for column in numbers:
        if row[column.name] in person.qqs:
            values[column.name] = None if column.nullable else NOBODY
    before: dict[str, Any] = {column.name: row[column.name] for column in texts}
    numbered: dict[str, Any] = {
        name: person.masked(value, name, by_name=False) for name, value in before.items()
    }
    theirs = bool(values) or numbered != before
    by_name = theirs or not person.namesakes
    masked = {
        column.name: _fitting(column, person.masked(before[column.name], column.name, by_name=by_name))
        for column in texts
    }
    return values | {name: value for name, value in masked.items() if value != before[name]}


def _fitting(column: Column[Any], value: Any) -> Any:
    """Return a text cut to what its column holds: the pseudonym is longer than most numbers."""
    length: int | None = getattr(column.type, "length", None)
    return value[:length] if isinstance(value, str) and length is not None else value


async def rewrite_imports(tx: Transaction, rewrite: Callable[[bytes], bytes | None]) -> None:
    """Rewrite what is kept packed of imports, one at a time; None from `rewrite`: nothing to change."""
    ids = [import_id for (import_id,) in await tx.rows(select(imports.c.id))]
    for import_id in ids:
        where = imports.c.id == import_id
        row = (await tx.execute(select(imports.c.diff, imports.c.undo, imports.c.rows).where(where))).one()
        kept = {"diff": row.diff, "undo": row.undo, "rows": row.rows}
        changed = {name: new for name, data in kept.items() if data and (new := rewrite(data)) is not None}
        if changed:
            await tx.execute(update(imports).where(where).values(**changed))
