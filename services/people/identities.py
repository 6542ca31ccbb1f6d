"""Verified real names: proofs, their lock-outs, and binding a QQ number to an employee.

Functions that take `tx` change the registry in the caller's transaction; the caller calls
`services.people.registry.refresh(app)` after it, so that this process decides on the change at once.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from config.phrases.registry import IDENTITY
from db.engine import Transaction
from db.postgres.locks import Lock, number_for
from db.queries.cases import waivers
from db.queries.joining import requests as request_rows
from db.queries.people import contests, employees
from db.queries.people import identities as rows
from regulation.claims.proofs import check_proof, claim_of
from regulation.join_gate import Locks
from regulation.model import Employee
from services import followup, trail
from services.acts import to_person
from services.answer import Answer
from services.app import App
from services.cases.settling import renumbered
from services.outbox import queue
from services.people import registry, roles

WINDOW = timedelta(hours=24)
WHOLE_NUMBER = IDENTITY["whole_number"]


async def locked(tx: Transaction, user_ids: Sequence[int], now: datetime) -> set[str]:
    """Return what is locked now that may concern these QQ numbers, for `locks_of`."""
    return await rows.locked(tx, [subject_of(user_id) for user_id in user_ids], now)


def locks_of(locked: Collection[str], user_id: int) -> Locks:
    """Return what is locked, as far as it concerns one QQ number."""
    numbers = frozenset(one.removeprefix("no:") for one in locked if one.startswith("no:"))
    return Locks(subject_of(user_id) in locked, numbers)


def subject_of(user_id: int) -> str:
    """Return what a lock of a QQ number is stored under."""
    return f"qq:{user_id}"


def _no(employee_no: str) -> str:
    return f"no:{employee_no}"


async def count_wrong_proof(
    app: App, tx: Transaction, user_id: int, employee_no: str | None, source: str
) -> None:
    """Count a failed proof (`source`: join or bind), and lock when there were too many.

    `employee_no`: only a number that exists; an unknown one counts against the QQ alone.
    """
    now, limits = app.now(), app.policy.identity
    await rows.add_attempt(tx, user_id, employee_no, source, now)
    if await rows.attempts_of_qq(tx, user_id, now - WINDOW) >= limits.attempts_per_qq:
        await _lock(app, tx, subject_of(user_id), IDENTITY["locked_qq"].format(qq=user_id))
    if employee_no is None:
        return
    if await rows.attempts_of_employee(tx, employee_no, now - WINDOW) >= limits.attempts_per_employee:
        await _lock(app, tx, _no(employee_no), IDENTITY["locked_no"].format(no=employee_no))


async def _lock(app: App, tx: Transaction, subject: str, alert: str) -> None:
    """Lock a QQ number or an employee number for a day; admin staff hear of each lock once."""
    now = app.now()
    if await rows.running_locks(tx, [subject], now):
        return
    await rows.lock(tx, subject, now + WINDOW)
    await trail.record(app, tx, actor="bot", source="job", action="identity.lock", subject=subject)
    key = f"lock:{subject}:{now.isoformat()}"
    await roles.tell_admin_staff(app, tx, alert, public=IDENTITY["locked_public"], key=key)


async def hold(tx: Transaction, user_ids: Collection[int], employee_nos: Collection[str]) -> None:
    """Have proofs by these QQ numbers, and for these employees, judged one after the other.

    Counting guesses, and seeing whether an employee has a QQ already, can't be raced then.
    """
    await tx.several(*tx.locking(*held_by(user_ids, employee_nos)))


def held_by(
    user_ids: Collection[int], employee_nos: Collection[str]
) -> tuple[tuple[Lock, Sequence[int]], ...]:
    """Return the locks of `hold`. Everybody asks in the same order, so that two never wait for each other."""
    return (Lock.PROVER, sorted(user_ids)), (Lock.PROVED, sorted(map(number_for, employee_nos)))


def is_whole_number(digits: str) -> bool:
    """Tell whether somebody gave the whole phone number: not read, not counted, and told so."""
    return len(re.sub(r"\D", "", unicodedata.normalize("NFKC", digits))) >= 11


async def prove(
    app: App, tx: Transaction, *, user_id: int, name: str, employee_no: str, digits: str, source: str = "bind"
) -> Answer:
    """Take a proof given as `绑定 姓名 工号 手机后四位`; no answer says which part was wrong."""
    claim = claim_of(name, employee_no, digits, app.registry)
    await hold(tx, [user_id], claim.about)
    known = await rows.get(tx, user_id)
    if known is not None and known.contested:
        return Answer(False, IDENTITY["ask_staff"])
    if known is not None:
        return Answer(True, IDENTITY["already"])
    found = locks_of(await locked(tx, [user_id], app.now()), user_id)
    if found.qq or claim.employee_no in found.employee_nos:
        return Answer(False, IDENTITY["refused"])
    proof = check_proof(claim, app.registry, app.phone_key)
    if proof.outcome == "failed":
        await count_wrong_proof(app, tx, user_id, proof.employee_no, source)
        return Answer(False, IDENTITY["refused"])
    if proof.outcome == "incomplete":
        return Answer(False, IDENTITY["incomplete"])
    if proof.outcome != "proved" or proof.employee_no is None:
        return Answer(False, IDENTITY["refused"])
    return await _proved(app, tx, user_id, proof.employee_no)


async def _proved(app: App, tx: Transaction, user_id: int, employee_no: str) -> Answer:
    employee = await employees.get(tx, employee_no)
    if employee is None or employee.is_departed(app.now().date()):
        return Answer(False, IDENTITY["refused"])
    others = (await qqs_of(tx, [employee_no])).get(employee_no, set()) - {user_id}
    if others:
        await _second_qq(app, tx, user_id, employee, tuple(sorted(others)))
        return Answer(False, IDENTITY["ask_staff"])
    await bind(app, tx, user_id, employee_no, "proof", str(user_id))
    return Answer(True, IDENTITY["bound"].format(name=employee.name))


async def _second_qq(
    app: App, tx: Transaction, user_id: int, employee: Employee, others: tuple[int, ...]
) -> None:
    """A right proof from another QQ may be somebody else: admin staff and the known QQ are told."""
    text = IDENTITY["second_qq"].format(qq=user_id, name=employee.name, no=employee.employee_no)
    # Notes are kept under their names: this one names nobody.
    who = hashlib.blake2s(f"{user_id}:{employee.employee_no}".encode(), key=app.phone_key[:32], digest_size=8)
    note = f"second:{who.hexdigest()}"
    await roles.tell_admin_staff_rarely(app, tx, text, note=note, every=WINDOW)
    for other in others:
        key = f"second_qq:{user_id}:{other}:{app.now().date().isoformat()}"
        await queue(app, tx, to_person(other, IDENTITY["second_qq_known"], purpose="identity", key=key))
    await trail.record(app, tx, actor=str(user_id), action="identity.second", subject=employee.employee_no)


async def bind(
    app: App,
    tx: Transaction,
    user_id: int,
    employee_no: str,
    method: str,
    by: str,
) -> None:
    """Bind a QQ number to an employee, taking it from whomever it was bound to, if only by another number.

    `method`: roster, proof or admin. Rights and limits are the caller's; a lock of the QQ ends.
    """
    before = await rows.get(tx, user_id)
    was = before.employee_no if before is not None else None
    await rows.put(tx, user_id, employee_no, method, app.now(), by)
    line = _line(app, user_id, employee_no, method, by, before=was)
    await trail.record_many(tx, [line])
    await registry.bump(tx, {employee_no} if was is None else {employee_no, was})
    await followup.people_changed(app, tx, (), (user_id,))
    await renumbered.follow(app, tx, {user_id: (was, employee_no)}, by=by)
    if method == "admin":
        await contests.end_of(tx, user_id, by, app.now())
        await rows.unlock(tx, [subject_of(user_id)])


async def bind_new(app: App, tx: Transaction, proved: Mapping[int, str]) -> tuple[int, list[int]]:
    """Bind QQ numbers nobody had to the employees for whom they gave a proof; return (version, which).

    A number that was bound meanwhile stays as it is. The groups they are in are the caller's to look at.
    """
    by = {user_id: str(user_id) for user_id in proved}
    new = await rows.put_proved(tx, proved, app.now(), by)
    if not new:
        return app.registry.version, []
    await waivers.give(tx, {user_id: proved[user_id] for user_id in new})
    await trail.record_many(
        tx, [_line(app, user_id, proved[user_id], "proof", by[user_id]) for user_id in new]
    )
    return await registry.bump(tx, {proved[user_id] for user_id in new}), new


async def qqs_of(tx: Transaction, employee_nos: Collection[str]) -> dict[str, set[int]]:
    """Return the QQ numbers bound to these employees by now, or proved for them and about to be bound."""
    if not employee_nos:
        return {}
    found, numbers = defaultdict[str, set[int]](set), {"numbers": sorted(employee_nos)}
    for part in await tx.several((request_rows.PROVED, numbers), (rows.BOUND_TO, numbers)):
        for employee_no, user_id in part:
            found[employee_no].add(user_id)
    return found


def _line(
    app: App,
    user_id: int,
    no: str,
    method: str,
    by: str,
    *,
    before: str | None = None,
) -> Mapping[str, object]:
    return trail.line(
        app, actor=by, action="identity.bind", subject=str(user_id),
        employee_no=no, method=method, before=before,
    )  # fmt: skip


def why_not_bind(app: App, person: Employee) -> str | None:
    """Return why no QQ number may be bound to an employee, on whoever's word, or None."""
    if not person.is_departed(app.now().date()):
        return None
    return IDENTITY["departed"].format(name=person.name, no=person.employee_no)


async def unbind(app: App, tx: Transaction, user_id: int, by: str) -> str | None:
    """Unbind a QQ number; return whose it was, or None when it was nobody's."""
    before = await rows.get(tx, user_id)
    if before is None:
        return None
    await rows.delete_many(tx, [user_id])
    await contests.end_of(tx, user_id, by, app.now())
    await trail.record(
        app, tx, actor=by, action="identity.unbind", subject=str(user_id),
        employee_no=before.employee_no, method=before.method,
    )  # fmt: skip
    await registry.bump(tx, {before.employee_no})
    await followup.people_changed(app, tx, (), (user_id,))
    return before.employee_no
