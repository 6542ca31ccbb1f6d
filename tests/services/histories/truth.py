"""What the bot does in the random histories, held against what is true meanwhile."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from db.queries.work.outbox import OutboxRow
from db.tables.cases import cases, penalties
from regulation.model import Role
from services.acts import ActKind
from services.cases import enforcing
from services.groups.unknown import unknown_groups
from tests.company import BOT, OTHER
from tests.services.cases.living import send
from tests.services.histories import joins
from tests.services.histories.company import AMOUNTS, CLOCK, GROUPS, MARKET, SPANS, STRANGERS, UNFILED, Person


class Truth(joins.Joins):
    """Properties of a history."""

    lost: set[int]
    offices: dict[int, list[tuple[datetime, int, frozenset[int]]]]
    since: dict[tuple[int, int], datetime]
    removed: list[str]
    fined: set[int]
    codes: list[str]
    said: list[tuple[OutboxRow, datetime]]

    def note(self) -> None:
        now = self.clock.now()
        for group_id, listed in self.qq.lists.items():
            owner = next(m.user_id for m in listed if m.role is Role.OWNER)
            admins = frozenset(m.user_id for m in listed if m.role is Role.ADMIN)
            self.offices[group_id].append((now, owner, admins))
            here = {(group_id, m.user_id) for m in listed}
            self.since = {k: t for k, t in self.since.items() if k in here or k[0] != group_id}
            self.since |= {key: now for key in here if key not in self.since}

    async def look(self) -> None:
        self.qq.down = self.chance.random() < 0.2
        everybody = [*self.people, *STRANGERS]
        self.qq.deaf = {who for who in everybody if self.chance.random() < 0.25}
        here = [g for g in GROUPS if g not in self.lost]
        await enforcing.run(self.app, here)
        await self.every_group_is_judged_or_unknown(here)
        await self.nobody_is_fined_wrongly()
        await self.no_money_is_lost()
        if not self.paused:
            await send(self.app, self.qq, self.before)

    def before(self, row: OutboxRow) -> None:
        """Look at what is about to be done, with nothing but the truth."""
        if row.kind is ActKind.REMOVE:
            assert not self.paused
            assert self.appealing.isdisjoint(row.case_ids)
            self.may_be_removed(row.group_id or 0, row.user_id or 0)
        if row.kind is ActKind.ANSWER_REQUEST:
            self.before_answer(row)
        purpose = row.payload.get("purpose")
        if purpose in CLOCK and (row.kind is ActKind.SEND_GROUP or row.user_id not in self.qq.deaf):
            self.said.append((row, self.clock.now()))

    def in_scope(self, group_id: int, person: Person) -> bool:
        return group_id == OTHER or MARKET in (person.department, person.old)

    def may_be_removed(self, group_id: int, who: int) -> None:
        """Tell what somebody with registry, filing and history before them would say."""
        member = next(m for m in self.qq.lists[group_id] if m.user_id == who)
        right = next(m.role for m in self.qq.lists[group_id] if m.user_id == BOT)
        assert group_id != UNFILED
        assert member.role is Role.MEMBER
        assert right is Role.ADMIN
        assert who not in self.contested
        person = self.known(who)
        self.removed.append("stranger" if person is None else "departed" if person.left else "place")
        if person is not None and person.left:
            return
        whole = timedelta(days=3)
        if person is None or (person.trainee and (group_id, person.no) not in self.consents):
            assert self.clock.now() - self.since[group_id, who] >= whole
            return
        assert not self.in_scope(group_id, person), "a colleague who belongs there"

    def led(self, group_id: int, moment: datetime) -> tuple[int, frozenset[int]]:
        """Return who really was owner and admins at a moment."""
        _, owner, admins = [one for one in self.offices[group_id] if one[0] <= moment][-1]
        return owner, admins

    async def nobody_is_fined_wrongly(self) -> None:
        wanted = select(penalties, cases.c.user_id, cases.c.opened_at).join(
            cases, cases.c.id == penalties.c.case_id
        )
        async with self.app.database.reading() as tx:
            found = [row for row in (await tx.execute(wanted)).mappings() if row["id"] not in self.fined]
        for fine in found:
            self.fined.add(fine["id"])
            assert fine["case_id"] not in self.appealing
            self.codes.append(fine["code"])
            self.is_fair(
                fine["code"], fine["case_id"], fine["liable_user_id"], fine["user_id"], fine["group_id"]
            )
            assert fine["amount"] == Decimal(AMOUNTS[fine["code"]])

    def is_fair(self, code: str, case_id: int, liable: int, about: int | None, group_id: int) -> None:
        told = [
            at
            for row, at in self.said
            if case_id in row.case_ids
            and liable in (row.user_id, about if row.kind is ActKind.SEND_GROUP else 0)
        ]
        assert told, "nobody told them"
        day = told[0].replace(hour=0, minute=0)
        due = day + timedelta(days=SPANS[code] + 1)
        assert self.clock.now() >= due, "not a whole span"
        owner, admins = self.led(group_id, due)
        assert liable != BOT
        assert liable in {"L1": {owner, *admins}, "C1": {about}}.get(code, {owner})
        if code == "L1":
            assert about != liable
            assert about is not None
            assert self.people[about].left

    async def every_group_is_judged_or_unknown(self, here: list[int]) -> None:
        async with self.app.database.reading() as tx:
            unknown = set(await unknown_groups(self.app, tx))
        assert unknown == ({*here} if self.qq.down else set()) | self.lost
