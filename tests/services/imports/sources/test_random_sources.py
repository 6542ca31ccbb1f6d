"""Whatever two directories say, in whatever order: the registry is what a few plain words make of it.

The words: a source's complete answer is taken whole, or waits whole; a partial or an empty one is nothing.
"""

import asyncio
import tempfile
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from config.settings import Settings
from db.engine import Database
from db.queries.work import imports as import_rows
from db.tables import metadata
from db.tables.base import ZONE
from regulation.policy import Policy
from services.app import App
from services.imports import apply as imports
from services.imports import undoing
from services.imports.sources.model import Outcome, Pulled
from services.imports.sources.pulling import pull
from services.people import registry
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.imports.sources.conftest import Listed, all_set

T = TypeVar("T")
# In the order in which their words count.
FIRST, SECOND = "ldap", "dingtalk"
PLACES = ("市场部", "采购部")
# Number → department.
Answer = Mapping[int, str]


@dataclass(frozen=True)
class One:
    """Somebody in the registry."""

    place: str
    here: bool = True


@dataclass(frozen=True)
class Change:
    """What an answer would make of the registry. `fewer`: whom the source had and has no more."""

    people: dict[int, One]
    left: set[int]
    moved: set[int]
    fewer: set[int]
    said_otherwise: set[int]


class Company:
    """The registry in plain words. `said`: source → number → whether it listed them when it was taken last."""

    def __init__(self) -> None:
        self.people: dict[int, One] = {}
        self.said: dict[str, dict[int, bool]] = {FIRST: {}, SECOND: {}}

    def change(self, source: str, answer: Answer) -> Change:
        (other,) = {FIRST, SECOND} - {source}
        mine, theirs = self.said[source], {no for no, here in self.said[other].items() if here}
        above = theirs if source == SECOND else set[int]()
        people, otherwise = dict(self.people), set[int]()
        for no, place in answer.items():
            was = people.get(no)
            if no in above:
                otherwise |= {no} if was is not None and was.here and was.place != place else set()
            elif was is None:
                people[no] = One(place)
            else:
                # An open account brings back only whom its own directory had let go.
                people[no] = One(place, was.here or mine.get(no) is False)
        gone = {no for no, one in self.people.items() if one.here and mine.get(no) and no not in answer}
        for no in gone - theirs:
            people[no] = replace(people[no], here=False)
        left = {no for no in gone if not people[no].here}
        moved = {
            no for no, one in people.items()
            if one.here and no in self.people and one.place != self.people[no].place
        }  # fmt: skip
        return Change(people, left, moved, gone, otherwise | (gone & theirs))

    def take(self, source: str, answer: Answer, people: dict[int, One]) -> dict[int, bool | None]:
        """Take an answer; return what the source had said of those of whom it says something else."""
        mine = self.said[source]
        now = dict.fromkeys(mine, False) | dict.fromkeys(answer, True)
        before = {no: mine.get(no) for no, here in now.items() if mine.get(no) is not here}
        self.people, self.said[source] = people, now
        return before


class Directories(RuleBasedStateMachine):
    """Two directories that name the same people, and admin staff who settle what waits."""

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StoppedClock(datetime(2026, 3, 2, 8, 0, tzinfo=ZONE))
        self.company = Company()
        self.answers: dict[str, list[dict[int, str]]] = {FIRST: [{}], SECOND: [{}]}
        self.waiting: dict[str, tuple[int, dict[int, str]]] = {}
        # What somebody last did with an import of a source: its state, and its answer.
        self.settled: dict[str, tuple[str, dict[int, str]]] = {}
        self.applied: list[tuple[int, str, dict[int, str], dict[int, One], dict[int, bool | None]]] = []
        self.app = self._app()
        self.do(self.app.database.plainly(metadata.create_all))
        for source in (FIRST, SECOND):
            self.say(source, dict.fromkeys(range(24), PLACES[0]))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def _app(self) -> App:
        at = Path(self.folder.name)
        config = Settings(data_dir=at, superusers=frozenset({co.ROOT}), _env_file=None)  # pyright: ignore[reportCallIssue]
        return App(
            config, all_set(Policy()), Database(f"sqlite+aiosqlite:///{at / 's.db'}"), b"key", self.clock
        )

    def pull(self, source: str, answer: Answer, **how: Any) -> Pulled:
        rows = [
            {"employee_no": f"B{no:03}", "name": f"员工{no}", "department": place}
            for no, place in sorted(answer.items())
        ]
        return self.do(pull(self.app, Listed(self.app, source, rows, how)))

    @rule(source=st.sampled_from((FIRST, SECOND)), at=st.integers(0, 30), count=st.integers(1, 9))
    def drop(self, source: str, at: int, count: int) -> None:
        """It lists fewer: some, or a third of them."""
        last = self.answers[source][-1]
        gone = {sorted(last)[(at + n) % len(last)] for n in range(count)} if last else set[int]()
        self.say(source, {no: place for no, place in last.items() if no not in gone})

    @rule(source=st.sampled_from((FIRST, SECOND)), at=st.integers(0, 30), count=st.integers(1, 12))
    def move(self, source: str, at: int, count: int) -> None:
        """It has some elsewhere, or new ones."""
        last = self.answers[source][-1]
        moved = {at + n: PLACES[last.get(at + n) == PLACES[0]] for n in range(count)}
        self.say(source, {**last, **moved})

    @rule(source=st.sampled_from((FIRST, SECOND)), back=st.integers(1, 5))
    def repeat(self, source: str, back: int) -> None:
        """It says again what it said before: everybody is back."""
        before = self.answers[source]
        self.say(source, before[-min(back, len(before))])

    @rule(source=st.sampled_from((FIRST, SECOND)), other=st.booleans())
    def fail(self, source: str, other: bool) -> None:
        """It answers in part, or nothing."""
        part = dict.fromkeys(list(self.answers[source][-1])[::2], PLACES[1]) if other else {}
        failed = self.pull(source, part, complete=not part, why_incomplete="第 3 页没有来")
        assert failed.outcome is Outcome.FAILED

    def say(self, source: str, answer: dict[int, str]) -> None:
        if not answer:
            return
        self.answers[source].append(answer)
        change = self.company.change(source, answer)
        here = sum(one.here for one in self.company.people.values())
        mine = {no for no, said in self.company.said[source].items() if said and self._is_here(no)}
        safety = self.app.policy.safety
        brakes = [
            (change.left, safety.departures_allowed(here)),
            (change.moved, safety.changes_allowed(here)),
            (change.fewer, max((len(mine) - 1) // 3, 1)),
        ]
        held = [concerned for concerned, allowed in brakes if len(concerned) > allowed]
        state, of = self.settled.get(source, ("", {}))
        pulled = self.pull(source, answer)
        shown = pulled.text + (self._shown(pulled) if pulled.import_id else "")
        if change.said_otherwise and pulled.outcome is not Outcome.REFUSED:
            assert "几处" in shown
        if change.people == self.company.people:
            assert pulled.outcome is Outcome.UNCHANGED
            self.waiting.pop(source, None)
            self.company.take(source, answer, change.people)
        elif state == "dropped" and of == answer:
            assert pulled.outcome is Outcome.REFUSED
            self.waiting.pop(source, None)
        elif held or state == "undone":
            assert pulled.outcome is Outcome.WAITING
            assert pulled.import_id is not None
            self.waiting[source] = (pulled.import_id, answer)
            named = "\n".join(self.do(imports.people_of(self.app, pulled.import_id)))
            assert all(f"B{no:03}" in named for no in change.left | change.moved)
        else:
            assert pulled.outcome is Outcome.APPLIED
            assert pulled.import_id is not None
            self._applied(pulled.import_id, source, answer, change)

    def _is_here(self, no: int) -> bool:
        return no in self.company.people and self.company.people[no].here

    def _shown(self, pulled: Pulled) -> str:
        async def read() -> str:
            async with self.app.database.reading() as tx:
                row = await import_rows.head(tx, pulled.import_id or 0)
            return row.preview if row is not None else ""

        return self.do(read())

    def _applied(self, import_id: int, source: str, answer: dict[int, str], change: Change) -> None:
        self.waiting.pop(source, None)
        before = self.company.people
        said = self.company.take(source, answer, change.people)
        self.applied.append((import_id, source, answer, before, said))
        self.settled[source] = ("applied", answer)

    @precondition(lambda self: self.waiting)
    @rule(second=st.booleans(), approve=st.booleans())
    def settle(self, second: bool, approve: bool) -> None:
        """Admin staff decide what waits, as it would be now."""
        source = sorted(self.waiting)[second and len(self.waiting) > 1]
        import_id, answer = self.waiting.pop(source)
        self.clock.move(minutes=1)
        if not approve:
            assert self.do(imports.settle_import(self.app, import_id, approve=False, by=co.ROOT)).ok
            self.settled[source] = ("dropped", answer)
            return
        change = self.company.change(source, answer)
        # Once for what it is now, once more for each brake's number.
        words = [self.do(imports.settle_import(self.app, import_id, approve=True, by=co.ROOT)) for _ in "abc"]
        assert any(word.ok for word in words), words
        self._applied(import_id, source, answer, change)

    @precondition(lambda self: self.applied)
    @rule()
    def undo(self) -> None:
        """Somebody undoes what was applied last."""
        import_id, source, answer, before, said = self.applied.pop()
        self.clock.move(minutes=1)
        assert self.do(undoing.undo_import(self.app, import_id, by="terminal")).state == "undone"
        self.company.people = before
        for no, was in said.items():
            if was is None:
                self.company.said[source].pop(no, None)
            else:
                self.company.said[source][no] = was
        self.settled[source] = ("undone", answer)

    @rule()
    def restart(self) -> None:
        """The bot starts anew, some hours later."""
        self.do(self.app.database.close())
        self.clock.move(hours=7)
        self.app = self._app()
        self.do(registry.load(self.app))

    @invariant()
    def the_registry_is_what_was_taken(self) -> None:
        if not hasattr(self, "app"):
            return
        today, known = self.clock.now().date(), self.app.registry.by_no
        found = {int(no[1:]): One(one.department, not one.is_departed(today)) for no, one in known.items()}
        assert found == self.company.people

    @invariant()
    def what_waits_is_what_its_source_said_last(self) -> None:
        async def waiting() -> set[int]:
            async with self.app.database.reading() as tx:
                return {one.id for one in await import_rows.waiting(tx)}

        if hasattr(self, "app"):
            assert self.do(waiting()) == {import_id for import_id, _ in self.waiting.values()}

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.do(self.app.database.close())
            self.runner.close()
            self.folder.cleanup()


TestDirectories = Directories.TestCase
TestDirectories.settings = settings(
    max_examples=settings().max_examples // 3, stateful_step_count=20, deadline=None
)
