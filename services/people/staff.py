"""What chat and terminal say of employees: departed, back, transferred, handed over.

Each is written with the day it takes effect (`decided`), so that the next roster can be compared
with it: see `services.imports.diff`. All leave a line in the trail.
"""

from datetime import date
from functools import partial
from typing import Any

from config.phrases.registry import STAFF
from db.engine import Transaction
from db.queries.people import employees as rows
from db.queries.people import registry as registry_rows
from db.queries.people import words
from db.queries.people.words import Word
from db.writing.bulk import columns_of
from regulation.model import Employee
from services import followup, trail
from services.answer import NEUTRAL, Answer
from services.app import App
from services.cases import outlook
from services.cases.settling import asking_back
from services.imports.changes import known_departure
from services.people import registry

NOT_YOURS = Answer(False, NEUTRAL.text, "")


async def depart(
    app: App, employee_no: str, day: date | None = None, *, by: str, source: str | None = None
) -> Answer:
    """Record that an employee departs on `day` (today when None), effective at 00:00."""
    today = app.now().date()
    on = day or today
    async with app.database.transaction() as tx:
        person = await rows.get(tx, employee_no)
        if person is None:
            return Answer(False, STAFF["unknown"].format(no=employee_no), "")
        if person.departed_on == on:
            await _decide(tx, person, "status", Word(on, "departed"))
            return Answer(False, STAFF["departed_already"].format(**_who(person), day=on.isoformat()), "")
        known_on = known_departure(person.departed_on, person.departure_known_on, on, today)
        word = Word(on, "departed")
        await _decide(tx, person, "status", word, departed_on=on, departure_known_on=known_on)
        await _follow(app, tx, person, "employee.depart", by, source, departed_on=on.isoformat())
    await registry.refresh(app)
    key = "departed" if on <= today else "departs"
    groups = await outlook.of_departure(app, person, on)
    return Answer(True, STAFF[key].format(**_who(person), day=on.isoformat(), groups=groups), "")


async def rehire(app: App, employee_no: str, *, by: str, source: str | None = None) -> Answer:
    """Record that a departed employee is back, from today."""
    today = app.now().date()
    async with app.database.transaction() as tx:
        person = await rows.get(tx, employee_no)
        if person is None:
            return Answer(False, STAFF["unknown"].format(no=employee_no), "")
        word = Word(today, "rehired")
        if person.departed_on is None:
            await _decide(tx, person, "status", word)
            return Answer(False, STAFF["not_departed"].format(**_who(person)), "")
        await _decide(tx, person, "status", word, departed_on=None, departure_known_on=None)
        await _follow(app, tx, person, "employee.rehire", by, source, was=person.departed_on.isoformat())
        asked = await asking_back.after_rehire(app, tx, {employee_no: person.departed_on})
    await registry.refresh(app)
    key = "rehired" if person.is_departed(today) else "stays"
    day = person.departed_on.isoformat()
    return Answer(True, STAFF[key].format(**_who(person), day=day, back=asked), "")


async def transfer(
    app: App, employee_no: str, department: str, *, by: str, source: str | None = None
) -> Answer:
    """Record a change of department: opens a transfer whose handover is not complete yet."""
    await registry.refresh(app)
    path = find_department(app, department)
    if path is None:
        return Answer(False, unknown_department(app, department), "")
    today = app.now().date()
    async with app.database.transaction() as tx:
        person = await rows.get(tx, employee_no)
        if person is None:
            return Answer(False, STAFF["unknown"].format(no=employee_no), "")
        if person.is_departed(today):
            return Answer(False, STAFF["is_departed"].format(**_who(person)), "")
        if app.registry.tree.called(person.department) == path:
            return Answer(False, STAFF["there_already"].format(**_who(person), path=path), "")
        move = {
            "employee_no": employee_no,
            "from_department": person.department,
            "to_department": path,
            "since": today,
            "recorded_by": by,
        }
        await registry_rows.lock(tx)
        await rows.add_transfers(tx, columns_of([move]))
        await _decide(tx, person, "department", Word(today, to=path), department=path)
        await registry_rows.keep_departments(tx)
        await _follow(app, tx, person, "employee.transfer", by, source, old=person.department, new=path)
    await registry.refresh(app)
    old = app.registry.tree.called(person.department)
    return Answer(True, STAFF["transferred"].format(**_who(person), old=old, new=path), "")


async def complete_handover(
    app: App,
    employee_no: str,
    day: date | None = None,
    *,
    by: str,
    source: str | None = None,
    as_head: str | None = None,
) -> Answer:
    """Record that the handover of every open transfer of an employee is complete on `day` (today).

    `as_head`: the employee number of a head who asks by that right alone; transfers from or to a
    department of which they are not the head are none of theirs.
    """
    today = app.now().date()
    on = day or today
    async with app.database.transaction() as tx:
        person = await rows.get(tx, employee_no)
        moves = await rows.open_transfers(tx, employee_no, today) if person is not None else []
        if as_head is not None:
            moves = [move for move in moves if _heads_either(app, as_head, move, today)]
            if not moves:
                return NOT_YOURS
        if person is None:
            return Answer(False, STAFF["unknown"].format(no=employee_no), "")
        if not moves:
            return Answer(False, STAFF["no_transfer"].format(**_who(person)), "")
        await rows.set_handovers(tx, [(move.id, on, today) for move in moves])
        await rows.change(tx, employee_no, swept_on=None)
        await _follow(app, tx, person, "employee.handover", by, source, handover_on=on.isoformat())
    await registry.refresh(app)
    key = "handed_over" if on <= today else "hands_over"
    old = "、".join(dict.fromkeys(app.registry.tree.called(move.from_department) for move in moves))
    return Answer(True, STAFF[key].format(**_who(person), day=on.isoformat(), old=old), "")


def _heads_either(app: App, head: str, move: rows.Move, day: date) -> bool:
    return any(
        one.employee_no == head
        for path in (move.from_department, move.to_department)
        for one in app.registry.heads_of(app.registry.tree.called(path), day)
    )


async def departures_due(app: App) -> int:
    """Have the groups looked at of everybody whose departure, handover or regular day was reached.

    Nothing needs to be imported for it: the dates stand in the registry. Returns how many people.
    """
    today = app.now().date()
    if not await app.database.run(partial(rows.dates_reached, day=today), writes=False):
        return 0
    async with app.database.transaction() as tx:
        reached = await rows.dates_reached(tx, today)
        await followup.people_changed(app, tx, reached)
        await rows.set_swept(tx, reached, today)
    return len(reached)


def find_department(app: App, text: str) -> str | None:
    """Return the one department path that a name, alias or path means, or None."""
    found = app.registry.tree.find(text)
    return found[0] if len(found) == 1 else None


def unknown_department(app: App, text: str) -> str:
    """Return the line for a department that doesn't exist, or of which there are several."""
    found = app.registry.tree.find(text)
    if found:
        return STAFF["which_department"].format(name=text[:60], paths="、".join(found[:6]))
    near = nearest_department(app, text)
    hint = STAFF["near"].format(name=near) if near else ""
    return STAFF["no_department"].format(name=text[:60], near=hint)


def nearest_department(app: App, text: str) -> str | None:
    """Return the department that a misspelt name may have meant, or None."""
    leaves = {path.rsplit("/", 1)[-1]: path for path in sorted(app.registry.tree.paths, reverse=True)}
    leaf = text.replace("／", "/").rsplit("/", 1)[-1].strip()[:100]
    # Only where somebody mistyped, so no start waits for it.
    from rapidfuzz import process

    found = process.extractOne(leaf, leaves.keys(), score_cutoff=55)
    return leaves[found[0]] if found else None


async def _decide(tx: Transaction, person: Employee, about: str, word: Word, **values: Any) -> None:
    """Write what was said, and keep when it takes effect for the next roster.

    Also what a roster has said already: that one may be undone.
    """
    said = {**await rows.decided(tx, person.employee_no), about: word}
    kept = {"decided": words.row_of(said), "decided_on": max(one.on for one in said.values())}
    await rows.change(tx, person.employee_no, **values, **kept, swept_on=None)


async def _follow(
    app: App, tx: Transaction, person: Employee, action: str, by: str, source: str | None, **detail: str
) -> None:
    await trail.record(app, tx, actor=by, source=source, action=action, subject=person.employee_no, **detail)
    await registry.bump(tx, {person.employee_no})
    await followup.people_changed(app, tx, {person.employee_no})


def _who(person: Employee) -> dict[str, str]:
    return {"name": person.name, "no": person.employee_no}
