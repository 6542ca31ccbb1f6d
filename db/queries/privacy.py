"""Erasing one person: their rows go, what must stay is rewritten under a pseudonym."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, func, or_, select, update

from db.engine import Transaction
from db.queries.cases import chain
from db.tables.cases import appeals, case_events, cases, penalties, removal_batches
from db.tables.groups import early_admissions, filings, memberships, waivers
from db.tables.identities import identities, locks, proof_attempts
from db.tables.registry import imports, registry_changes
from db.tables.requests import join_requests
from db.tables.work import audit_trail, outbox, outbox_cases

NOBODY = 0
_FINISHED = ("done", "unconfirmed", "dead", "dropped")
Mask = Callable[[Any], Any]


def masking(employee_no: str, qqs: Sequence[int], name: str, alias: str) -> Mask:
    """Return what replaces this person's number, QQ numbers and name by `alias` in any JSON value."""
    words = [re.escape(word) for word in (employee_no, *map(str, qqs))]
    pattern = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(words)})(?![A-Za-z0-9_])|{re.escape(name)}")
    numbers = set(qqs)

    def mask(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(alias, value)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return NOBODY if value in numbers else value
        if isinstance(value, Mapping):
            return {mask(key): mask(part) for key, part in value.items()}  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, list | tuple):
            return [mask(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
        return value

    return mask


def _about(table: Table, employee_no: str, qqs: Sequence[int]) -> Any:
    return or_(table.c.employee_no == employee_no, table.c.user_id.in_(qqs))


async def count_cases(tx: Transaction, employee_no: str, qqs: Sequence[int]) -> int:
    """Return how many cases are about this person."""
    wanted = select(func.count()).select_from(cases).where(_about(cases, employee_no, qqs))
    return (await tx.execute(wanted)).scalar_one()


async def erase(tx: Transaction, employee_no: str, qqs: Sequence[int], name: str, alias: str) -> None:
    """Erase this person everywhere but in the registry itself and in what is kept of imports."""
    mask = masking(employee_no, qqs, name, alias)
    case_ids = await _cases(tx, employee_no, qqs, alias, mask)
    await _penalties(tx, case_ids, employee_no, qqs, alias, mask)
    await _messages(tx, case_ids, qqs)
    await _rewrite(tx, removal_batches, "removals", mask)
    await _requests(tx, employee_no, qqs, alias)
    await _filings(tx, qqs)
    await _trail(tx, employee_no, qqs, mask)
    for column in ("preview", "errors"):
        await _rewrite(tx, imports, column, mask)
    await tx.execute(delete(identities).where(_about(identities, employee_no, qqs)))
    await tx.execute(delete(proof_attempts).where(_about(proof_attempts, employee_no, qqs)))
    subjects = [f"no:{employee_no}", *(f"qq:{qq}" for qq in qqs)]
    await tx.execute(delete(locks).where(locks.c.subject.in_(subjects)))
    await tx.execute(delete(memberships).where(memberships.c.user_id.in_(qqs)))
    await tx.execute(delete(waivers).where(waivers.c.user_id.in_(qqs)))
    # The entry that this erasure itself makes is written after; older ones have been read by all.
    await tx.execute(delete(registry_changes).where(registry_changes.c.employee_no == employee_no))


async def _cases(tx: Transaction, employee_no: str, qqs: Sequence[int], alias: str, mask: Mask) -> list[int]:
    """Rewrite the cases about them, and chain their timelines anew."""
    found = (await tx.execute(select(cases).where(_about(cases, employee_no, qqs)))).mappings().all()
    for row in found:
        values = {"subject": mask(row["subject"]), "user_id": None, "employee_no": alias}
        where = cases.c.id == row["id"]
        await tx.execute(update(cases).where(where).values(**values, data=mask(row["data"])))
        await _timeline(tx, row["id"], mask)
    return [row["id"] for row in found]


async def _timeline(tx: Transaction, case_id: int, mask: Mask) -> None:
    wanted = select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.id)
    digest = ""
    for row in (await tx.execute(wanted)).mappings().all():
        data = mask(row["data"])
        digest = chain(digest, case_id, row["at"], row["kind"], data)
        where = case_events.c.id == row["id"]
        await tx.execute(update(case_events).where(where).values(data=data, hash=digest))


async def _penalties(
    tx: Transaction, case_ids: Sequence[int], employee_no: str, qqs: Sequence[int], alias: str, mask: Mask
) -> None:
    mine = or_(
        penalties.c.case_id.in_(case_ids),
        penalties.c.liable_employee_no == employee_no,
        penalties.c.liable_user_id.in_(qqs),
    )
    for row in (await tx.execute(select(penalties).where(mine))).mappings().all():
        values = {name: mask(row[name]) for name in ("breach", "liable", "reason")}
        if row["liable_employee_no"] == employee_no:
            values["liable_employee_no"] = alias
        if row["liable_user_id"] in qqs:
            values["liable_user_id"] = None
        await tx.execute(update(penalties).where(penalties.c.id == row["id"]).values(**values))
    made = appeals.c.made_by.in_(qqs)
    await tx.execute(update(appeals).where(made).values(made_by=NOBODY, reason=alias))


async def _messages(tx: Transaction, case_ids: Sequence[int], qqs: Sequence[int]) -> None:
    """Finished acts about them hold their name in the text: they go."""
    linked = select(outbox_cases.c.outbox_id).where(outbox_cases.c.case_id.in_(case_ids))
    about = or_(outbox.c.user_id.in_(qqs), outbox.c.id.in_(linked))
    await tx.execute(delete(outbox).where(about, outbox.c.state.in_(_FINISHED)))


async def _requests(tx: Transaction, employee_no: str, qqs: Sequence[int], alias: str) -> None:
    values: dict[str, Any] = {"user_id": NOBODY, "nickname": "", "comment": "", "inputs": {}}
    where = _about(join_requests, employee_no, qqs)
    await tx.execute(update(join_requests).where(where).values(**values, employee_no=alias))
    mine = early_admissions.c.employee_no == employee_no
    await tx.execute(update(early_admissions).where(mine).values(employee_no=alias, reason=""))


async def _filings(tx: Transaction, qqs: Sequence[int]) -> None:
    for name in ("owner_id", "initiator_id", "made_by"):
        await tx.execute(update(filings).where(filings.c[name].in_(qqs)).values({name: None}))
    wanted = select(filings.c.id, filings.c.admin_ids).where(filings.c.admin_ids.is_not(None))
    for row in (await tx.execute(wanted)).mappings().all():
        admin_ids: list[int] = row["admin_ids"] or []
        kept = [qq for qq in admin_ids if qq not in qqs]
        if kept != admin_ids:
            await tx.execute(update(filings).where(filings.c.id == row["id"]).values(admin_ids=kept))


async def _trail(tx: Transaction, employee_no: str, qqs: Sequence[int], mask: Mask) -> None:
    words = [employee_no, *map(str, qqs)]
    about = or_(audit_trail.c.subject.in_(words), audit_trail.c.actor.in_(words))
    for row in (await tx.execute(select(audit_trail).where(about))).mappings().all():
        values = {name: mask(row[name]) for name in ("subject", "actor", "detail")}
        await tx.execute(update(audit_trail).where(audit_trail.c.id == row["id"]).values(**values))


async def _rewrite(tx: Transaction, table: Table, name: str, mask: Mask) -> None:
    """Mask one column of every row of a small table."""
    column: Column[Any] = table.c[name]
    for row in (await tx.execute(select(table.c.id, column))).mappings().all():
        masked = mask(row[name])
        if masked != row[name]:
            await tx.execute(update(table).where(table.c.id == row["id"]).values({name: masked}))


async def rewrite_import(tx: Transaction, import_id: int, columns: Mapping[str, bytes]) -> None:
    """Replace what is kept of an import."""
    await tx.execute(update(imports).where(imports.c.id == import_id).values(**columns))
