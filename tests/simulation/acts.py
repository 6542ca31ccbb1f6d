"""What people do, step by step: the company's life, and staff at their work."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.simulation.company import BOSS, BOT, BOTS, Club, Person
from tests.simulation.office import Office
from tests.simulation.story import Step
from tests.simulation.trouble import Troubles

if TYPE_CHECKING:
    from tests.simulation.history import History


class Acts(Office, Troubles):
    """`do` a step; one that no longer fits (the person has gone, the group is none) does nothing."""

    def __init__(self, history: "History") -> None:
        self.h = history
        self.company = history.company
        self.world = history.world

    async def do(self, step: Step) -> None:
        """Do one step."""
        act: Callable[[Step], Awaitable[str | None]] = getattr(self, step.what)
        told = await act(step)
        if told:
            self.h.tell(told)

    # -- the beginning --------------------------------------------------------------------------

    async def begin(self) -> None:
        """Hand the bot the roster and the register of groups, and grant two clerks their right."""
        self.h.tell(await self._apply_roster(list(self.company.rows(self.h.now().date())), "首份名册"))
        answer = await self.h.send_file(BOSS, "群登记表.csv", self.company.register())
        self.h.tell(f"群登记表：{await self._agree(answer)}")
        for clerk in self.company.clerks(self.h.now().date())[:2]:
            self.h.tell(await self.h.ask(BOSS, f"授权 {clerk.no}"))

    # -- the oracle's ---------------------------------------------------------------------------

    async def wake(self, step: Step) -> None:
        """The bot is awake now and then whatever happens."""

    async def judge(self, step: Step) -> None:
        """The oracle looks at everything once a day."""
        self.h.oracle.judge()

    async def figures(self, step: Step) -> None:
        """The oracle asks for last month's summary, and counts by hand."""
        end = self.h.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        start = (end - timedelta(days=1)).replace(day=1)
        answer = await self.h.ask(BOSS, "违规汇总 上月")
        if not self.h.clock.wrong:
            self.h.oracle.judge_month(f"{start:%Y-%m}", start, end, answer)

    # -- people come and go ---------------------------------------------------------------------

    def _someone(self, step: Step, place: int = 0) -> Person | None:
        able = [p for p in self.company.working(self.h.now().date()) if not p.now.head]
        return able[step.pick(place, len(able))] if able else None

    def _groups(self) -> list[Club]:
        return [club for club in self.company.clubs.values() if club.group_id in self.world.groups]

    async def hire(self, step: Step) -> str:
        """Somebody new; HR knows at once, the bot by the next roster."""
        today = self.h.now().date()
        department = self.company.departments[step.pick(0, len(self.company.departments))]
        probation = step.pick(1, 3) == 0
        namesake = ""
        if step.pick(2, 8) == 0 and (other := self._someone(step, 3)) is not None:
            namesake = other.now.name
        person = self.company.hire(
            today, department, probation=probation, namesake=namesake, with_qq=step.pick(4, 2) > 0,
            regular_on=today + timedelta(days=90) if probation else None,
        )  # fmt: skip
        return f"{person.now.name}（{person.no}，QQ {person.qq}）入职{department}"

    async def leave(self, step: Step) -> str | None:
        """Somebody leaves; mostly a clerk says so the same day, else the next roster does."""
        if (person := self._someone(step)) is None:
            return None
        today = self.h.now().date()
        day = today + timedelta(days=(0, 0, 1, 5)[step.pick(1, 4)])
        person.now = replace(person.now, departed=day)
        if step.pick(2, 4) == 0:
            return f"{person.now.name}（{person.no}）{day} 离职，没有人告诉机器人"
        said = await self._tell(step, f"离职 {person.no} {day}", person, departed=day)
        return f"{person.now.name}（{person.no}）{day} 离职：{said}"

    async def transfer(self, step: Step) -> str | None:
        """Somebody moves to another department; the handover stays open."""
        person = self._someone(step)
        if person is None or person.now.leaving is not None:
            return None
        to = self.company.departments[step.pick(1, len(self.company.departments))]
        if to == person.now.department:
            return None
        person.now = replace(person.now, department=to, leaving=person.now.department, handover=None)
        known = person.known()
        told = {"department": to, "leaving": known.department if known else None, "handover": None}
        said = await self._tell(step, f"转岗 {person.no} {to}", person, **told)
        return f"{person.now.name}（{person.no}）调到{to}：{said}"

    async def handover(self, step: Step) -> str | None:
        """A handover is complete."""
        moving = [p for p in self.company.working(self.h.now().date()) if p.now.leaving is not None]
        if not moving:
            return None
        person = moving[step.pick(0, len(moving))]
        person.now = replace(person.now, leaving=None, handover=self.h.now().date())
        said = await self._tell(
            step, f"移交完成 {person.no}", person, leaving=None, handover=person.now.handover
        )
        return f"{person.now.name}（{person.no}）移交完成：{said}"

    async def _tell(self, step: Step, command: str, person: Person, **told: Any) -> str:
        """Have somebody of the staff write this; note what the bot knows by it: that, and no more."""
        who, at = self._clerk(step), self.h.now()
        self.company.tell(person, at, replace(person.known() or person.now, **told))
        said = await self.h.ask(who, command)
        if delay := self.h.faults.on_its_way():  # what was said may not be the answer to this
            await asyncio.sleep(delay + 5)
        if not self.h.oracle.has_heard(person):
            # By now an undo may have taken it away.
            person.told = [one for one in person.told if one[0] != at]
            return f"机器人没有听到（{said[:40]}）"
        if "departed" in told:
            person.word = (told["departed"], told["departed"])
        return said.splitlines()[0] if said else "已记下，没有回音"

    # -- in the groups --------------------------------------------------------------------------

    async def card(self, step: Step) -> str | None:
        """Somebody changes a card, to something right or wrong."""
        groups = self._groups()
        group = self.world.groups[groups[step.pick(0, len(groups))].group_id]
        members = [m for m in group.members.values() if m.user_id not in BOTS]
        member = members[step.pick(1, len(members))]
        person = self.company.by_qq(member.user_id)
        name = person.now.name if person else member.nickname
        cards = (name, "", f"{name}(在线)", person.right_card() if person else name, "努力奋斗", "市场部")
        card = cards[step.pick(2, len(cards))]
        await self.world.change_card(group.group_id, member.user_id, card)
        if step.pick(3, 2):
            await self.world.say(group.group_id, member.user_id, "大家好")
        return f"{name} 在{group.name}把名片改成「{card}」"

    async def shy(self, step: Step) -> str | None:
        """Somebody, mostly one who answers for others, lets the bot write to them no more for some days."""
        officers = [self.company.by_qq(club.owner) for club in self._groups()]
        heads = [p for p in self.company.working(self.h.now().date()) if p.now.head]
        able = [p for p in (*officers, *heads) if p is not None] if step.pick(1, 4) else []
        person = able[step.pick(0, len(able))] if able else self._someone(step)
        if person is None:
            return None
        self.world.friends[BOT].discard(person.qq)
        self.world.no_temporary_sessions.add(person.qq)
        self.h.later(86400.0 * (3 + step.pick(2, 28)), lambda: self._friends_again(person.qq))
        return f"{person.now.name}（QQ {person.qq}）删了机器人好友，也不收临时会话"

    def _friends_again(self, qq: int) -> None:
        self.world.no_temporary_sessions.discard(qq)
        self.world.befriend(BOT, qq)

    async def talk(self, step: Step) -> None:
        """Somebody says something."""
        groups = self._groups()
        group = self.world.groups[groups[step.pick(0, len(groups))].group_id]
        members = [m for m in group.members.values() if m.user_id not in BOTS]
        await self.world.say(group.group_id, members[step.pick(1, len(members))].user_id, "收到")

    async def ask(self, step: Step) -> str | None:
        """Somebody who belongs there, or doesn't, asks to join a group."""
        person, groups = self._someone(step), self._groups()
        if person is None:
            return None
        if step.pick(4, 3) and (outside := self._outside(groups)):
            person, club = outside[step.pick(0, len(outside))]
            return await self._ask(club, person.qq, self._comment(person, step.pick(3, 6)))
        fitting = [c for c in groups if c.covers(person.now.department)]
        if step.pick(2, 5) and fitting:
            groups = fitting
        club = groups[step.pick(1, len(groups))]
        return await self._ask(club, person.qq, self._comment(person, step.pick(3, 6)))

    def _outside(self, groups: list[Club]) -> list[tuple[Person, Club]]:
        """Return who belongs in a group and isn't in it."""
        today = self.h.now().date()
        return [
            (person, club)
            for person in self.company.working(today)
            for club in groups
            if club.entitled(person.now, today) and person.qq not in self.world.groups[club.group_id].members
        ]

    def _comment(self, person: Person, form: int) -> str:
        facts = person.now
        right = f"{facts.department.split('/')[0]} {facts.name} {person.no} {facts.digits}"
        return (right, right, right, f"问题：部门 姓名 工号 手机后四位\n答案：{right}",
                f"{facts.name} {person.no} 0000", "我是新来的")[form]  # fmt: skip

    async def _ask(self, club: Club, qq: int, comment: str) -> str | None:
        if qq in self.world.groups[club.group_id].members:
            return None
        if any(r.user_id == qq and r.group_id == club.group_id and r.verdict is None
               for r in self.world.requests.values()):  # fmt: skip
            return None
        request = await self.world.ask_to_join(club.group_id, qq, comment)
        self.h.oracle.asked(request)
        return f"QQ {qq} 申请进{club.name}：{comment!r}"

    async def strange(self, step: Step) -> str | None:
        """A stranger, or somebody who has left, asks to join."""
        groups = self._groups()
        club = groups[step.pick(0, len(groups))]
        gone = [p for p in self.company.people.values() if p.now.gone(self.h.now().date())]
        if gone and step.pick(1, 2):
            person = gone[step.pick(2, len(gone))]
            return await self._ask(club, person.qq, self._comment(person, 0))
        someone = self._someone(step, 3)
        comment = self._comment(someone, step.pick(4, 6)) if someone is not None else "你好"
        return await self._ask(club, 900000 + step.pick(5, 50), comment)

    async def settle(self, step: Step) -> str | None:
        """An owner settles a waiting request in QQ itself."""
        waiting = [
            r for r in self.world.requests.values() if r.verdict is None and r.group_id in self.world.groups
        ]
        if not waiting:
            return None
        request = waiting[step.pick(0, len(waiting))]
        approve = bool(step.pick(1, 2))
        owner = self.world.groups[request.group_id].owner_id
        await self.world.settle_by_human(request, approve, owner)
        return f"群主在 QQ 里{'同意' if approve else '拒绝'}了 {request.user_id} 进群 {request.group_id}"

    async def tidy(self, step: Step) -> str | None:
        """Somebody whose card is wrong sets it right."""
        wrong = [
            (group.group_id, member.user_id, person.right_card())
            for group in self.world.groups.values()
            for member in group.members.values()
            if (person := self.company.by_qq(member.user_id)) is not None
            and member.card != person.right_card()
            and group.group_id in self.company.clubs
        ]
        if not wrong:
            return None
        group_id, qq, card = wrong[step.pick(0, len(wrong))]
        await self.world.change_card(group_id, qq, card)
        return None
