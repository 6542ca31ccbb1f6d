"""What somebody wants a report of: period, department, group, clause, state; named or bare words.

A word that can't be taken is answered with one line of what exists, the nearest first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from config.phrases import reports as say
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases.case_reports import Wanted
from db.queries.groups import last_seen as group_rows
from regulation.cards.names import department_key
from regulation.duties import DUTIES, Code, find_duty
from regulation.model import is_within
from regulation.summary import Period, read_period
from services.app import App
from services.groups.called import called
from services.naming import numbered, short
from services.people import staff_card
from services.talk.typed import qq_of

SHOWN = 8
# Of these there are so few that all are shown.
_SHORT = ("时段", "条款", "状态")
_LIKE_A_PERIOD = re.compile(r"\d.*[年月周]|^\d{4}[-/.]\d|^[上下本这去前]个?[年月周季]|季度")
PERIODS = ("今天", "昨天", "本周", "上周", "本月", "上月", "今年")


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for. `period` is None when none was given; `words` says it all for a heading."""

    period: Period | None = None
    code: Code | None = None
    department: str = ""
    departments: tuple[str, ...] = ()
    group_id: int | None = None
    group_name: str = ""
    state: str = ""
    person: str = ""
    user_ids: tuple[int, ...] = ()
    employee_no: str | None = None

    @property
    def words(self) -> str:
        """Return the filters besides the period, for a heading; "" when there are none."""
        parts = [
            say.FILTER["department"].format(name=short(self.department)) if self.department else "",
            say.FILTER["code"].format(code=self.code, title=DUTIES[self.code].title) if self.code else "",
            say.FILTER["group"].format(group=numbered(self.group_name, self.group_id))
            if self.group_id is not None
            else "",
            say.FILTER["state"].format(name=self.state) if self.state else "",
            self.person,
        ]
        return " · ".join(part for part in parts if part)

    def wanted(self, *, since_only: bool = False) -> Wanted:
        """Return the cases meant; with `since_only` without state and period (summaries count them)."""
        code = None if self.code is None else self.code.value
        common = Wanted(
            code=code,
            departments=self.departments,
            group_id=self.group_id,
            user_ids=self.user_ids,
            employee_no=self.employee_no,
        )
        if since_only:
            return common
        statuses, closures = say.STATES.get(self.state, ((), ()))
        return replace(
            common,
            statuses=statuses,
            closures=closures,
            since=None if self.period is None else self.period.start,
            until=None if self.period is None else self.period.end,
        )


def period_label(period: Period) -> str:
    """Return `2026-11-01 至 2026-11-30`, both days inside."""
    last = period.end.fromtimestamp(period.end.timestamp() - 1, period.end.tzinfo)
    if last.date() == period.start.date():
        return f"{last:%Y-%m-%d}"
    return say.PERIOD.format(first=f"{period.start:%Y-%m-%d}", last=f"{last:%Y-%m-%d}")


async def read_filters(
    app: App, tx: Transaction, named: Mapping[str, str], bare: Sequence[str], allowed: Iterable[str]
) -> Filters | str:
    """Read named and bare words; `allowed`: names of `UNKNOWN` and 人. A text is the refusal."""
    reader = _Reader(app, tx, tuple(allowed))
    for name, text in named.items():
        await reader.take(name, text)
    for word in bare:
        await reader.guess(word)
    return reader.refusal or reader.found


class _Reader:
    def __init__(self, app: App, tx: Transaction, allowed: tuple[str, ...]) -> None:
        self.app, self.tx, self.allowed = app, tx, allowed
        self.found = Filters()
        self.refusal = ""
        # A bare word means a group only by its whole name: part of it is as well a department's.
        self.naming = False

    async def take(self, name: str, text: str) -> None:
        """Read a named word, or refuse with what exists."""
        self.naming = True
        if self.refusal or not await self._read(name, text):
            self.refusal = self.refusal or say.UNKNOWN[name].format(
                word=short(text, 12),
                known="、".join(
                    nearest(text, await self._known(name), most=None if name in _SHORT else SHOWN)
                ),
            )

    async def guess(self, word: str) -> None:
        """Read a bare word as whatever it can be, or refuse with the nearest of all."""
        if self.refusal:
            return
        self.naming = False
        for name in self.allowed:
            if await self._read(name, word):
                return
        if "时段" in self.allowed and _LIKE_A_PERIOD.search(word):
            sample = f"{self.app.now():%Y-%m}"
            self.refusal = say.UNKNOWN["month"].format(word=short(word, 12), sample=sample)
            return
        known = [one for name in self.allowed for one in await self._known(name)]
        self.refusal = say.UNKNOWN["word"].format(word=short(word, 12), known="、".join(nearest(word, known)))

    async def _read(self, name: str, text: str) -> bool:
        match name:
            case "时段":
                return self._period(text)
            case "条款":
                return self._code(text)
            case "状态":
                return self._state(text)
            case "群":
                return await self._group(text)
            case "人":
                return self._person(text)
            case _:
                return await self._department(text)

    def _take(self, **filters: Any) -> None:
        self.found = replace(self.found, **filters)

    def _period(self, text: str) -> bool:
        period = read_period(text, self.app.now())
        if period is not None:
            self._take(period=period)
        return period is not None

    def _code(self, text: str) -> bool:
        duty = find_duty(text)
        if duty is not None:
            self._take(code=duty.code)
        return duty is not None

    def _state(self, text: str) -> bool:
        word = say.STATE_ALIASES.get(text.strip(), text.strip())
        if word in say.STATES:
            self._take(state=word)
        return word in say.STATES

    async def _group(self, text: str) -> bool:
        """Take a group by its number, its name, or behind `群=` part of its name."""
        known = await group_rows.names(self.tx)
        number = text.strip()
        if number.isascii() and number.isdecimal():
            found = int(number) if len(number) <= 11 and int(number) in known else None
        else:
            found = called(text, known, whole=not self.naming)
        if isinstance(found, str):
            self.refusal = found if self.naming else ""
        elif found is not None:
            self._take(group_id=found, group_name=known[found])
        return isinstance(found, int)

    def _person(self, text: str) -> bool:
        """Take a person by number, QQ or name; several, or part of a name, are answered with who is meant."""
        found = staff_card.find_people(self.app, text)
        qq = qq_of(text)
        if len(found) == 1:
            qqs = self.app.registry.qqs_of(found[0].employee_no)
            self._take(person=found[0].name, user_ids=qqs, employee_no=found[0].employee_no)
        elif not found and qq is not None:
            self._take(person=say.FILTER["unbound"].format(qq=qq), user_ids=(qq,))
        elif found or staff_card.alike(self.app, text) or self.naming:
            self.refusal = staff_card.not_one(self.app, text).text
        else:
            return False
        return True

    async def _department(self, text: str) -> bool:
        tree, key = self.app.registry.tree, department_key(text)
        paths = tree.find(text)
        stored = await case_reports.departments(self.tx)
        if paths:
            # A case keeps the name that its department had when it was opened.
            old = [one for one in stored if tree.called(one) != one]
            paths += tuple(one for one in old if _is_in(tree.called(one), paths))
        else:
            paths = tuple(path for path in stored if department_key(path) == key)
        if not text.strip() or not paths:
            return False
        self._take(department=text.strip(), departments=paths)
        return True

    async def _known(self, name: str) -> list[str]:
        match name:
            case "时段":
                return [*PERIODS, f"{self.app.now():%Y-%m}"]
            case "条款":
                return [f"{duty.code} {duty.title}" for duty in DUTIES.values()]
            case "状态":
                return list(say.STATES)
            case "群":
                return [numbered(name, one) for one, name in (await group_rows.names(self.tx)).items()]
            case "人":
                return []
            case _:
                return sorted(
                    {*self.app.registry.tree.paths, *await case_reports.departments(self.tx)} - {""}
                )


def _is_in(path: str, departments: Sequence[str]) -> bool:
    return any(is_within(path, one) for one in departments)


def nearest(word: str, known: Sequence[str], most: int | None = SHOWN) -> list[str]:
    """Return `most` (None: all) of `known`, those most like `word` first."""
    # Only where somebody mistyped, so no start waits for it.
    from rapidfuzz import fuzz, process, utils

    found = process.extract(
        word, list(dict.fromkeys(known)), scorer=fuzz.WRatio, processor=utils.default_process, limit=most
    )
    return [short(choice) for choice, _, _ in found]
