"""What must hold of the cases: each duty that a look at QQ decides, judged by hand; who may be fined; what was done.

A group is judged when nothing about it, its people or their heads has changed for longer than a nightly audit takes
to come round: then the open cases must be those that the paper says, no more and no fewer.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from simulator.qq.model import Happened
from tests.simulation.books import MOMENT, SPANS, WAIVED, Books, moment, stamp
from tests.simulation.company import BOTS, Club, Facts, Person

if TYPE_CHECKING:
    from simulator.qq.model import Group
    from tests.simulation.history import History

SETTLED = timedelta(hours=30)
# What is said in a group changes nothing about it; who asks to come in neither.
_NO_CHANGE = ("request_raised", "request_settled", "notice_posted")


class Duties(Books):
    """Judges groups and fines by what is true. `touched`: when something about a group last changed."""

    def __init__(self, history: "History") -> None:
        super().__init__(history)
        self.touched: dict[int, datetime] = {}
        self.offices: dict[int, list[tuple[datetime, int, frozenset[int]]]] = {}
        self._out: set[tuple[int, int]] = set()
        self._judged_act = 0

    def note(self, happened: Happened) -> None:
        """Note what happened in a group."""
        group_id = happened.group_id
        if group_id is None or happened.kind in _NO_CHANGE:
            return
        self.touched[group_id] = self.h.now()
        if happened.kind in ("kicked", "left"):
            self._out.add((group_id, happened.user_id))
        self.note_offices(group_id)

    def note_offices(self, group_id: int) -> None:
        """Note who holds an office in a group now."""
        group = self.h.world.groups.get(group_id)
        known = self.offices.setdefault(group_id, [])
        if group is not None:
            admins = frozenset(m.user_id for m in group.members.values() if m.role == "admin")
            if not known or known[-1][1:] != (group.owner_id, admins):
                known.append((self.h.now(), group.owner_id, admins))

    def held(
        self, group_id: int, qq: int, since: datetime, until: datetime | None = None, *, admins: bool = True
    ) -> bool:
        """Tell whether somebody held an office at some moment between two."""
        until = until or self.h.now()
        terms = self.offices.get(group_id, [])
        for n, (begun, owner, officers) in enumerate(terms):
            ended = terms[n + 1][0] if n + 1 < len(terms) else until
            if begun <= until and ended >= since and (qq == owner or (admins and qq in officers)):
                return True
        return False

    def led_by_bot(self, group_id: int, since: datetime) -> bool:
        """Tell whether the bot was an officer all the time: that it is one again, an event that is lost tells it."""
        terms = self.offices.get(group_id, [])
        ends = [*(begun for begun, _, _ in terms[1:]), self.h.now()]
        return all(
            BOTS & {owner, *admins}
            for (_, owner, admins), end in zip(terms, ends, strict=False)
            if end >= since
        )

    def judge_liable(
        self, what: str, code: str, case_id: int, liable: int, told: datetime, at: datetime
    ) -> None:
        """Nobody is fined who does not answer for it by the paper. `told`, `at`: first notice, proposal."""
        group_id, qq, no = self.row("select group_id, user_id, employee_no from cases where id = ?", case_id)
        if code == "C1":
            right = liable == qq
        elif code == "D2":
            filed = self.rows(
                "select coalesce(initiator_id, owner_id) from filings where group_id = ?", group_id
            )
            right = (liable,) in filed
        else:
            right = self.held(group_id, liable, told, at, admins=code == "L1")
        if code == "L1" and (person := self.h.company.by_qq(liable)) is not None and person.no == no:
            right = False
        if not right:
            self.wrong("fined who does not answer", what)

    # -- what was done --------------------------------------------------------------------------

    def judge_acts(self) -> None:
        """Whatever is on record as done was done."""
        for number, group_id, qq in self.rows(
            "select id, group_id, user_id from outbox where id > ? and state = 'done' and kind = 'remove'",
            self._judged_act,
        ):
            group = self.h.world.groups.get(group_id)
            if (group_id, qq) not in self._out and group is not None and qq in group.members:
                self.wrong("a record without an act", f"{group_id} QQ {qq}（{number}）", number)

    # -- duties ---------------------------------------------------------------------------------

    def judge_duties(self) -> None:
        """Compare the open cases of every settled group with the paper."""
        since = self.h.now() - SETTLED
        self._judge_waivers(since)
        if self.up_since is None or self.up_since > since or self.read_badly(since):
            return
        # By a registry that is too old the bot says nothing.
        if not self.fresh() or self.fresh_from > since:
            return
        self._bound = {
            qq: self.h.company.people.get(no)
            for qq, no in self.rows("select user_id, employee_no from identities")
        }
        for club in self.h.company.clubs.values():
            group = self.h.world.groups.get(club.group_id)
            if (
                group is None
                or not BOTS & group.members.keys()
                or self.touched.get(club.group_id, since) > since
            ):
                continue
            self._judge_group(club, group, since)
        self._judge_unfined(since)

    def _judge_unfined(self, since: datetime) -> None:
        """Whoever was told of a case, and answered for it all the time, is to be fined when the span is over."""
        for case_id, code, group_id, qq, opened, data in self.rows(
            "select c.id, c.code, c.group_id, c.user_id, c.opened_at, c.data from cases c join groups g on g.group_id = c.group_id"
            " where c.closed_at is null and not c.frozen and c.code in ('L1', 'F1', 'C1') and g.gone_at is null"
            " and g.unknown_because is null and g.audited_at > ? and coalesce(g.mode, '') <> '观察'"
            " and (c.code = 'F1' or exists (select 1 from filings f where f.group_id = c.group_id and f.state = 'approved'))"
            # Nobody is late while what they handed in is looked at, nor at once when it comes back.
            " and (c.code <> 'F1' or not exists (select 1 from filings f where f.group_id = c.group_id"
            " and (f.state in ('with_head', 'with_admin') or f.settled_at > ?)))",
            stamp(since), stamp(since - timedelta(days=SPANS["F1"] + 2)),
        ):  # fmt: skip
            group = self.h.world.groups.get(group_id)
            if group is None:
                continue
            liable = qq if code == "C1" else group.owner_id
            # What tells of it, and (but for a card, which is to be set right at once) by when.
            about, by_when = {
                "C1": ("名片", ""), "F1": (f"群「{re.escape(group.name)}」还没有备案", "前备案")
            }.get(code, (rf"V{case_id}(?!\d)", "24:00 前"))  # fmt: skip
            told = None
            for shown in self.heard[liable]:
                at = datetime.fromtimestamp(shown.time, tz=UTC)
                if (
                    at > self.truly(opened) - MOMENT
                    and shown.group_id in (group_id, None if code != "C1" else group_id)
                    and re.search(about, shown.text)
                    and by_when in shown.text
                ):
                    # Who is asked for another card by now was told of it when it was first named.
                    told = (told or at) if code != "C1" or json.loads(data)["right"] in shown.text else None
            if told is None or self.h.now() - told < timedelta(days=SPANS[code] + 2) + SETTLED:
                continue
            if liable in BOTS or not self._answers_since(group_id, liable, told, case_qq=qq, code=code):
                continue
            fined = self.rows(
                "select 1 from penalties p join cases c on c.id = p.case_id where p.code = ? and p.group_id = ?"
                " and p.liable_user_id = ? and c.user_id is ?", code, group_id, liable, qq,
            )  # fmt: skip
            if not fined:
                self.wrong(
                    "a fine nobody proposed",
                    f"V{case_id} {code} {group_id} QQ {liable}，{told:%m-%d %H:%M} 告知",
                )

    def _answers_since(
        self, group_id: int, liable: int, told: datetime, *, case_qq: int | None, code: str
    ) -> bool:
        person = self._bound.get(liable)
        if person is not None and any(f.departed is not None for f in person.known_since(told)):
            return False
        if code == "C1":
            return True
        terms = self.offices.get(group_id, [])
        ends = [*(begun for begun, _, _ in terms[1:]), self.h.now()]
        if case_qq is not None and self.held(group_id, case_qq, told):
            # Whoever has an office can't be removed: it is to be handed over first, and nobody is blamed.
            return False
        held = all(owner == liable for (_, owner, _), end in zip(terms, ends, strict=False) if end >= told)
        return held and liable != case_qq

    def judge_presence(self) -> None:
        """Nobody who is in a group is written down as gone: looked at after each list that was cut."""
        for group_id, qq, at in self.rows(
            "select group_id, user_id, gone_at from memberships where gone_at > ?",
            stamp(self.h.now() - timedelta(minutes=5)),
        ):
            group, entered = self.h.world.groups.get(group_id), self.entered.get((group_id, qq))
            if group is None or qq not in group.members or (entered and entered > moment(at) - MOMENT):
                continue
            if qq in BOTS and "get_group_list" in self.h.faults.last:
                # Where the bot itself is, two lists of groups in a row say.
                continue
            self.wrong("said to have gone", f"{group_id} QQ {qq}")

    def _judge_waivers(self, since: datetime) -> None:
        """Nothing is held against anybody who was let off it, in a group that was read since."""
        for group_id, qq, code, made_at, audited_at in self.rows(
            "select c.group_id, c.user_id, w.code, w.made_at, g.audited_at from waivers w"
            " left join identities i on i.employee_no = w.employee_no"
            " join cases c on c.user_id = coalesce(i.user_id, w.user_id) and c.code = w.code join groups g on g.group_id = c.group_id"
            " where c.closed_at is null and coalesce(w.group_id, c.group_id) = c.group_id and w.made_at < ?"
            " and (i.user_id is not null or not exists (select 1 from identities h where h.user_id = w.user_id))"
            " and w.until > ? and w.ended_at is null and g.audited_at > ? and g.unknown_because is null",
            stamp(since), stamp(self.h.now()), stamp(since),
        ):  # fmt: skip
            if self.truly(made_at, latest=True) < since < self.truly(audited_at):
                self.wrong("a case in spite of a waiver", f"{code} {group_id} {qq}")

    def _judge_group(self, club: Club, group: "Group", since: datetime) -> None:
        filed = self.row(
            "select name, owner_id, admin_ids, kind, ends_on, department, approved_at from filings"
            " where group_id = ? and state = 'approved'", club.group_id,
        )  # fmt: skip
        lately = self.row(
            "select 1 from filings where group_id = ? and (made_at > ? or settled_at > ? or approved_at > ?)",
            club.group_id, *[stamp(since)] * 3,
        )  # fmt: skip
        if lately is not None:
            return
        self._compare(club, "F1", filed is None)
        if filed is None:
            return
        name, owner, admins, kind, ends_on, department, _ = filed
        day = since.date()
        drifted = self._drifted(group, name, owner, admins, lambda qq: qq)
        # By another QQ number of theirs it is the same person, from whenever the bot was told so.
        if drifted == self._drifted(
            group, name, owner, admins, lambda qq: getattr(self._bound.get(qq), "no", qq)
        ):
            self._compare(club, "F2", drifted)
        discussion = kind == "讨论组"
        if discussion and ends_on is not None and date.fromisoformat(ends_on) != day:
            self._compare(club, "D2", date.fromisoformat(ends_on) < day, only_missing=True)
        if not discussion and self._people_settled(since):
            supervised = self._supervised(group, department, day)
            if supervised is not None:
                self._compare(club, "S1", not supervised)
        if not discussion:
            self._judge_cards(club, group, since)

    def _drifted(
        self,
        group: "Group",
        name: str | None,
        owner: int | None,
        admins: str | None,
        whose: Callable[[int], int | str],
    ) -> bool:
        out = {owner, group.owner_id, *BOTS}
        live = {m.user_id for m in group.members.values() if m.role == "admin"} - out
        said = json.loads(admins or "null")
        filed = None if said is None else set(said) - out
        plain = lambda text: "".join(text.split()).casefold()  # noqa: E731
        return (
            (name is not None and plain(name) != plain(group.name))
            or (owner is not None and whose(owner) != whose(group.owner_id))
            or (filed is not None and {*map(whose, filed)} != {*map(whose, live)})
        )

    def _people_settled(self, since: datetime) -> bool:
        return all(len(p.known_since(since)) <= 1 for p in self.h.company.people.values())

    def _supervised(self, group: "Group", department: str, day: date) -> bool | None:
        """Tell whether a head of the owner's department is an officer; None: nobody can say whose it is."""
        owner = self._bound.get(group.owner_id)
        department = department or (self._facts(owner).department if owner is not None else "")
        if not department:
            return None
        for member in group.members.values():
            person = self._bound.get(member.user_id)
            if member.role == "member" or person is None or not person.told:
                continue
            facts = self._facts(person)
            above = self.h.company.called(facts.department)
            mine = self.h.company.called(department)
            if facts.head and not facts.gone(day) and (mine + "/").startswith(above + "/"):
                return True
        return False

    def _facts(self, person: Person) -> Facts:
        return person.known() or person.now

    def _judge_cards(self, club: Club, group: "Group", since: datetime) -> None:
        """Everybody who belongs there has department and name on the card."""
        day = since.date()
        for member in group.members.values():
            person = self._bound.get(member.user_id)
            if member.user_id in BOTS or person is None or len(known := person.known_since(since)) != 1:
                continue
            facts = known[0]
            if not all(club.entitled(facts, one) for one in (day, self.h.now().date())):
                continue
            # The right one and what is surely wrong; what lies between, the bot's own tests decide.
            right = any(
                member.card == f"{part}-{facts.name}"
                for one in facts.departments() for part in self.h.company.called(one).split("/")
            )  # fmt: skip
            if right or facts.name not in member.card or "-" not in member.card:
                self._compare(club, "C1", not right, qq=member.user_id)

    def _compare(
        self, club: Club, code: str, expected: bool, *, qq: int | None = None, only_missing: bool = False
    ) -> None:
        where = "group_id = ? and code = ?" + ("" if qq is None else f" and user_id = {qq}")
        found = self.rows(f"select closed_at, closed_as from cases where {where}", club.group_id, code)
        open_ = any(closed is None for closed, _ in found)
        # What a person waived or dismissed stays quiet as long as it stays as it was.
        quiet = any(how in ("waived", "dismissed") for _, how in found) or self.row(
            f"select 1 from waivers w where code = ? and {WAIVED}", code, qq, qq
        )
        line = f"{code} {club.group_id} {qq or ''}"
        if expected and not open_ and not quiet:
            self.wrong("a breach nobody saw", line)
        if open_ and not expected and not only_missing:
            self.wrong("a case that isn't so", line)
