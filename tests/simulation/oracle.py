"""What must hold, told from what truly happened: it shares no code with the bot, and believes nothing it says.

Where the bot had a moment to hear of something, it is judged by everything it may have taken for true in
the last minute; beyond that, by what it had been told.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulator.onebot.actions.requests import newest
from simulator.qq.model import Happened, Request
from tests.simulation.books import MOMENT, WAIVED, stamp
from tests.simulation.company import BOSS, BOTS, STAFF_GROUP, Club, Facts, Person, Roster
from tests.simulation.words import Words

if TYPE_CHECKING:
    from tests.simulation.history import History

# How long what is clear may take, the bot being up all the while.
TO_LET_IN, TO_REMOVE, TO_CLOSE = timedelta(minutes=10), timedelta(hours=6), timedelta(hours=30)
START_OF_TIME = datetime.min.replace(tzinfo=UTC)
_ACTS = ("kicked", "card_changed", "request_settled")


class Oracle(Words):
    """Watches one history. `consented`: (group, QQ) that a person agreed to."""

    def __init__(self, history: "History") -> None:
        super().__init__(history)
        self.role_changed = datetime.min.replace(tzinfo=UTC)
        self.confirmed: set[tuple[int, int]] = set()
        self._applied_before: Any = None
        self._roster = Roster(history.now(), False, None)
        # Those that were applied.
        self._rosters: dict[int, Roster] = {}
        self.consented: set[tuple[int, int]] = set()
        self.waiting: list[Request] = []
        self.kicks: list[Happened] = []

    # -- what it knows of the bot's books ----------------------------------------------------------

    def has_heard(self, person: Person) -> bool:
        """Tell whether the bot has written down what it was just told of somebody."""
        facts = person.known()
        row = self.row("select department, departed_on from employees where employee_no = ?", person.no)
        if facts is None or row is None:
            return False
        open_moves = self.rows(
            "select id from transfers where employee_no = ? and handover_on is null", person.no
        )
        departed = facts.departed.isoformat() if facts.departed else None
        return (self.h.company.called(row[0]), row[1]) == (facts.department, departed) and bool(
            open_moves
        ) == (facts.leaving is not None)

    def batch_is_right(self, number: int) -> bool:
        """Tell whether everybody in a withheld batch has truly gone, or truly doesn't belong."""
        (text,) = self.row("select removals from removal_batches where id = ?", number)
        return all(not self._belongs_truly(one["group_id"], one["user_id"]) for one in json.loads(text))

    # -- what is told to it ---------------------------------------------------------------------

    def role_of_bot(self) -> None:
        """The bot became an admin of a group, or is one no more: what it could do there begins anew."""
        self.role_changed = self.h.now()

    def batch_agreed(self, number: int) -> None:
        """Staff confirm a withheld batch."""
        (text,) = self.row("select removals from removal_batches where id = ?", number)
        self.confirmed |= {(one["group_id"], one["user_id"]) for one in json.loads(text)}

    def roster(self, rows: list[tuple[Person, Facts]]) -> None:
        """A roster is about to be applied: the bot may know it from now on."""
        now = self.h.now()
        whole = len(rows) > 0.9 * len(self.h.company.working(now.date()))
        self._roster = Roster(now, whole, self.h.company.roster_told)
        self._roster.tell(rows)
        self._applied_before = self._applied()

    def roster_settled(self) -> None:
        """It was applied, or it wasn't: then nothing was told."""
        applied = self._applied()
        if applied == self._applied_before:
            self.h.tell("（这份名册没有被采用）")
            self._roster.forget()
            return
        self._rosters[applied[0]] = self._roster
        # One of a few people says nothing of all the others.
        if self._roster.whole:
            self.fresh_from = self.fresh_from if self.fresh() else self.h.now()
            self.h.company.roster_told = self.h.now()

    def _applied(self) -> Any:
        return self.row(
            "select id from imports where kind = 'roster' and applied_no is not null order by applied_no desc"
        )

    def undo(self, number: int) -> Callable[[], None]:
        """A roster is about to be undone: what was known before is known again, and as old as it was.

        Returns what to do where it isn't.
        """
        roster = self._rosters[number]
        told, redo = self.h.company.roster_told, roster.undo(self.h.now())
        self.h.company.roster_told = roster.told_before

        def not_undone() -> None:
            self.h.company.roster_told = told
            redo()

        return not_undone

    def asked(self, request: Request) -> None:
        """Somebody asked to join; who gives the right proof is taken for that person, as by the table."""
        if (proved := self._proved(request)) is not None:
            self.proved.add((request.user_id, proved.no))
        self.waiting.append(request)

    # -- what truly happens ---------------------------------------------------------------------

    def saw(self, happened: Happened) -> None:
        """Judge one thing that truly happened in QQ."""
        self.note(happened)
        key = (happened.group_id or 0, happened.user_id)
        if happened.operator_id in BOTS and happened.kind in _ACTS and self._stands_still():
            self.h.wrong("acted while stopped", f"{happened.kind} {key}")
        if happened.kind in ("joined", "pulled_in"):
            self.entered[key] = self.h.now()
        elif happened.kind == "kicked" and happened.operator_id in BOTS:
            self.kicks.append(happened)
            self._judge_kick(*key)
        elif (
            happened.kind == "request_settled"
            and happened.operator_id in BOTS
            and happened.request is not None
        ):
            self._judge_answer(happened.request)

    def _person(self, qq: int) -> tuple[Person | None, list[Facts]]:
        """Return whose QQ the bot may take this for, and all it may know of them."""
        return self._known_as(self.row("select employee_no from identities where user_id = ?", qq))

    def _known_as(self, bound: Any) -> tuple[Person | None, list[Facts]]:
        person = self.h.company.people.get(bound[0]) if bound else None
        return person, [] if person is None else person.known_since(self.h.now() - MOMENT)

    def _belongs_truly(self, group_id: int, qq: int) -> bool:
        person, club = self.h.company.by_qq(qq), self.h.company.clubs.get(group_id)
        return person is not None and club is not None and club.entitled(person.now, self.h.now().date())

    def _judge_kick(self, group_id: int, qq: int) -> None:
        club, (person, known) = self.h.company.clubs.get(group_id), self._person(qq)
        group = self.h.world.groups[group_id]
        who = f"QQ {qq}（{person.no if person else '没有身份'}）被移出 {group_id}"
        if group_id == STAFF_GROUP:
            club = Club(group_id, "", (), BOSS)
        if club is None or not self._filed(club):
            self.h.wrong("removed from a group not filed", who)
            return
        if qq in {BOSS, *BOTS}:
            self.h.wrong("removed who is never removed", who)
        today = self.h.now().date()
        consent = self._consents(club, person)
        if person is not None and known and all(club.entitled(f, today, consent=consent) for f in known):
            self.h.wrong("removed who belongs", who)
        lately = [
            k for k in self.kicks
            if self.h.now().timestamp() - k.time < 3600 and (k.group_id, k.user_id) not in self.confirmed
        ]  # fmt: skip
        here = [k for k in lately if k.group_id == group_id]
        size = len(group.members) + len(here)
        if self._is_kept_from(group_id):
            self.h.wrong("acted where it must not", who)
        self._judge_reasons(club, qq, known, who)
        if len(here) > max(max(p.safety.max_removals for _, p in self.h.policies[-2:]), 0.2 * size):
            self.h.wrong("brake", f"{len(here)} 人在一小时内被移出 {group_id}（{size} 人）")
        if len(lately) > 30:
            self.h.wrong("brake", f"一小时内移出 {len(lately)} 人")

    def _judge_reasons(self, club: Club, qq: int, known: list[Facts], who: str) -> None:
        """Nobody is removed for what was waived, nor while they object."""
        today, now = self.h.now().date(), stamp(self.h.now())
        codes = {"M1", "D1"} if not known else set()
        for facts in known:
            if facts.gone(today):
                codes |= {"L1"}
                continue
            if not any(club.covers(one) for one in facts.departments()):
                codes |= {"T1", "M2"}
            if facts.on_probation(today):
                codes |= {"M3"}
        waived = self.rows(
            f"select code from waivers w where {WAIVED} and coalesce(group_id, ?) = ? and until > ? and made_at < ?"
            " and ended_at is null", qq, qq, club.group_id, club.group_id, now, stamp(self.h.now() - MOMENT),
        )  # fmt: skip
        if codes and codes <= {code for (code,) in waived}:
            self.h.wrong("removed in spite of a waiver", f"{who} {codes}")
        objected = self.rows(
            "select c.code from appeals a join cases c on c.id = a.case_id where a.state = 'waiting' and c.group_id = ?"
            " and c.user_id = ? and c.closed_at is null and a.made_at < ?",
            club.group_id, qq, stamp(self.h.now() - MOMENT),
        )  # fmt: skip
        held = self.rows(
            "select code from cases where group_id = ? and user_id = ? and closed_at is null",
            club.group_id,
            qq,
        )
        held_against = codes & {code for (code,) in held}
        if held_against and held_against <= {code for (code,) in objected}:
            self.h.wrong("removed in spite of an appeal", f"{who} {codes}")

    def _filed(self, club: Club) -> bool:
        if not club.filed:
            club.filed = (
                self.row("select 1 from filings where group_id = ? and state = 'approved'", club.group_id)
                is not None
            )
        return club.filed

    def _is_kept_from(self, group_id: int) -> bool:
        """Tell whether the bot is paused, or its mode forbids it to act in a group."""
        row = self.row("select mode from groups where group_id = ?", group_id)
        return self.is_paused() or (row is not None and row[0] not in (None, "执行"))

    def _consents(self, club: Club, person: Person | None) -> bool:
        if person is None:
            return False
        return bool(self.row(
            "select 1 from early_admissions where employee_no = ? and group_id = ? and state = 'consented'",
            person.no, club.group_id,
        ))  # fmt: skip

    def _judge_answer(self, request: Request) -> None:
        key = (request.group_id, request.user_id)
        if request.verdict != "approve" or request.sub_type != "add" or key in self.consented:
            return
        club = self.h.company.clubs.get(request.group_id)
        person, known = self._person(request.user_id)
        proof = self._proved(request)
        if person is None and proof is not None:
            person, known = proof, proof.known_since(self.h.now() - MOMENT)
        today, who = self.h.now().date(), f"QQ {request.user_id} 进 {request.group_id}（{request.comment!r}）"
        consent = club is not None and self._consents(club, person)
        if club is None or not self._filed(club):
            self.h.wrong("let into a group not filed", who)
        elif person is None:
            self.h.wrong("let in without a name", who)
        elif not any(club.entitled(facts, today, consent=consent) for facts in known):
            self.h.wrong("let in without right", who)
        elif not (
            self._has_proved(request.user_id, person)
            or any(request.user_id in facts.qqs for _, facts in person.told)
        ):
            self.h.wrong("let in without proof", who)

    # -- once a day -----------------------------------------------------------------------------

    def judge(self) -> None:
        """Look at everything."""
        self._judge_shown()
        self.judge_books()
        self.judge_acts()
        if not self._clock_wrong:
            self.judge_duties()
        if self.up_since is None:
            return
        self._judge_waiting()
        if self.h.now() - self.up_since > TO_REMOVE and self.fresh():
            self._judge_members()

    def _judge_waiting(self) -> None:
        """Nobody who has the right is kept out for longer than some minutes of the bot being up."""
        still: list[Request] = []
        for request in self.waiting:
            if request.verdict is not None or request.group_id not in self.h.world.groups:
                continue
            still.append(request)
            asked = datetime.fromtimestamp(request.raised_at, tz=UTC)
            since = max(
                asked, self.up_since or self.h.now(), self.role_changed,
                self.h.faults.last.get("set_group_add_request", START_OF_TIME) + timedelta(hours=1),
            )  # fmt: skip
            if self.h.now() - since < TO_LET_IN or not self.fresh():
                continue
            club = self.h.company.clubs.get(request.group_id)
            if club is None or self._left_to_people(request) or self._is_hidden(request, asked):
                continue
            person, _ = self._person(request.user_id)
            # Who is held when they ask waits for people, whatever is heard of them later.
            judged = asked if self._is_held(request) else since
            known = [] if person is None else person.known_since(judged)
            day = self.h.now().date()
            if person is not None and known and all(
                club.entitled(f, d) for f in known for d in (day, judged.date())
            ) and self._manages(club) and self.once("waiting", request.sequence):  # fmt: skip
                self.h.wrong(
                    "kept out",
                    f"QQ {request.user_id}（{person.no}）{request.group_id} 自 {since:%m-%d %H:%M}",
                )
        self.waiting = still

    def _left_to_people(self, request: Request) -> bool:
        """Tell whether QQ heeded no answer: it stands in the inbox since, or passes for answered.

        Lagrange's list doesn't tell what is settled: there its word is all there is.
        """
        struck = self.h.faults.last.get("set_group_add_request", START_OF_TIME)
        answered = self.row(
            "select 1 from join_requests where group_id = ? and user_id = ? and state = 'answered' and asked_at > ?",
            request.group_id,
            request.user_id,
            stamp(datetime.fromtimestamp(request.raised_at, tz=UTC) - MOMENT),
        )
        return struck.timestamp() >= int(request.raised_at) and (
            self._is_held(request) or answered is not None
        )

    def _is_hidden(self, request: Request, asked: datetime) -> bool:
        """Tell whether the bot can't know of it: it was no officer then, and QQ lists its newest notices only."""
        if self.led_by_bot(request.group_id, asked) or self._is_held(request):
            return False
        account = self.h.account
        return all(request is not listed.request for listed in newest(account, account.profile.listed))

    def _is_held(self, request: Request) -> bool:
        """Tell whether it stands in the inbox."""
        waiting = self.row(
            "select 1 from join_requests where group_id = ? and user_id = ? and state = 'waiting'",
            request.group_id,
            request.user_id,
        )
        return waiting is not None

    def _manages(self, club: Club) -> bool:
        group = self.h.world.groups.get(club.group_id)
        return (
            self._filed(club)
            and group is not None
            and any(group.manages(one) for one in BOTS & group.members.keys())
            and not self._is_kept_from(club.group_id)
        )

    def _judge_members(self) -> None:
        """Everybody is out who could be, and every case is true."""
        if self.h.now() - self.h.faults.last.get("set_group_kick", START_OF_TIME) < TO_CLOSE:
            # QQ heeded no removal, or didn't say so: it is tried again hours later.
            return
        day = self.h.now().date()
        asked = self._withheld()
        bound = {qq: (no,) for qq, no in self.rows("select user_id, employee_no from identities")}
        for club in self.h.company.clubs.values():
            if not self._manages(club) or not self.led_by_bot(club.group_id, self.h.now() - TO_CLOSE):
                continue
            for member in self.h.world.groups[club.group_id].members.values():
                person, _ = self._known_as(bound.get(member.user_id))
                if member.role != "member" or person is None or (club.group_id, member.user_id) in asked:
                    continue
                since = max(
                    self.h.now() - TO_CLOSE,
                    self.entered.get((club.group_id, member.user_id), self.h.now() - TO_CLOSE),
                )
                known = person.known_since(since)
                out = known and all(f.gone(since.date()) for f in known)
                if (
                    out
                    # Whoever held an office until a moment ago is a plain member only since then.
                    and not self.held(club.group_id, member.user_id, self.h.now() - TO_CLOSE)
                    and self.h.now() - since > TO_REMOVE
                    and not self._is_let_off(club.group_id, member.user_id, "L1")
                    and self.once("still there", club.group_id, member.user_id, day)
                ):
                    self.h.wrong("still there", f"{person.now.name}（{person.no}）在 {club.group_id}")

    def _is_let_off(self, group_id: int, qq: int, code: str) -> bool:
        """Tell whether people have said that somebody may stay, or are still to decide what they object to."""
        waived = self.row(
            f"select 1 from waivers w where {WAIVED} and code = ? and coalesce(group_id, ?) = ? and until > ?"
            " and ended_at is null", qq, qq, code, group_id, group_id, stamp(self.h.now() - MOMENT),
        )  # fmt: skip
        newest = self.row(
            "select id, closed_as from cases where group_id = ? and user_id = ? and code = ?"
            " order by id desc limit 1", group_id, qq, code,
        )  # fmt: skip
        if waived is not None or newest is None:
            return waived is not None
        objected = self.row("select 1 from appeals where case_id = ? and state = 'waiting'", newest[0])
        return newest[1] in ("waived", "dismissed") or objected is not None

    def _withheld(self) -> set[tuple[int, int]]:
        # What staff said no to, or nobody answered, rests until the night after the next.
        found = self.rows(
            "select removals from removal_batches where state = 'waiting' or state <> 'replaced' and settled_at > ?",
            stamp(self.h.now() - 2 * TO_CLOSE),
        )
        return {(one["group_id"], one["user_id"]) for (text,) in found for one in json.loads(text)}

    def end(self) -> None:
        """Judge the whole when it is over."""
        self.judge()
        done = {
            (group_id, user_id)
            for group_id, user_id in self.rows("select group_id, user_id from outbox where kind = 'remove' and acted_at is not null")
        }  # fmt: skip
        for kick in self.kicks:
            if (kick.group_id, kick.user_id) not in done:
                self.h.wrong("an act without a record", f"{kick.group_id} {kick.user_id}")
