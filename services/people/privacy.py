"""Forgetting somebody who left long ago: personal data goes, cases stay under a pseudonym."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, cast

from config.phrases.registry import FORGET
from db.engine import Transaction
from db.queries.people import employees, identities
from db.queries.people import privacy as rows
from regulation.cards.names import name_key
from regulation.cards.pseudonym import Forgotten, holds_any
from services import trail
from services.answer import Answer
from services.app import App
from services.imports.packing import parts, rewritten
from services.people import registry


@dataclass(frozen=True, slots=True)
class Forgetting(Answer):
    """What became of it. `asks`: it may be done, if confirmed."""

    asks: bool = False


def pseudonym(app: App, employee_no: str) -> str:
    """Return the name under which a forgotten person's cases stay: the same for the same number."""
    digest = hmac.new(app.phone_key, f"forgotten:{employee_no}".encode(), hashlib.sha256).hexdigest()
    return f"X-{digest[:10]}"


async def forget(
    app: App, employee_no: str, *, confirmed: bool, by: str, source: str = "terminal"
) -> Forgetting:
    """Erase a departed employee's personal data once `privacy.keep_days` have passed."""
    async with app.database.transaction() as tx:
        person = await employees.get(tx, employee_no)
        if person is None:
            return Forgetting(False, FORGET["unknown"].format(no=employee_no))
        who = {"name": person.name, "no": employee_no}
        if person.departed_on is None or not person.is_departed(app.now().date()):
            return Forgetting(False, FORGET["active"].format(**who))
        days = app.policy.privacy.keep_days
        until = person.departed_on + timedelta(days=days)
        if app.now().date() < until:
            text = FORGET["too_early"].format(**who, day=person.departed_on, days=days, until=until)
            return Forgetting(False, text)
        qqs = await _qqs(tx, employee_no)
        cases = await rows.count_cases(tx, employee_no, sorted(qqs))
        if not confirmed:
            return Forgetting(False, FORGET["ask"].format(**who, cases=cases), asks=True)
        forgotten = await _whom(app, tx, employee_no, qqs, person.name)
        await rows.erase(tx, forgotten)
        await _erase_from_imports(tx, forgotten)
        # Without their number: it would stay in the list of changes.
        await registry.bump(tx, None)
        await trail.record(
            app, tx, actor=by, source=source, action="employee.forget", subject=forgotten.alias
        )
    await app.database.compact()
    await registry.refresh(app)
    return Forgetting(True, FORGET["done"].format(**who, cases=cases, pseudonym=forgotten.alias))


async def _qqs(tx: Transaction, employee_no: str) -> frozenset[int]:
    """Return the QQ numbers that are or were this person's, and are nobody else's now."""
    found = {one.user_id for one in await identities.load_of(tx, [employee_no])}
    found |= await rows.former_qqs(tx, employee_no)

    def collect(data: bytes) -> None:
        for _, bound in parts(data, ["bound", "unbound"], holding=holds_any([employee_no])):
            pairs = (_pair(entry) for entry in bound)
            found.update(qq for qq, number in pairs if number == employee_no)

    await rows.rewrite_imports(tx, collect)
    return frozenset(found - await rows.bound_to_others(tx, employee_no))


def _pair(entry: Any) -> tuple[int, str]:
    """Return (QQ number, employee number) of an identity as it is kept: in the diff, or in what undoes it."""
    if isinstance(entry, dict):
        kept = cast("dict[str, Any]", entry)
        return kept["user_id"], kept["employee_no"]
    return entry[0], entry[1]


async def _whom(app: App, tx: Transaction, employee_no: str, qqs: frozenset[int], name: str) -> Forgotten:
    others = await rows.others_named(tx, employee_no, name)
    longer = tuple(other for other in others if name_key(other) != name_key(name))
    alias = pseudonym(app, employee_no)
    return Forgotten(employee_no, qqs, name, alias, longer, namesakes=len(longer) < len(others))


async def _erase_from_imports(tx: Transaction, person: Forgotten) -> None:
    """Take somebody out of what is kept of imports: the diff, what undoes it, rows not yet applied."""
    holding = holds_any(person.words)
    await rows.rewrite_imports(tx, lambda data: rewritten(data, holding, partial(_without, person)))


def _without(person: Forgotten, value: Any) -> Any:
    """Return a kept value without the entries about this person, masked where others' name them."""
    if not isinstance(value, list):
        return person.masked(value)
    entries = cast("list[Any]", value)
    return [_entry(person, entry) for entry in entries if not _is_about(entry, person.employee_no)]


def _entry(person: Forgotten, entry: Any) -> Any:
    by_name = not person.namesakes or person.mentioned_in(entry)
    return person.masked(entry, by_name=by_name)


def _is_about(entry: Any, employee_no: str) -> bool:
    """Tell whether one entry of a list names this employee as its own."""
    if isinstance(entry, dict):
        return cast("dict[str, Any]", entry).get("employee_no") == employee_no
    if isinstance(entry, list):
        return employee_no in cast("list[Any]", entry)[:2]
    return entry == employee_no
