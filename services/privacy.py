"""Forgetting somebody who left long ago: personal data goes, cases stay under a pseudonym."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from config.phrases.registry import FORGET
from db.engine import Transaction
from db.queries import employees, identities, imports
from db.queries import privacy as rows
from services import registry, trail
from services.app import App
from services.rosters.model import pack, unpack


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What became of it: `done`, and the line to show. `asks`: it may be done, if confirmed."""

    done: bool
    text: str
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
        who: dict[str, Any] = {"name": person.name, "no": employee_no}
        if person.departed_on is None or not person.is_departed(app.now().date()):
            return Forgetting(False, FORGET["active"].format(**who))
        days = app.policy.privacy.keep_days
        until = person.departed_on + timedelta(days=days)
        if app.now().date() < until:
            text = FORGET["too_early"].format(**who, day=person.departed_on, days=days, until=until)
            return Forgetting(False, text)
        qqs = [one.user_id for one in await identities.load_of(tx, [employee_no])]
        cases = await rows.count_cases(tx, employee_no, qqs)
        if not confirmed:
            return Forgetting(False, FORGET["ask"].format(**who, cases=cases), asks=True)
        alias = pseudonym(app, employee_no)
        await rows.erase(tx, employee_no, qqs, person.name, alias)
        await _erase_from_imports(tx, employee_no)
        await employees.delete_many(tx, [employee_no])
        # Without their number: it would stay in the list of changes.
        await registry.bump(tx, None)
        await trail.record(app, tx, actor=by, source=source, action="employee.forget", subject=alias)
    await registry.refresh(app)
    return Forgetting(True, FORGET["done"].format(**who, cases=cases, pseudonym=alias))


async def _erase_from_imports(tx: Transaction, employee_no: str) -> None:
    """Take somebody out of what is kept of imports: the diff, what undoes it, rows not yet applied."""
    for import_id, *kept in await imports.kept_changes(tx):
        changed: dict[str, bytes] = {}
        for column, data in zip(("diff", "undo", "rows"), kept, strict=True):
            if data:
                value = unpack(data)
                without = _without(value, employee_no)
                if without != value:
                    changed[column] = pack(without)
        if changed:
            await rows.rewrite_import(tx, import_id, changed)


def _without(value: Any, employee_no: str) -> Any:
    """Return a kept JSON value without the entries that are about one employee."""
    if isinstance(value, dict):
        return {key: _without(part, employee_no) for key, part in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [part for part in value if not _is_about(part, employee_no)]  # pyright: ignore[reportUnknownVariableType]
    return value


def _is_about(entry: Any, employee_no: str) -> bool:
    """Tell whether one entry of a list names this employee as its own."""
    if isinstance(entry, dict):
        return entry.get("employee_no") == employee_no  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if isinstance(entry, list):
        return employee_no in entry[:2]
    return entry == employee_no
