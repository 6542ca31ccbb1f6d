"""What must hold of everything the bot says: to whom, how often, while it may, and while it is true."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from simulator.qq.model import Shown
from tests.simulation.books import MOMENT, moment
from tests.simulation.company import BOSS, STAFF_GROUP
from tests.simulation.duties import Duties

if TYPE_CHECKING:
    from tests.simulation.history import History

_PERSONAL = re.compile(
    r"(?<![A-Za-z0-9])A\d{3}(?!\d)|\d+(?:\.\d\d)? ?元|1380000\d{4}|(?<![@\d])[29]\d{5}(?!\d)"
)
# What is told of an item that awaits somebody, and where it is kept.
_NEWS = re.compile(r"有新的待办：\n(?P<item>[JBEIQ]\d+)|(?P<batch>R\d+)：有 |(?P<appeal>S\d+)：.*提出申诉")
_KEPT = {
    "J": "join_requests", "B": "filings", "E": "early_admissions", "I": "imports", "Q": "contests",
    "R": "removal_batches", "S": "appeals",
}  # fmt: skip


class Words(Duties):
    """Listens to the bot; knows when it could speak, and who had asked it something."""

    def __init__(self, history: "History") -> None:
        super().__init__(history)
        self._connected = self._clock_wrong = False
        self._clock_set: list[datetime] = []
        self._asked_at: dict[int, list[datetime]] = defaultdict(list)
        self._staff_asked: dict[int, list[datetime]] = defaultdict(list)
        self._judged_shown = 0
        self._paused_at: datetime | None = None
        self._pauses: list[tuple[datetime, datetime]] = []
        self._said: dict[tuple[int | None, int | None, str], list[datetime]] = defaultdict(list)

    def granted(self) -> set[str]:
        """Return who was granted the staff's right."""
        return {no for (no,) in self.rows("select employee_no from grants")}

    def connected(self, up: bool) -> None:
        """The bot is up, connected and its account logged in from now on, or no more."""
        self._connected = up
        self._settle()

    def paused(self, paused: bool) -> None:
        """Staff stopped everything, or let it go on."""
        if self.is_paused():
            self._paused_at = self._paused_at or self.h.now()
        elif self._paused_at is not None:
            self._pauses.append((self._paused_at + MOMENT, self.h.now() - MOMENT))
            self._paused_at = None
        self._settle()

    def _stands_still(self) -> bool:
        """Tell whether everything was stopped long enough ago for each act under way to have ended."""
        since = self._paused_at
        return since is not None and self.h.now() - since > MOMENT and self.is_paused()

    def clock_wrong(self, wrong: bool) -> None:
        """The bot's clock is wrong, or right again."""
        self._clock_set.append(self.h.now())
        self.clock_terms.append((self.h.now(), self.h.clock.wrong))
        self._clock_wrong = wrong
        self._settle()

    def _settle(self) -> None:
        """Note since when nothing keeps the bot from its work."""
        able = self._connected and not self._clock_wrong and not self.is_paused()
        self.up_since = self.h.now() if able else None

    def is_paused(self) -> bool:
        """Tell whether the bot is paused."""
        return (
            self.row("select 1 from switches where key = 'paused' and cast(value as text) = 'true'")
            is not None
        )

    def answered(self, qq: int, in_group: int | None = None) -> None:
        """Somebody wrote to the bot: what it says to them now may be said twice."""
        self._asked_at[qq].append(self.h.now())
        if in_group is not None:
            self._asked_at[in_group].append(self.h.now())
            if qq in self._staff():
                self._staff_asked[in_group].append(self.h.now())

    def _judge_shown(self) -> None:
        shown = self.h.world.shown
        for one in shown[self._judged_shown :]:
            for who in {one.user_id or 0, *one.at}:
                self.heard[who].append(one)
            self._judge_message(one)
        self._judged_shown = len(shown)

    def _judge_message(self, shown: Shown) -> None:
        at = datetime.fromtimestamp(shown.time, tz=UTC)
        if (
            shown.group_id is not None
            and shown.group_id != STAFF_GROUP
            and (found := _PERSONAL.search(shown.text))
        ):
            self.h.wrong("personal in a group", f"{found[0]}：{shown.text[:200]}")
        if shown.group_id is not None and shown.group_id != STAFF_GROUP and shown.file is not None:
            self.h.wrong("a file in a group", shown.filename)
        # An answer in a group names nobody; what was asked may have come minutes late.
        heard_by_staff = {shown.user_id, *shown.at} & self._staff() or any(
            timedelta(0) <= at - asked < timedelta(minutes=15)
            for asked in self._staff_asked[shown.group_id or 0]
        )
        if shown.group_id != STAFF_GROUP and self._in_pause(at) and not heard_by_staff:
            self.h.wrong("said while stopped", f"{shown.group_id} {shown.user_id}：{shown.text[:200]}")
        before = self._said[(shown.group_id, shown.user_id, shown.text)]
        before.append(at)
        window = at - timedelta(minutes=30)
        often = sum(one > window for one in before)
        asked = sum(
            # What was asked may have come minutes late.
            window - timedelta(minutes=15) < one < at + MOMENT
            for one in self._asked_at[shown.user_id or shown.group_id or 0]
        )
        # By a clock that was set back, the same hour comes twice.
        again = any(window < one < at + MOMENT for one in self._clock_set)
        # Of each group that bears the name.
        bear = Counter(group.name for group in self.h.world.groups.values())
        alike = max((bear[name] for name in re.findall("「(.+?)」", shown.text)), default=1)
        if often > max(1, asked, alike) + again and not self._stands_in(shown):
            self.h.wrong("said twice", f"{shown.group_id} {shown.user_id}：{shown.text[:200]}")
        news = _NEWS.match(shown.text)
        if news and self._settled_before(news[news.lastgroup or 0], at - 5 * MOMENT):
            self.h.wrong("news of what is settled", f"{shown.group_id} {shown.user_id}：{shown.text[:200]}")

    def _settled_before(self, item: str, at: datetime) -> bool:
        if any(abs(at - one) < timedelta(days=2) for one in self._clock_set):
            return False
        asked = f"select settled_at from {_KEPT[item[0]]} where id = ? and settled_at is not null"
        return any(moment(told) < at for (told,) in self.rows(asked, int(item[1:])))

    def _stands_in(self, shown: Shown) -> bool:
        """Tell whether it was said in a group for want of a private message: of each thing, that there is one."""
        lately = takewhile(lambda call: call.time > shown.time - 60, reversed(self.h.world.calls))
        return shown.group_id is not None and any(
            call.time <= shown.time
            and call.params.get("user_id") in shown.at
            and (call.answer or {}).get("status") == "failed"
            for call in lately
        )

    def _in_pause(self, at: datetime) -> bool:
        now = [(self._paused_at + MOMENT, self.h.now())] if self._paused_at is not None else []
        return any(since < at < until for since, until in (*self._pauses, *now))

    def _staff(self) -> set[int]:
        """Return who gets answers even while everything is stopped."""
        granted = [self.h.company.people[no] for no in self.granted() if no in self.h.company.people]
        return {BOSS, *(qq for person in granted for qq in (person.qq, *person.now.qqs))}
