"""What departments are called: aliases and renames in force, and a change of them that needs a second look.

The policy file says how they are to be called. What puts more than a few members out of scope at once is
withheld like an import: the names before go on holding until admin staff have settled its `I…`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from config.phrases import renaming as say
from db.engine import Transaction
from db.queries.groups import filings, memberships
from db.queries.groups import last_seen as group_rows
from db.queries.people import employees, identities
from db.queries.people import registry as registry_rows
from db.queries.work import imports, switches
from regulation.groups.scope import fallen_out
from regulation.model import FilingState
from regulation.policy import DepartmentNames, Safety
from regulation.registry import Registry
from services.answer import Answer
from services.app import App
from services.followup import groups_changed
from services.inbox import listing
from services.people import registry
from services.people.registry.index import NAMES, build, names_of
from services.trail import noting, record

KIND = "names"
# Whom a mere slip may put out of scope in one group without anybody being asked.
A_FEW = 2
NAMED = 50


async def take_up(app: App, asked: DepartmentNames) -> int | None:
    """Let the names that the policy file asks for hold; return the `I…` made where they are withheld.

    At the start of the bot, once the registry is loaded by the names in force.
    """
    async with app.database.transaction() as tx:
        value = await switches.get(tx, NAMES)
        if value is None:
            await _put(app, tx, asked, since=None)
            return None
        if names_of(value, asked) == asked:
            return None
        out = await _put_out(app, tx, asked)
        if not _too_many(out, app.policy.safety):
            await _hold(app, tx, asked, by="bot")
            made = None
        else:
            made = await _withhold(app, tx, asked, out)
    await registry.load(app)
    return made


async def settle(app: App, import_id: int, *, approve: bool, by: int, reason: str = "") -> Answer | None:
    """Settle an `I…` that is a change of names; None: it is none."""
    async with app.database.transaction() as tx:
        row = await imports.get(tx, import_id)
        if row is None or row.kind != KIND:
            return None
        state = "applied" if approve else "dropped"
        if not await imports.change(tx, import_id, state=state, settled_by=str(by), settled_at=app.now()):
            return Answer(False, say.NOT_OPEN.format(id=import_id))
        if approve:
            asked = names_of(json.loads(row.rows or b"{}"), app.policy.departments)
            await _hold(app, tx, asked, by=str(by))
        about = {"action": f"names.{state}", "subject": f"I{import_id}"}
        await record(app, tx, actor=str(by), **about, **noting(reason))
    await registry.load(app)
    return Answer(True, (say.APPLIED if approve else say.DROPPED).format(id=import_id))


async def _hold(app: App, tx: Transaction, asked: DepartmentNames, *, by: str) -> None:
    await _put(app, tx, asked, since=app.now(), by=by)
    await registry.bump(tx)
    await groups_changed(app, tx, await identities.groups_with_anyone(tx))


async def _put(
    app: App, tx: Transaction, asked: DepartmentNames, *, since: datetime | None, by: str = "bot"
) -> None:
    value = {**_as_json(asked), "since": since.isoformat() if since else None}
    await switches.put(tx, NAMES, value, by=by, at=app.now())


def _as_json(names: DepartmentNames) -> dict[str, Any]:
    return {
        "aliases": {name: list(others) for name, others in names.aliases.items()},
        "renamed": dict(names.renamed),
    }


async def _put_out(app: App, tx: Transaction, asked: DepartmentNames) -> dict[int, tuple[Sequence[int], int]]:
    """Return group → (who would be out of its scope by these names, how many members it has)."""
    before, after = app.registry, await _registry(tx, asked)
    found: dict[int, tuple[Sequence[int], int]] = {}
    for group_id, (state, filing, _) in (await filings.filing_facts(tx)).items():
        if state is not FilingState.APPROVED or filing is None:
            continue
        members = [one.user_id for one in await memberships.members(tx, group_id)]
        out = fallen_out(filing, members, before, after, app.now().date())
        if out:
            found[group_id] = (out, len(members))
    return found


async def _registry(tx: Transaction, names: DepartmentNames) -> Registry:
    version, as_of = await registry_rows.state(tx)
    people, bound = await employees.load_all(tx), await identities.load_all(tx)
    return build(people, bound, names, version, as_of)


def _too_many(out: Mapping[int, tuple[Sequence[int], int]], safety: Safety) -> bool:
    """Tell whether more than a few members would be out of scope at once, in one group or over all."""
    everybody = {user_id for people, _ in out.values() for user_id in people}
    return len(everybody) > safety.max_removals or any(
        len(people) > A_FEW and len(people) > safety.max_removal_ratio * size for people, size in out.values()
    )


async def _withhold(
    app: App, tx: Transaction, asked: DepartmentNames, out: Mapping[int, tuple[Sequence[int], int]]
) -> int:
    rows = json.dumps(_as_json(asked), ensure_ascii=False, sort_keys=True).encode()
    everybody = {user_id for people, _ in out.values() for user_id in people}
    await imports.drop_same(tx, KIND, digest := hashlib.sha256(rows).hexdigest(), "bot")
    made = await imports.add(
        tx, kind=KIND, state="previewed", file_name=app.settings.policy_file.name, file_hash=digest,
        whole_company=False, made_by="bot", made_at=app.now(), based_on=app.registry.version,
        counts={"out": len(everybody)}, errors=[], diff=b"", rows=rows, signature=digest,
        preview=await _preview(app, tx, out, len(everybody)),
    )  # fmt: skip
    await listing.announce(app, tx, "I", made)
    return made


async def _preview(
    app: App, tx: Transaction, out: Mapping[int, tuple[Sequence[int], int]], count: int
) -> str:
    names = await group_rows.names(tx, list(out))
    people = [(group_id, user_id) for group_id, (users, _) in sorted(out.items()) for user_id in users]
    lines = [say.HEAD.format(count=count, groups=len(out))]
    for group_id, user_id in people[:NAMED]:
        employee = app.registry.employee_of(user_id)
        if employee is not None:
            name = names.get(group_id) or group_id
            lines.append(say.LINE.format(name=employee.name, department=employee.department, group=name))
    return "\n".join([*lines, *([say.MORE.format(count=len(people))] if len(people) > NAMED else [])])
