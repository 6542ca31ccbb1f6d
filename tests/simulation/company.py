"""The company as it truly is, and what of it the bot has been told: the oracle's own books."""

import csv
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime

from simulator.qq import people

BOT, BOSS, STAFF_GROUP = 10001, 10010, 709999
# Accounts of the bot's: one here; where three processes run (`living.py`), one each.
BOTS = frozenset({BOT, 10002, 10003})
DEPARTMENTS = ("行政部", "市场部", "采购部", "技术部", "财务部", "市场部/华东组", "技术部/运维组")
COLUMNS = (
    "工号", "姓名", "部门", "状态", "主管", "QQ", "手机", "入职日期", "转正日期", "离职日期", "移交完成日期",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What somebody is, as HR would write it down. `leaving`: a department whose handover is open."""

    name: str
    department: str
    qqs: tuple[int, ...]
    digits: str
    probation: bool = False
    head: bool = False
    hired: date | None = None
    regular_on: date | None = None
    departed: date | None = None
    leaving: str | None = None
    handover: date | None = None

    def gone(self, day: date) -> bool:
        """Tell whether they have departed by this day."""
        return self.departed is not None and self.departed <= day

    def on_probation(self, day: date) -> bool:
        """Tell whether they are on probation on this day."""
        return self.probation and (self.regular_on is None or day < self.regular_on)

    def departments(self) -> tuple[str, ...]:
        """Return the departments that count: two while a handover is open."""
        return (self.department,) if self.leaving is None else (self.department, self.leaving)


Word = tuple[date, date | None]


@dataclass
class Person:
    """Somebody: the truth (`now`), the QQ they use, and what the bot was told of them when."""

    no: str
    qq: int
    now: Facts
    told: list[tuple[datetime, Facts]] = field(default_factory=list)
    # What chat said last of their departure (the day from which it holds, and the departure), until a roster
    # has agreed with it or overruled it.
    word: Word | None = None

    def known(self) -> Facts | None:
        """Return what the bot was told last."""
        return self.told[-1][1] if self.told else None

    def known_since(self, since: datetime) -> list[Facts]:
        """Return everything that the bot may have taken for true since a moment."""
        before = [facts for at, facts in self.told if at <= since]
        return before[-1:] + [facts for at, facts in self.told if at > since]

    def right_card(self) -> str:
        """Return the card as the regulation wants it."""
        return f"{self.now.department.split('/')[0]}-{self.now.name}"


@dataclass
class Club:
    """A group as the company means it. `scope` (): everybody. `filed`: by register or on the usual way."""

    group_id: int
    name: str
    scope: tuple[str, ...]
    owner: int
    filed: bool = True
    discussion: bool = False

    def covers(self, department: str) -> bool:
        """Tell whether a department belongs here."""
        return not self.scope or any(
            department == one or department.startswith(one + "/") for one in self.scope
        )

    def entitled(self, facts: Facts, day: date, *, consent: bool = False) -> bool:
        """Tell whether somebody may be in it."""
        return (
            not facts.gone(day)
            and any(self.covers(one) for one in facts.departments())
            and (consent or not facts.on_probation(day))
        )


class Company:
    """People by number, groups by number. `chance` draws who they are. `renamed`: departments, old path → new."""

    def __init__(self, seed: int, people_count: int, groups_count: int, today: date) -> None:
        self.chance = random.Random(f"company {seed}")
        self.people: dict[str, Person] = {}
        self.clubs: dict[int, Club] = {}
        self.roster_told: datetime | None = None
        self.departments = list(DEPARTMENTS)
        self.renamed: dict[str, str] = {}
        self._next = 1
        heads = list(DEPARTMENTS[:5])
        for number in range(people_count):
            department = heads[number] if number < 5 else DEPARTMENTS[number % len(DEPARTMENTS)]
            self.hire(today, department, head=number < 5, probation=number % 15 == 14)
        self._found_clubs(groups_count, today)

    def hire(
        self, today: date, department: str, *, head: bool = False, probation: bool = False,
        namesake: str = "", with_qq: bool = True, regular_on: date | None = None,
    ) -> Person:  # fmt: skip
        """Somebody comes to work; nobody was told yet."""
        number, self._next = self._next, self._next + 1
        qq = 200000 + number * 7
        name = namesake or people.name(self.chance)
        facts = Facts(
            name, department, (qq,) if with_qq else (), f"{self.chance.randrange(10000):04d}",
            probation=probation, head=head, hired=today, regular_on=regular_on,
        )  # fmt: skip
        made = self.people[f"A{number:03d}"] = Person(f"A{number:03d}", qq, facts)
        return made

    def _found_clubs(self, count: int, today: date) -> None:
        group_id = 700001
        for number in range(count):
            department = DEPARTMENTS[number % len(DEPARTMENTS)]
            everyone = number % 6 == 5
            scope = () if everyone else (department,)
            fits = Club(group_id, "", scope, 0)
            inside = [p for p in self.people.values() if fits.entitled(p.now, today)]
            owner = inside[self.chance.randrange(len(inside))].qq
            name = f"{'大家' if everyone else department.replace('/', '')}{number + 1}群"
            self.clubs[group_id] = Club(group_id, name, scope, owner)
            group_id += 1
        self._last_group = group_id

    def new_group_id(self) -> int:
        """Return a group number that nobody has had."""
        self._last_group += 1
        return self._last_group

    def rename(self, old: str, new: str) -> None:
        """A department gets another name: everything that was said of it means the new one from now on."""
        self.renamed[old] = new
        self.departments = [self.called(one) for one in self.departments]
        for club in self.clubs.values():
            club.scope = tuple(map(self.called, club.scope))
        for person in self.people.values():
            person.now = self._renamed(person.now)
            person.told = [(at, self._renamed(facts)) for at, facts in person.told]

    def _renamed(self, facts: Facts) -> Facts:
        leaving = None if facts.leaving is None else self.called(facts.leaving)
        return replace(facts, department=self.called(facts.department), leaving=leaving)

    def called(self, path: str) -> str:
        """Return what a department is called today."""
        top, *below = path.split("/")
        while top in self.renamed:
            top = self.renamed[top]
        return "/".join((top, *below))

    # -- who is who -----------------------------------------------------------------------------

    def by_qq(self, qq: int) -> Person | None:
        """Return whose QQ number this is."""
        return next((p for p in self.people.values() if qq == p.qq or qq in p.now.qqs), None)

    def working(self, day: date) -> list[Person]:
        """Return everybody at work."""
        return [p for p in self.people.values() if not p.now.gone(day)]

    def head_of(self, department: str, day: date) -> Person | None:
        """Return the head of a department or of the nearest one above."""
        while department:
            for person in self.working(day):
                if person.now.head and person.now.department == department:
                    return person
            department = department.rpartition("/")[0]
        return None

    def clerks(self, day: date) -> list[Person]:
        """Return who works in the administration department."""
        return [p for p in self.working(day) if p.now.department == "行政部"]

    # -- what is told ---------------------------------------------------------------------------

    def tell(self, person: Person, at: datetime, facts: Facts | None = None) -> None:
        """Note that the bot knows this of somebody from now on."""
        person.told.append((at, facts or person.now))

    def rows(self, day: date) -> Iterator[tuple[Person, Facts]]:
        """Yield whom a roster of today lists."""
        for person in self.people.values():
            gone = person.now.departed
            if gone is None or (day - gone).days < 75:
                yield person, person.now

    def roster(self, rows: list[tuple[Person, Facts]]) -> bytes:
        """Return a roster file."""
        return _csv(COLUMNS, [_row(person.no, facts) for person, facts in rows])

    def register(self) -> bytes:
        """Return the register of groups as a file."""
        head = ("群号", "群名称", "成员范围", "用途", "群主", "成立日期")
        return _csv(head, [
            (str(c.group_id), c.name, ",".join(c.scope) or "全员", "日常沟通", str(c.owner), "2025-06-01")
            for c in self.clubs.values()
        ])  # fmt: skip


def _row(no: str, facts: Facts) -> tuple[str, ...]:
    status = "离职" if facts.departed else "试用" if facts.probation else "正式"

    def day(value: date | None) -> str:
        return value.isoformat() if value else ""

    return (
        no, facts.name, facts.department, status, "是" if facts.head else "否",
        ";".join(map(str, facts.qqs)), f"1380000{facts.digits}", day(facts.hired), day(facts.regular_on),
        day(facts.departed), day(facts.handover),
    )  # fmt: skip


def _csv(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


@dataclass
class Roster:
    """What one roster told: of whom, with chat's word before and after it; how old all was before it."""

    at: datetime
    whole: bool
    told_before: datetime | None
    told: list[tuple[Person, Word | None, Word | None]] = field(default_factory=list)

    def tell(self, rows: list[tuple[Person, Facts]]) -> None:
        """Note what the bot knows by these rows."""
        for person, row in rows:
            facts, word = heard_by_roster(person, row, self.at.date())
            if facts != person.known():
                person.told.append((self.at, facts))
            self.told.append((person, person.word, word))
            person.word = word

    def forget(self) -> None:
        """It was not applied, so it told nothing."""
        for person, word, _ in self.told:
            person.told = [one for one in person.told if one[0] != self.at]
            person.word = word

    def undo(self, now: datetime) -> Callable[[], None]:
        """Take back what it told; what was told since by other means stays. Returns what has it told again."""
        kept = [(person, list(person.told), person.word) for person, _, _ in self.told]
        for person, before, after in self.told:
            _untell(person, self.at, now)
            if person.word == after:
                person.word = before

        def redo() -> None:
            for person, told, word in kept:
                person.told, person.word = told, word

        return redo


def heard_by_roster(person: Person, row: Facts, today: date) -> tuple[Facts, Word | None]:
    """Return what the bot knows by somebody's row, and what is left of chat's word of them.

    That they move it knows only where it knew them elsewhere, and were at work. Of what chat and a row say of their
    departure, what takes effect later counts; of one day, chat.
    """
    known, word = person.known(), person.word
    if known is None:
        return replace(row, leaving=None), None
    if word is not None and row.departed != known.departed and (row.departed or today) <= word[0]:
        row = replace(row, departed=known.departed)
    else:
        word = None
    if row.leaving is not None:
        gone = row.departed is not None and row.departed <= today
        elsewhere = None if gone else known.department
        row = replace(row, leaving=known.leaving if row.department == known.department else elsewhere)
    return row, word


def _untell(person: Person, at: datetime, now: datetime) -> None:
    places = [n for n, (when, _) in enumerate(person.told) if when == at]
    if not places:
        return
    place = places[0]
    if place == 0:
        # Nobody but the roster knew them: their row goes.
        person.told.clear()
        return
    before, said, known = person.told[place - 1][1], person.told[place][1], person.told[-1][1]
    back = {
        one.name: getattr(before, one.name)
        for one in fields(Facts)
        if one.name != "qqs" and getattr(known, one.name) == getattr(said, one.name)
    }
    if person.word is not None:
        # Where a roster changes a departure it overrules chat's word: this one came later.
        back.pop("departed", None)
    lent = set(said.qqs) - set(before.qqs)
    # A QQ that only it gave them never was theirs.
    person.told[place:] = [(when, _without(facts, lent)) for when, facts in person.told[place:]]
    again = tuple(qq for qq in before.qqs if qq not in known.qqs and qq not in said.qqs)
    known = _without(known, lent)
    person.told.append((now, replace(known, **back, qqs=(*known.qqs, *again))))


def _without(facts: Facts, qqs: set[int]) -> Facts:
    return replace(facts, qqs=tuple(qq for qq in facts.qqs if qq not in qqs))


def wrongly_gone(rows: list[tuple[Person, Facts]], every: int, day: date) -> list[tuple[Person, Facts]]:
    """Return the rows of a roster that went wrong: one in `every` is said to have departed."""
    return [
        (person, replace(facts, departed=day) if at % every == 0 and facts.departed is None else facts)
        for at, (person, facts) in enumerate(rows)
    ]
