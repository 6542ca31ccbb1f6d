"""Rosters: planning an import against the database, writing it, and writing it back."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from db.engine import Transaction
from db.queries.people import employees, identities
from db.queries.people import registry as registry_rows
from db.queries.people.identities import Bound
from db.queries.work import sources
from db.writing.parts import in_parts
from services import followup
from services.app import App
from services.cases.settling import asking_back, renumbered
from services.imports.changes import MOST_NAMED, Diff, known_departure, transfer_columns
from services.imports.diff import compare
from services.imports.known import Known, KnownPerson, load_known, some_people, stands, with_zeros_wanted
from services.imports.model import Brake, Planned
from services.imports.packing import Packer, as_date, mappings, parts, unpack
from services.imports.reading.packed import pack_people
from services.imports.reading.person import Person, Roster, employment
from services.imports.sources import configured
from services.imports.sources import standing as standings
from services.imports.sources.model import PUSHING, kind_of
from services.people import contests, registry

_CHUNK = 5000
# So many changes stand in one line of what is kept.
_KEPT = 1000
_HOUR = timedelta(hours=1)
# What a new employee's row holds as it was read.
_SAME = (
    "employee_no", "name", "department", "title", "is_head", "also_in", "phone_hash", "hired_on",
    "regularized_on", "departed_on",
)  # fmt: skip
_DATES = ("hired_on", "regularized_on", "departed_on", "departure_known_on", "decided_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPlan(Planned):
    """What a roster would change. `standing`: of the source it came from by itself, None if somebody gave it.

    `everybody`: the source lists all it has.
    """

    diff: Diff
    known: Known
    roster: Roster
    standing: standings.Standing | None
    everybody: bool


async def plan(
    app: App, tx: Transaction, roster: Roster, day: date, *, full: bool, source: str | None = None
) -> RosterPlan:
    """Return what this roster, imported on `day`, would change now. `source`: which one gave it by itself."""
    known = await load_known(tx, roster, day, full=full)
    roster = with_zeros_wanted(roster, known)
    standing = None
    if source is not None:
        standing = await standings.load(tx, source, app.policy, None if full else roster.seen)
        roster = standing.humbled(roster, known, day)
        if full:
            roster = standings.without_others_numbers(standing, roster, known, day)
        standing = standings.recognised(standing, roster, known, day)
    diff = await asyncio.to_thread(compare, roster, known, app.policy, day, full=full, standing=standing)
    fewer, wins, before = (), (), 0
    if standing is not None:
        fewer = standings.fewer(standing, roster, known, day) if full else ()
        wins = standings.wins(standing, diff)
        if kind_of(standing.source) in PUSHING:
            before = await sources.counted_since(tx, standing.source, "departed", app.now() - _HOUR)
    return RosterPlan(
        counts=diff.counts() | {"doubts": len(roster.doubts)} | {brake.kind: brake.count for brake in fewer},
        faults=diff.faults,
        people=diff.people,
        signature=await asyncio.to_thread(diff.signature),
        brakes=(*_brakes(app, roster, diff, known.here, before), *fewer),
        notes=(*roster.notes, *wins),
        diff=diff,
        known=known,
        standing=standing,
        roster=roster,
        everybody=full,
    )


def _brakes(app: App, roster: Roster, diff: Diff, here: int, before: int) -> tuple[Brake, ...]:
    """Return what needs a second word; `before`: departures that this source brought within the hour."""
    safety = app.policy.safety
    departures = max(safety.departures_allowed(here + before) - before, 0)
    left = tuple(f"{note.name}（{note.employee_no}）" for note in diff.people["departed"][:MOST_NAMED])
    altered = tuple(f"{note.name}（{note.employee_no}）{note.text}" for note in diff.alterations)
    return (
        Brake("departures", diff.noted["departed"], departures, left),
        Brake("changes", len(diff.altered), safety.changes_allowed(here), altered),
        Brake("doubts", len(roster.doubts), 0, tuple(roster.doubts[:MOST_NAMED])),
    )


async def write(app: App, tx: Transaction, planned: Planned, by: str, import_id: int) -> tuple[bytes, bytes]:
    """Write what was planned; return (diff, undo), packed."""
    assert isinstance(planned, RosterPlan)
    diff, known = planned.diff, planned.known
    kept, undo = Packer(), Packer()
    await _write_people(app, tx, diff, known, kept)
    await _ask_back(app, tx, diff, known)
    now, today = app.now(), app.now().date()
    opened: list[int] = []
    for part in in_parts(diff.opened, _CHUNK):
        opened += await employees.add_transfers(tx, transfer_columns(part, today, by))
    handed = {move.id: move for moves in known.moves.values() for move in moves}
    await employees.set_handovers(tx, [(key, on, today) for key, on in diff.completed])
    unbound = await identities.bound_to(tx, [qq for qq, _ in diff.unbound])
    await identities.delete_many(tx, [qq for qq, _ in diff.unbound])
    for part in in_parts(diff.bound, _CHUNK):
        await identities.insert_many(tx, [Bound(qq, no, "roster", now, by) for qq, no in part])
    _, as_of = await registry_rows.state(tx)
    new = {person.employee_no for person in diff.added}
    before = [number for number in diff.listed if number not in new]
    listed = await registry_rows.listings(tx, before)
    await registry_rows.set_listed(tx, before, app.now())
    await _keep_age(app, tx, planned.standing.source if planned.standing else "")
    await _settle(app, tx, _everybody(diff), [qq for qq, _ in diff.unbound])
    await contests.note(app, tx, diff.contested, import_id)
    for name in ("opened", "completed", "bound", "unbound"):
        kept.add(name, getattr(diff, name))
    undo.add("added", [person.employee_no for person in diff.added])
    undo.add("opened", opened)
    undo.add("completed", [[key, handed[key].handover_on, handed[key].known_on] for key, _ in diff.completed])
    undo.add("unbound", [asdict(one) for one in unbound])
    undo.add("listed", [[at.isoformat() if at else None, who] for at, who in listed.items()])
    undo.add("as_of", None if as_of is None else as_of.isoformat())
    if (was := await keep_said(tx, planned, today)) is not None:
        undo.add("source", was)
    given_back = await renumbered.follow(app, tx, diff.holders(), by=by)
    undo.add("given_back", [asdict(row) for row in given_back])
    return await asyncio.to_thread(kept.packed), await asyncio.to_thread(undo.packed)


async def keep_said(tx: Transaction, planned: RosterPlan, day: date) -> Mapping[str, Any] | None:
    """Note what its source says of whom on this day; return what it said before, as undoing takes it."""
    if planned.standing is None:
        return None
    return await standings.keep(tx, planned.standing, planned.roster, day, everybody=planned.everybody)


async def renew(app: App, tx: Transaction, listed: Sequence[str], source: str, *, more: bool = False) -> None:
    """Note whom a source lists that says nothing new: the registry is as fresh as it.

    `more`: others follow at once, and with the last of them how fresh that is.
    """
    await registry_rows.lock(tx)
    await registry_rows.set_listed(tx, listed, app.now())
    if not more:
        await _keep_age(app, tx, source)
    await registry.bump(tx, ())


async def _keep_age(app: App, tx: Transaction, source: str) -> None:
    """Note how old the registry is by whom rosters listed when: as old as its stalest source."""
    since = await registry_rows.listed_since(tx, app.now().date())
    _, as_of = await registry_rows.state(tx)
    others = [name for name in configured.names(app.policy.sources) if name != source]
    stale = [row.good_at for row in await sources.all_rows(tx) if row.source in others and row.good_at]
    await registry_rows.set_as_of(tx, min([since or as_of or app.now(), *stale]))


async def _write_people(app: App, tx: Transaction, diff: Diff, known: Known, kept: Packer) -> None:
    """Write employees new and changed; keep each change with what stood there before."""
    now, today = app.now(), app.now().date()
    for added in in_parts(diff.added, _CHUNK):
        await employees.insert_many(tx, _employees(added, now))
    await asyncio.to_thread(pack_people, kept, "added", diff.added)
    for names, changed in _alike(diff, known, today).items():
        for rows in in_parts(changed, _CHUNK):
            await employees.change_alike(tx, names, rows)
            await asyncio.to_thread(_keep_changes, kept, known, names, rows)


def _alike(diff: Diff, known: Known, today: date) -> Mapping[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return what is changed by the columns concerned: columns → rows of their values and whose they are."""
    found: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for number, changes in diff.updates:
        every = _dated(known.people[number], changes, today) if "departed_on" in changes else changes
        found[tuple(every)].append((*every.values(), number))
    return found


def _keep_changes(kept: Packer, known: Known, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Keep changes of these columns, with what stood there before."""
    places = [KnownPerson._fields.index(name) for name in names]
    for part in in_parts(rows, _KEPT):
        *changes, numbers = zip(*part, strict=True)
        before = list(zip(*(known.people[number] for number in numbers), strict=True))
        then = mappings(dict(zip(names, changes, strict=True)))
        was = mappings({name: before[at] for name, at in zip(names, places, strict=True)})
        kept.add_columns("updates", [numbers, then, was])


async def _ask_back(app: App, tx: Transaction, diff: Diff, known: Known) -> None:
    """Have those asked back who were removed as departed, and are no more by this roster."""
    today, back = app.now().date(), dict[str, date]()
    for number, changes in diff.updates:
        was = known.people[number].departed_on
        on = changes.get("departed_on", was)
        if was is not None and was <= today and (on is None or on > today):
            back[number] = was
    await asking_back.after_rehire(app, tx, back)


def _everybody(diff: Diff) -> set[str]:
    return {person.employee_no for person in diff.added} | diff.touched


async def _settle(app: App, tx: Transaction, numbers: set[str], user_ids: Iterable[int]) -> None:
    """Bring in step what rests on employees: version, departments, the groups concerned."""
    if numbers:
        await registry_rows.keep_departments(tx)
    await registry.bump(tx, numbers)
    await followup.people_changed(app, tx, numbers, tuple(user_ids))


def _employees(people: Sequence[Person], now: datetime) -> Mapping[str, Sequence[Any]]:
    """Return new employees column by column."""
    said = dict(zip(Person._fields, zip(*people, strict=True), strict=True))
    return {name: said[name] for name in _SAME} | {
        "employment": list(map(employment, said["status"], said["regularized_on"], said["departed_on"])),
        "departure_known_on": [now.date() if day else None for day in said["departed_on"]],
        "listed_at": [now] * len(people),
    }


def _dated(old: KnownPerson, changes: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return changes of a departure with the day it was first known."""
    known_on = known_departure(old.departed_on, old.departure_known_on, changes["departed_on"], today)
    return {**changes, "departure_known_on": known_on}


async def undo(app: App, tx: Transaction, diff: bytes, undone: bytes, by: str) -> None:
    """Write back what an import changed; what somebody changed since then by other means stays."""
    before = await asyncio.to_thread(unpack, undone)
    after = await asyncio.to_thread(unpack, diff, "opened", "completed", "bound", "unbound")
    numbers = await _change_back(tx, diff)
    numbers |= await employees.transferred(tx, [key for key, _ in after["completed"]])
    await employees.set_handovers(
        tx, [(key, as_date(on), as_date(known_on)) for key, on, known_on in before["completed"]]
    )
    await employees.delete_transfers(tx, before["opened"])
    gone: list[int] = await identities.delete_of(tx, before["added"])
    mine = await identities.delete_listed(tx, after["bound"])
    again = {one.user_id: (None, one.employee_no) for one in await _rebind(tx, before["unbound"])}
    await renumbered.follow_back(app, tx, again, before.get("given_back", ()), before["added"], by=by)
    await employees.delete_many(tx, before["added"])
    if (source := before.get("source")) is not None:
        await standings.put_back(tx, source)
    for at, who in before.get("listed", ()):
        await registry_rows.set_listed(tx, who, datetime.fromisoformat(at) if at else None)
    as_of = before["as_of"]
    await registry_rows.set_as_of(tx, datetime.fromisoformat(as_of) if as_of else None)
    numbers.update(before["added"], (no for no, *_ in after["opened"]))
    numbers.update(no for _, no in (*after["bound"], *after["unbound"]))
    await _settle(app, tx, numbers, [*gone, *mine])


async def _change_back(tx: Transaction, diff: bytes) -> set[str]:
    """Write back the columns that still hold what the import wrote; return whom it had changed."""
    numbers: set[str] = set()
    for _, entries in parts(diff, ["updates"]):
        known = await some_people(tx, {no for no, *_ in entries})
        back = [
            (no, {name: old for name, old in _typed(was).items() if stands(known[no], name, _typed(now))})
            for no, now, was in entries
            if no in known
        ]
        await employees.change_many(tx, back)
        numbers.update(no for no, *_ in entries)
    return numbers


async def _rebind(tx: Transaction, kept: Sequence[Mapping[str, Any]]) -> list[Bound]:
    """Bind again what the import unbound, unless somebody else proved that QQ since; return these."""
    was = [replace(Bound(**one), verified_at=datetime.fromisoformat(one["verified_at"])) for one in kept]
    taken = {one.user_id for one in await identities.bound_to(tx, [one.user_id for one in was])}
    alive = await some_people(tx, {one.employee_no for one in was})
    restored = [one for one in was if one.user_id not in taken and one.employee_no in alive]
    await identities.insert_many(tx, restored)
    return restored


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: as_date(value) if name in _DATES else value for name, value in values.items()}
