"""What must hold of the bot's own books: cases, fines, registry, inbox, spot checks, figures, counted by hand."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.qq.model import Request, Shown
from tests.simulation.company import BOTS, STAFF_GROUP, Person

if TYPE_CHECKING:
    from tests.simulation.history import History

MOMENT = timedelta(seconds=60)
# A waiver `w` is that of whoever has a QQ (given twice), or the QQ's own while it is nobody's.
WAIVED = (
    "(w.employee_no in (select employee_no from identities where user_id = ?) or w.user_id = ?"
    " and not exists (select 1 from identities h where h.user_id = w.user_id))"
)
# By the paper: 元, and the days that whoever is liable has from the notice that reached them.
FINES = {"F1": 50, "F3": 50, "C1": 10, "L1": 20, "T1": 10, "D2": 20}
SPANS = {"L1": 3, "T1": 1, "C1": 3, "F1": 3, "F3": 3, "D2": 7}
OUT_OF_INBOX, READ_AFTER = timedelta(hours=30), timedelta(hours=6)
STALE_AFTER = timedelta(days=45)


def moment(text: str) -> datetime:
    """Return a time as the database writes it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stamp(at: datetime) -> str:
    """Return a time as the database holds it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class Books:
    """Reads the bot's database as anybody could; `h` is the history, `up_since` since when it can work."""

    def __init__(self, history: "History") -> None:
        self.h = history
        self._books = history.books()
        self.up_since: datetime | None = None
        self.fresh_from = datetime.min.replace(tzinfo=UTC)
        self.entered: dict[tuple[int, int], datetime] = {}
        self.proved: set[tuple[int, str]] = set()
        # Since when the bot's clock was wrong by how much.
        self.clock_terms = [(datetime.min.replace(tzinfo=UTC), timedelta())]
        self._known_wrong: set[tuple[Any, ...]] = set()
        # What was shown to whom: in private, or in a group by name.
        self.heard: dict[int, list[Shown]] = defaultdict(list)
        self._judged_penalty = 0
        self._judged_until = datetime.min.replace(tzinfo=UTC)

    def fresh(self) -> bool:
        """Tell whether all of the company was listed lately enough to be judged by."""
        told = self.h.company.roster_told
        return told is not None and self.h.now() - told < STALE_AFTER

    def read_badly(self, since: datetime | None = None) -> bool:
        """Tell whether a list went wrong since then; the longest that the inbox may lag, where not given."""
        since = since or self.h.now() - OUT_OF_INBOX
        return any(at > since for action, at in self.h.faults.last.items() if action.startswith("get_group"))

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Return what a statement finds."""
        return self._books.rows(statement, values)

    def row(self, statement: str, *values: Any) -> Any:
        """Return the first row, or None."""
        return next(iter(self.rows(statement, *values)), None)

    def close(self) -> None:
        """Close the books."""
        self._books.close()

    def truly(self, text: str, *, latest: bool = False) -> datetime:
        """Return when it really was, of a time that the bot wrote down by its clock.

        `latest`: the last of the times that it can have been, where the clock was set back over it.
        """
        told, ends = moment(text), [since for since, _ in self.clock_terms[1:]]
        terms = zip(self.clock_terms, [*ends, self.h.now()], strict=True)
        can_be = [told - wrong for (since, wrong), end in terms if since <= told - wrong < end] or [told]
        return can_be[-1 if latest else 0]

    def once(self, *what: Any) -> bool:
        """Tell whether this is said for the first time."""
        new = what not in self._known_wrong
        self._known_wrong.add(what)
        return new

    def wrong(self, kind: str, line: str, *key: Any) -> None:
        """Note what should not be, once a key."""
        if self.once(kind, *(key or (line,))):
            self.h.wrong(kind, line)

    # -- once a day -----------------------------------------------------------------------------

    def judge_books(self) -> None:
        """Look through all of them."""
        self._judge_identities()
        self._judge_penalties()
        self._judge_closures()
        self._judge_registry()
        self._judge_inbox()

    def _judge_identities(self) -> None:
        for qq, no in self.rows("select user_id, employee_no from identities"):
            person = self.h.company.people.get(no)
            # What HR once wrote down counts: whose it truly is, nobody but staff can tell.
            said = () if person is None else (q for _, facts in person.told for q in facts.qqs)
            if person is None or (
                qq not in (person.qq, *person.now.qqs, *said) and not self._has_proved(qq, person)
            ):
                self.wrong("a false identity", f"QQ {qq} ↔ {no}")

    def _has_proved(self, qq: int, person: Person) -> bool:
        """Tell whether a QQ has proved to be somebody's: heard, maybe, when the registry knew them."""
        return (qq, person.no) in self.proved or any(
            r.user_id == qq and self._proved(r) is person for r in self.h.world.requests.values()
        )

    def _proved(self, request: Request) -> Person | None:
        """Return whom the comment of a request truly proves to be."""
        words = set(re.split(r"[\s：]+", request.comment))
        for person in self.h.company.people.values():
            facts = person.known()
            if facts is not None and {facts.name, person.no, facts.digits} <= words:
                return person
        return None

    def _judge_penalties(self) -> None:
        """No fine for what was none, nor before somebody was told and had the whole span; one a breach."""
        for number, code, group_id, liable, at, case_id, amount in self.rows(
            "select id, code, group_id, liable_user_id, proposed_at, case_id, amount from penalties where id > ?",
            self._judged_penalty,
        ):
            self._judged_penalty = max(self._judged_penalty, number)
            what, proposed = f"P{number} {code} {group_id} QQ {liable}", moment(at)
            (opened,) = self.row("select opened_at from cases where id = ?", case_id)
            begun = self.truly(opened).timestamp() - 60
            told = [shown.time for shown in self.heard[liable] if shown.time >= begun]
            # 24:00 of the day on which the span ends: never sooner than the span itself.
            if not told or proposed - datetime.fromtimestamp(min(told), tz=UTC) < timedelta(days=SPANS[code]):
                self.wrong("fined too early", what)
            if told:
                self.judge_liable(
                    what, code, case_id, liable, datetime.fromtimestamp(min(told), tz=UTC), proposed
                )
            if Decimal(str(amount)) != self._fine(code, proposed):
                self.wrong("fined another sum", f"{what}：{amount}")
            if liable in BOTS:
                self.wrong("fined the bot", what)
            if (
                self.row(
                    "select count(*) from penalties where case_id = ? and liable_user_id = ?", case_id, liable
                )[0]
                > 1
            ):
                self.wrong("fined twice", what)

    def _fine(self, code: str, at: datetime) -> Decimal:
        """Return what a breach costs by the policy that held then."""
        return next(
            (p.fines[code] for since, p in reversed(self.h.policies) if since <= at), Decimal(FINES[code])
        )

    def judge_liable(
        self, what: str, code: str, case_id: int, liable: int, told: datetime, at: datetime
    ) -> None:
        """Nobody is fined who does not answer for it; see `duties`."""

    def _judge_closures(self) -> None:
        """Who is said to have left, or to have been removed, is out."""
        since, self._judged_until = self._judged_until, self.h.now()
        for case_id, group_id, qq, closed, how in self.rows(
            "select id, group_id, user_id, closed_at, closed_as from cases"
            " where closed_as in ('left', 'removed') and closed_at > ? and user_id is not null",
            stamp(since) if since.year > 1 else "0001-01-01",
        ):
            group = self.h.world.groups.get(group_id)
            inside = group is not None and qq in group.members
            entered = self.entered.get((group_id, qq))
            if inside and (entered is None or entered < self.truly(closed) - MOMENT):
                self.wrong("said to be out", f"V{case_id} QQ {qq} {group_id} {how}")

    def _judge_registry(self) -> None:
        """The registry says what it was told, and nothing else."""
        if self.h.clock.wrong:
            return
        for no, name, department, departed in self.rows(
            "select employee_no, name, department, departed_on from employees"
        ):
            person = self.h.company.people.get(no)
            known = None if person is None else person.known_since(self.h.now() - MOMENT)
            if not known:
                self.wrong("an employee nobody told of", no)
            elif all(
                (f.name, f.department, f.departed.isoformat() if f.departed else None)
                != (name, self.h.company.called(department), departed)
                for f in known
            ):
                told = known[-1]
                self.wrong("registry", f"{no}：{name} {department} {departed}，告诉的是 {told}", no, told)

    def _judge_inbox(self) -> None:
        """What is settled isn't in the inbox."""
        # Whoever comes back to work reads every group.
        if self.up_since is None or self.h.now() - self.up_since < READ_AFTER or self.read_badly():
            return
        for number, group_id, qq in self.rows(
            "select id, group_id, user_id from join_requests where state = 'waiting'"
        ):
            group, entered = self.h.world.groups.get(group_id), self.entered.get((group_id, qq))
            if (
                group is not None
                and qq in group.members
                and entered
                and self.h.now() - entered > OUT_OF_INBOX
            ):
                self.wrong("an inbox of settled things", f"J{number} QQ {qq} 早已在 {group_id}")

    # -- once a month ---------------------------------------------------------------------------

    def judge_month(self, month: str, start: datetime, end: datetime, answer: str) -> None:
        """Compare the summary's figures with a count by hand, and look whether every group was inspected."""
        between = (stamp(start), stamp(end))
        real = "from cases where (closed_as is null or closed_as <> 'dismissed')"
        counted = (
            self.row(f"select count(*) {real} and opened_at >= ? and opened_at < ?", *between)[0],
            self.row(
                f"select count(*) {real} and closed_at >= ? and closed_at < ?"
                " and closed_as in ('cured', 'removed', 'corrected', 'left', 'dissolved')", *between
            )[0],
            self.row(f"select count(*) {real} and overdue_at >= ? and overdue_at < ?", *between)[0],
            self.row(f"select count(*) {real} and opened_at < ? and (closed_at is null or closed_at >= ?)", between[1], between[1])[0],
        )  # fmt: skip
        told = re.search(r"新增 (\d+)，改正 (\d+)，逾期 (\d+)，仍未结 (\d+)", answer)
        if told and tuple(map(int, told.groups())) != counted:
            self.wrong("figures", f"{month}：{told[0]}，数得 {counted}")
        for (group_id,) in self.rows(
            "select group_id from filings where state = 'approved' and approved_at < ?", between[0]
        ):
            done = self.row(
                "select count(*) from spot_checks where group_id = ? and month = ? and done_at is not null",
                group_id,
                month,
            )[0]
            if not done and group_id in self.h.world.groups and group_id != STAFF_GROUP:
                self.wrong("not inspected", f"{group_id} {month}")
