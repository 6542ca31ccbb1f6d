"""What people do in the random histories."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from db.tables.cases import cases, penalties
from regulation.model import Member, Role
from regulation.policy import DepartmentNames, Mode
from services.app import App
from services.cases.settling import appeals
from services.groups import modes
from services.imports import undoing
from services.imports.sources.pulling import pull
from services.people import registry, renaming, staff
from services.watching import members
from tests import company as co
from tests.company import BOT, OTHER, ROOT
from tests.services.cases.living import imported
from tests.services.histories import joins
from tests.services.histories.company import BUYERS, FRESH, GROUPS, MARKET, STRANGERS
from tests.services.imports.sources.conftest import Listed


class Doings(joins.Joins):
    """Happenings of a history; each keeps the truth beside what it has the services do."""

    names: dict[str, str]
    lost: set[int]
    fresh: list[int]
    verified: set[int]
    undoable: tuple[int, tuple[int, ...], datetime] | None

    def carded(self, member: Member) -> Member:
        person = self.people.get(member.user_id)
        right = f"{self.names.get(person.department, person.department)}-{person.name}" if person else ""
        return replace(member, card=right if self.chance.random() < 0.7 else "喵")

    def some(self) -> int:
        found = [qq for qq, p in self.people.items() if not p.left and qq != co.STAFF and qq in self.verified]
        here = {m.user_id for listed in self.qq.lists.values() for m in listed}
        return self.chance.choice([qq for qq in found if qq in here] or found)

    def group(self) -> int:
        return self.chance.choice([g for g in GROUPS if g not in self.lost])

    def place(self) -> list[Member]:
        return self.qq.lists[self.group()]

    def set_role(self, listed: list[Member], user_id: int, role: Role) -> None:
        listed[:] = [replace(m, role=role) if m.user_id == user_id else m for m in listed]

    async def depart(self) -> None:
        who = self.some()
        await staff.depart(self.app, self.people[who].no, by="terminal")
        self.people[who].left = True

    async def rehire(self) -> None:
        for person in self.people.values():
            if person.left and self.chance.random() < 0.5:
                await staff.rehire(self.app, person.no, by="terminal")
                person.left = False

    async def transfer(self) -> None:
        person = self.people[self.some()]
        if person.department in (MARKET, BUYERS) and person.old is None:
            to = BUYERS if person.department == MARKET else MARKET
            answer = await staff.transfer(self.app, person.no, self.names[to], by="terminal")
            assert answer.ok, answer.text
            person.old, person.department = person.department, to

    async def hand_over_work(self) -> None:
        for person in self.people.values():
            if person.old is not None and self.chance.random() < 0.7:
                await staff.complete_handover(self.app, person.no, by="terminal")
                person.old = None

    async def hand_over(self) -> None:
        if self.fresh:
            listed, new = self.place(), self.fresh.pop(0)
            owner = next(m.user_id for m in listed if m.role is Role.OWNER)
            self.set_role(listed, owner, Role.MEMBER)
            listed[:] = [m for m in listed if m.user_id != new]
            listed.append(self.carded(Member(new, role=Role.OWNER)))

    async def appoint(self) -> None:
        if self.fresh:
            listed, new = self.place(), self.fresh.pop(0)
            listed[:] = [m for m in listed if m.user_id != new]
            listed.append(self.carded(Member(new, role=Role.ADMIN)))

    async def dismiss(self) -> None:
        listed = self.place()
        admins = [m.user_id for m in listed if m.role is Role.ADMIN and m.user_id != BOT]
        if admins:
            self.set_role(listed, self.chance.choice(admins), Role.MEMBER)

    async def join(self) -> None:
        """Somebody is let in by a human, past the bot."""
        listed, who = self.place(), self.chance.choice([self.some(), self.some(), *STRANGERS])
        if who not in {m.user_id for m in listed} | set(FRESH):
            listed.append(self.carded(Member(who)))

    async def leave(self) -> None:
        listed = self.place()
        plain = [m for m in listed if m.role is Role.MEMBER and m.user_id != BOT]
        if plain:
            listed.remove(self.chance.choice(plain))

    async def change_mode(self) -> None:
        await modes.set_group_mode(self.app, self.group(), self.chance.choice(list(Mode)), by="terminal")

    async def change_right(self) -> None:
        self.set_role(self.place(), BOT, self.chance.choice([Role.ADMIN, Role.MEMBER]))

    async def pause(self) -> None:
        if self.paused:
            await modes.resume(self.app, by=str(ROOT))
        else:
            await modes.pause(self.app, by=str(ROOT))
        self.paused = not self.paused

    async def rename_group(self) -> None:
        self.qq.names[self.group()] = self.chance.choice(["项目群", "XY市场群", "市场部群"])

    async def rename_department(self) -> None:
        if self.names[MARKET] == MARKET:
            self.names[MARKET] = "市场营销中心"
            names = DepartmentNames(renamed={MARKET: self.names[MARKET]})
            self.app.policy = replace(self.app.policy, departments=names)
            await registry.load(self.app)
            assert await renaming.take_up(self.app, names) is None

    async def take_roster(self) -> None:
        """A roster says, wrongly, that one or two have left."""
        if self.undoable is None:
            gone = tuple({self.some(), self.some()})
            rows = [
                (
                    p.no,
                    p.name,
                    str(self.names.get(p.department, p.department)),
                    "离职",
                    str(qq),
                    f"{self.clock.now():%F}",
                )
                for qq in gone
                for p in [self.people[qq]]
                if p.old is None
            ]
            gone = tuple(qq for qq in gone if self.people[qq].old is None)
            if rows:
                bring = self.pulled if self.chance.random() < 0.4 else imported
                self.undoable = await bring(self.app, *rows), gone, self.clock.now()
                for qq in gone:
                    self.people[qq].left = True

    @staticmethod
    async def pulled(app: App, *rows: Sequence[str]) -> int:
        """The same from a source that tells of changes alone."""
        fields = ("employee_no", "name", "department", "status", "qq", "departed_on")
        told = [dict(zip(fields, row, strict=True)) for row in rows]
        source = Listed(app, "ldap", [{k: v for k, v in one.items() if k != "qq"} for one in told])
        source.how = {"complete": True, "everybody": False}
        made = await pull(app, source)
        assert made.import_id is not None, made
        return made.import_id

    async def undo_roster(self) -> None:
        if self.undoable is None:
            return
        number, gone, at = self.undoable
        if (await undoing.undo_import(self.app, number, by="terminal")).state != "undone":
            return
        self.undoable = None
        for qq in gone:
            self.people[qq].left = False
        about = (cases.c.code == "L1", cases.c.user_id.in_(gone), cases.c.opened_at >= at)
        wanted = select(penalties.c.state, cases.c.closed_as).join(cases, cases.c.id == penalties.c.case_id)
        async with self.app.database.reading() as tx:
            left = await tx.rows(wanted.where(*about))
        assert {tuple(row) for row in left} <= {("waived", "dismissed"), ("to_refund", "dismissed")}

    async def contest(self) -> None:
        """Somebody contests what is held against them; nobody has decided yet."""
        wanted = select(cases.c.id, cases.c.user_id).where(
            cases.c.closed_at.is_(None), cases.c.user_id.is_not(None)
        )
        async with self.app.database.reading() as tx:
            found = await tx.rows(wanted)
        if found:
            case_id, who = self.chance.choice(found)
            if (await appeals.appeal(self.app, case_id, by=who, reason="不是这样")).ok:
                self.appealing.add(case_id)

    async def throw_out(self) -> None:
        if not self.lost and self.chance.random() < 0.5:
            self.lost.add(OTHER)
            del self.qq.lists[OTHER]
            async with self.app.database.transaction() as tx:
                await members.left_group(self.app, tx, OTHER, BOT)
