"""What staff, heads and owners do: filings, inbox, modes, waivers, appeals, rosters that go wrong."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from simulator import Member
from tests.simulation.company import BOSS, BOT, BOTS, Club, Facts, Person, wrongly_gone
from tests.simulation.story import Step

if TYPE_CHECKING:
    from tests.simulation.history import History

_PREVIEW = re.compile(r"^导入 (I\d+)：", re.MULTILINE)
_ITEM = re.compile(r"^([JBEIQRPS])(\d+) ", re.MULTILINE)


class Office:
    """The steps of those who have a right; mixed into `Acts`."""

    h: "History"

    # -- the inbox ------------------------------------------------------------------------------

    def _clerk(self, step: Step) -> int:
        clerks = self.h.company.clerks(self.h.now().date())
        granted = [p.qq for p in clerks if p.no in self.h.oracle.granted()]
        return ([BOSS, *granted])[step.pick(5, 1 + len(granted))]

    async def staff(self, step: Step) -> str | None:
        """Somebody of the staff works through the inbox, by what is true."""
        return await self._work(self._clerk(step), step, "行政")

    async def heads(self, step: Step) -> str | None:
        """A head works through what awaits them."""
        heads = [p for p in self.h.company.working(self.h.now().date()) if p.now.head]
        return await self._work(heads[step.pick(0, len(heads))].qq, step, "主管") if heads else None

    async def _work(self, qq: int, step: Step, who: str) -> str | None:
        answer = await self.h.ask(qq, "待办")
        decide = {
            "J": self._of_request, "P": self._of_penalty, "R": self._of_batch,
            "B": self._of_filing, "E": self._of_admission, "S": self._of_penalty,
            "Q": self._of_contest,
        }  # fmt: skip
        done: list[str] = []
        for letter, number in _ITEM.findall(answer)[:6]:
            if letter not in decide:
                continue
            word = decide[letter](int(number), step)
            if word:
                said = await self.h.ask(qq, f"{word} {letter}{number}")
                done.append(f"{word} {letter}{number}（{said.splitlines()[0][:50] if said else '没有回音'}）")
        return f"{who}办理：" + "；".join(done) if done else None

    def _of_request(self, number: int, step: Step) -> str:
        row = self.h.oracle.row("select group_id, user_id from join_requests where id = ?", number)
        if row is None:
            return ""
        person, club = self.h.company.by_qq(row[1]), self.h.company.clubs.get(row[0])
        fits = person is not None and club is not None and club.entitled(person.now, self.h.now().date())
        if fits:
            self.h.oracle.consented.add((row[0], row[1]))
        return "同意" if fits else "驳回"

    def _of_penalty(self, number: int, step: Step) -> str:
        return ("同意", "驳回", "")[step.pick(1, 3)]

    def _of_filing(self, number: int, step: Step) -> str:
        return ("同意", "同意", "同意", "驳回", "")[step.pick(1, 5)]

    def _of_admission(self, number: int, step: Step) -> str:
        return ("同意", "驳回", "")[step.pick(2, 3)]

    def _of_contest(self, number: int, step: Step) -> str:
        qq, said = self.h.oracle.row("select user_id, claimant from contests where id = ?", number)
        owner = self.h.company.by_qq(qq)
        return "同意" if owner is not None and owner.no == said else "驳回"

    def _of_batch(self, number: int, step: Step) -> str:
        right = self.h.oracle.batch_is_right(number)
        if right:
            self.h.oracle.batch_agreed(number)
        return "同意" if right else "驳回"

    # -- rosters --------------------------------------------------------------------------------

    async def _agree(self, answer: str) -> str:
        """Agree to the import that an answer names, and once more where that is asked for."""
        # A reminder may have come meanwhile; of the same file taken twice the later preview stands.
        shown = _PREVIEW.findall(answer)
        if not shown:
            return answer
        said = await self.h.ask(BOSS, f"同意 {shown[-1]}")
        if "再" in said and "同意" in said:
            said = await self.h.ask(BOSS, f"同意 {shown[-1]}")
        return said

    async def _apply_roster(self, rows: list[tuple[Person, Facts]], name: str) -> str:
        answer = await self.h.send_file(BOSS, f"{name}.csv", self.h.company.roster(rows))
        self.h.oracle.roster(rows)
        said = await self._agree(answer)
        self.h.oracle.roster_settled()
        return f"{name}：{said.splitlines()[0] if said else '没有回音'}"

    async def roster(self, step: Step) -> str:
        """HR's roster of the month."""
        return await self._apply_roster(list(self.h.company.rows(self.h.now().date())), "名册")

    async def part_roster(self, step: Step) -> str:
        """A roster of one department alone; now and then it gives somebody a colleague's QQ."""
        department = self.h.company.departments[step.pick(0, 5)]
        today = self.h.now().date()
        rows = [one for one in self.h.company.rows(today) if one[1].department == department]
        others = [p for p in self.h.company.working(today) if p.now.department != department]
        if rows and others and step.pick(1, 3) == 0:
            at = step.pick(2, len(rows))
            person, facts = rows[at]
            rows[at] = (person, replace(facts, qqs=(others[step.pick(3, len(others))].qq,)))
        return await self._apply_roster(rows, f"{department}名册") if rows else ""

    async def exodus(self, step: Step) -> str | None:
        """A team leaves on one day; HR hands in who they are."""
        today = self.h.now().date()
        department = self.h.company.departments[step.pick(0, len(self.h.company.departments))]
        team = [
            p for p in self.h.company.working(today)
            if (p.now.department + "/").startswith(department + "/") and not p.now.head
        ][: 4 + step.pick(1, 5)]  # fmt: skip
        for person in team:
            person.now = replace(person.now, departed=today)
        return await self._apply_roster([(p, p.now) for p in team], f"{department}离职名单") if team else None

    async def bad_roster(self, step: Step) -> str:
        """A roster that says of many that they have gone; mostly it is undone some hours later."""
        today = self.h.now().date()
        rows = wrongly_gone(list(self.h.company.rows(today)), 3 + step.pick(0, 20), today)
        before = self.h.oracle.row("select max(id) from imports")[0]
        told = await self._apply_roster(rows, "错名册")
        made = self.h.oracle.row("select id from imports where id > ? and state = 'applied'", before)
        if made is not None:
            self.h.later((300.0, 5000.0, 40000.0)[step.pick(1, 3)], lambda: self._undo(made[0]))
        return told

    async def _undo(self, number: int) -> None:
        not_undone = self.h.oracle.undo(number)
        said = await self.h.ask(BOSS, f"撤销导入 I{number}")
        state = self.h.oracle.row("select state from imports where id = ?", number)
        if state != ("undone",):
            not_undone()
        self.h.tell(f"撤销导入 I{number}：{said.splitlines()[0] if said else '没有回音'}")

    async def rename_department(self, step: Step) -> str:
        """A department gets another name: the operator writes it into the policy, and starts the bot anew."""
        tops = [one for one in self.h.company.departments if "/" not in one and one != "行政部"]
        old = tops[step.pick(0, len(tops))]
        new = old[:-1] + "中心" if old.endswith("部") else old + "总部"
        self.h.company.rename(old, new)
        names = replace(self.h.policy.departments, renamed=dict(self.h.company.renamed))
        await self.h.restart(replace(self.h.policy, departments=names))
        return f"{old}改名为{new}"

    # -- modes, waivers, appeals ----------------------------------------------------------------

    async def pause(self, step: Step) -> str:
        """Staff stop everything, and let it go on later."""
        said = await self.h.ask(BOSS, "暂停")
        self.h.oracle.paused(True)
        self.h.later((600.0, 20000.0, 90000.0)[step.pick(0, 3)], self._resume)
        return f"暂停：{said.splitlines()[0] if said else '没有回音'}"

    async def _resume(self) -> None:
        said = ""
        for _ in range(5):
            said = await self.h.ask(BOSS, "恢复")
            if not self.h.oracle.is_paused():
                break
        self.h.oracle.paused(False)
        self.h.tell(f"恢复：{said.splitlines()[0] if said else '没有回音'}")

    async def mode(self, step: Step) -> str:
        """A group is only observed for some days."""
        groups = sorted(self.h.company.clubs)
        group_id = groups[step.pick(0, len(groups))]
        said = await self.h.ask(BOSS, f"模式 {('观察', '提醒')[step.pick(1, 2)]} 群={group_id}")
        self.h.later((5000.0, 200000.0)[step.pick(2, 2)], lambda: self._enforce(group_id))
        return f"群 {group_id}：{said.splitlines()[0] if said else '没有回音'}"

    async def _enforce(self, group_id: int) -> None:
        await self.h.ask(BOSS, f"模式 执行 群={group_id}")

    async def waive(self, step: Step) -> str | None:
        """Somebody is let off a duty for some days."""
        rows = self.h.oracle.rows(
            "select id, user_id, code from cases where closed_at is null and user_id is not null"
        )
        if not rows:
            return None
        _, qq, code = rows[step.pick(0, len(rows))]
        said = await self.h.ask(self._clerk(step), f"豁免 {qq} {code} {1 + step.pick(1, 20)} 另有安排")
        return f"豁免 {qq} {code}：{said.splitlines()[0] if said else '没有回音'}"

    async def forgive(self, step: Step) -> str | None:
        """Staff close a case: waived, or dismissed as wrong."""
        rows = self.h.oracle.rows("select id from cases where closed_at is null order by id")
        if not rows:
            return None
        word = ("免除", "撤销")[step.pick(1, 2)]
        said = await self.h.ask(self._clerk(step), f"{word} V{rows[step.pick(0, len(rows))][0]} 已当面说明")
        return f"{word}：{said.splitlines()[0] if said else '没有回音'}"

    async def appeal(self, step: Step) -> str | None:
        """Somebody objects to what is held against them."""
        rows = self.h.oracle.rows(
            "select distinct c.id, coalesce(p.liable_user_id, c.user_id) from cases c left join penalties p on p.case_id = c.id"
            " where coalesce(p.liable_user_id, c.user_id) is not null order by c.id desc limit 40"
        )
        if not rows:
            return None
        threatened = self.h.oracle.rows(
            "select id, user_id from cases where closed_at is null and code in ('L1', 'T1', 'M1', 'M2', 'M3')"
            " and user_id is not null order by id"
        )
        rows = threatened if threatened and step.pick(1, 2) else rows
        case_id, qq = rows[step.pick(0, len(rows))]
        said = await self.h.ask(qq, f"申诉 V{case_id} 情况不符")
        return f"QQ {qq} 申诉 V{case_id}：{said.splitlines()[0] if said else '没有回音'}"

    async def paid(self, step: Step) -> str | None:
        """A fine was paid, or refunded."""
        rows = self.h.oracle.rows(
            "select id, state from penalties where state in ('confirmed', 'to_refund') order by id"
        )
        if not rows:
            return None
        number, state = rows[step.pick(0, len(rows))]
        said = await self.h.ask(self._clerk(step), f"{'已缴' if state == 'confirmed' else '已退'} P{number}")
        return f"P{number}：{said.splitlines()[0] if said else '没有回音'}"

    async def rehire(self, step: Step) -> str | None:
        """Somebody who left is back."""
        today = self.h.now().date()
        gone = [p for p in self.h.company.people.values() if p.now.gone(today) and p.known() == p.now]
        if not gone:
            return None
        person = gone[step.pick(0, len(gone))]
        person.now = replace(person.now, departed=None)
        self.h.company.tell(person, self.h.now())
        said = await self.h.ask(self._clerk(step), f"复职 {person.no}")
        if not self.h.oracle.has_heard(person):
            person.told.pop()
            person.now = replace(person.now, departed=person.known().departed if person.known() else today)  # type: ignore[union-attr]
            return None
        person.word = (today, None)
        return f"{person.now.name}（{person.no}）复职：{said.splitlines()[0] if said else '没有回音'}"

    # -- groups ---------------------------------------------------------------------------------

    async def found(self, step: Step) -> str | None:
        """Somebody makes a group, and has the bot in it; most file it within days."""
        today = self.h.now().date()
        able = [p for p in self.h.company.working(today) if not p.now.on_probation(today)]
        owner = able[step.pick(0, len(able))]
        group_id = self.h.company.new_group_id()
        scope = (owner.now.department.split("/")[0],)
        club = Club(
            group_id, f"新群{group_id % 1000}", scope, owner.qq, filed=False, discussion=step.pick(4, 3) == 0
        )
        self.h.company.clubs[group_id] = club
        others = [p for p in able if p is not owner and club.covers(p.now.department)][: 2 + step.pick(1, 8)]
        self.h.world.add_group(
            group_id, club.name, Member(owner.qq, owner.now.name, owner.right_card()),
            [Member(p.qq, p.now.name, p.right_card()) for p in others],
        )  # fmt: skip
        if step.pick(2, 2):
            await self.h.world.invite_bot(group_id, BOT, owner.qq)
        else:
            await self.h.world.pull_in(group_id, BOT)
            self.h.wake_later()
        self.h.later(3600.0 * (1 + step.pick(3, 200)), lambda: self._file(club))
        return f"{owner.now.name} 建了群 {group_id}（{scope[0]}）"

    async def _file(self, club: Club) -> None:
        group = self.h.world.groups.get(club.group_id)
        if group is None or BOT not in group.members:
            return
        await self.h.world.set_role(club.group_id, BOT, "admin")
        self.h.rest.stir()
        self.h.oracle.answered(group.owner_id, club.group_id)
        words = f"/备案 用途=日常沟通 范围={','.join(club.scope)}"
        if club.discussion:
            words += f" 类型=讨论组 议题=方案评审 截止={self.h.now().date() + timedelta(days=12)}"
        await self.h.world.say(club.group_id, group.owner_id, words)
        self.h.tell(f"群主给群 {club.group_id} 备案")

    async def _write(self, club: Club, words: str) -> None:
        owner = self.h.world.groups[club.group_id].owner_id
        self.h.rest.stir()
        self.h.oracle.answered(owner, club.group_id)
        await self.h.world.say(club.group_id, owner, words)

    async def refile(self, step: Step) -> str | None:
        """An owner files anew what has changed: name, owner, admins."""
        group = self._some_group(step)
        if group is None:
            return None
        await self._write(self.h.company.clubs[group.group_id], "/备案变更")
        return f"群主给群 {group.group_id} 变更备案"

    def _discussion(self, step: Step) -> Club | None:
        found = [
            club
            for club in self.h.company.clubs.values()
            if club.discussion and club.group_id in self.h.world.groups
        ]
        return found[step.pick(0, len(found))] if found else None

    async def upgrade(self, step: Step) -> str | None:
        """A discussion group is to be a group like others."""
        if (club := self._discussion(step)) is None:
            return None
        await self._write(club, f"/升级 用途=日常沟通 范围={','.join(club.scope)}")
        return f"群主要把讨论组 {club.group_id} 升级"

    async def prolong(self, step: Step) -> str | None:
        """A discussion goes on for longer."""
        if (club := self._discussion(step)) is None:
            return None
        until = self.h.now().date() + timedelta(days=5 + step.pick(1, 20))
        await self._write(club, f"/延期 {until} 方案还差评审")
        return f"群主要把讨论组 {club.group_id} 延期到 {until}"

    async def dissolve(self, step: Step) -> str | None:
        """A group is dissolved in QQ."""
        late = [g for g in sorted(self.h.world.groups) if g in self.h.company.clubs]
        if len(late) < 4:
            return None
        group_id = late[step.pick(0, len(late))]
        await self.h.world.dismiss(group_id)
        self.h.wake_later()
        del self.h.company.clubs[group_id]
        return f"群 {group_id} 解散"

    async def new_owner(self, step: Step) -> str | None:
        """A group gets another owner; nothing tells of it."""
        club = self._some_group(step)
        members = [m for m in club.members.values() if m.user_id not in BOTS] if club else []
        if club is None or not members:
            return None
        member = members[step.pick(1, len(members))]
        await self.h.world.transfer_owner(club.group_id, member.user_id)
        return f"群 {club.group_id} 的群主换成 QQ {member.user_id}"

    async def rename(self, step: Step) -> str | None:
        """A group gets another name."""
        group = self._some_group(step)
        if group is None:
            return None
        name = (
            f"改名群{step.pick(1, 50)}",
            f"XY 交流{step.pick(1, 50)}",
            self.h.company.clubs[group.group_id].name,
        )[step.pick(2, 3)]
        await self.h.world.rename(group.group_id, name, group.owner_id)
        return f"群 {group.group_id} 改名 {name}"

    async def admin(self, step: Step) -> str | None:
        """Somebody becomes an admin of a group, or no longer is one; now and then the bot itself."""
        group = self._some_group(step)
        if group is None:
            return None
        members = [m for m in group.members.values() if m.role != "owner"]
        if BOT not in group.members:
            return None
        member = group.members[BOT] if step.pick(1, 8) == 0 else members[step.pick(2, len(members))]
        role = "member" if member.role == "admin" else "admin"
        await self.h.world.set_role(group.group_id, member.user_id, role)
        if member.user_id == BOT:
            self.h.oracle.role_of_bot()
            if role == "member":
                self.h.later(3600.0 * (2 + step.pick(3, 100)), lambda: self._restore(group.group_id))
        return f"群 {group.group_id}：QQ {member.user_id} → {role}"

    async def _restore(self, group_id: int) -> None:
        if group_id in self.h.world.groups and BOT in self.h.world.groups[group_id].members:
            await self.h.world.set_role(group_id, BOT, "admin")
            self.h.oracle.role_of_bot()

    async def pull(self, step: Step) -> str | None:
        """An owner takes somebody in past the bot, or removes somebody."""
        group = self._some_group(step)
        if group is None:
            return None
        if step.pick(1, 3) == 0:
            others = [m for m in group.members.values() if m.role == "member" and m.user_id not in BOTS]
            if not others:
                return None
            member = others[step.pick(2, len(others))]
            await self.h.world.kick_by_human(group.group_id, member.user_id, group.owner_id)
            return f"群主把 QQ {member.user_id} 移出 {group.group_id}"
        people = [p.qq for p in self.h.company.people.values()] + [910000 + step.pick(3, 40)]
        qq = people[step.pick(2, len(people))]
        await self.h.world.enter(group.group_id, qq, "invite", group.owner_id)
        return f"群主把 QQ {qq} 拉进 {group.group_id}"

    def _some_group(self, step: Step):  # type: ignore[no-untyped-def]
        groups = [g for g in sorted(self.h.world.groups) if g in self.h.company.clubs]
        return self.h.world.groups[groups[step.pick(0, len(groups))]] if groups else None

    async def command(self, step: Step) -> None:
        """Somebody asks the bot for something, in a group or in private."""
        group = self._some_group(step)
        if group is None:
            return
        members = [m for m in group.members.values() if m.user_id not in BOTS]
        member = members[step.pick(1, len(members))]
        if step.pick(2, 2):
            word = ("/我的", "/名片", "/改名片", "/待办", "/群检查", "/违规", "/罚单", "/备案状态", "/帮助")[
                step.pick(3, 9)
            ]
            self.h.rest.stir()
            self.h.oracle.answered(member.user_id, group.group_id)
            await self.h.world.say(group.group_id, member.user_id, word)
        else:
            words = (
                "我的",
                "名片",
                "改名片",
                "待办",
                "违规",
                "罚单",
                "违规汇总",
                "状态",
                "群列表",
                "抽查 2",
                "违规汇总 上月",
            )
            await self.h.ask(
                (member.user_id, self._clerk(step))[step.pick(4, 2)], words[step.pick(3, len(words))]
            )

    async def early(self, step: Step) -> str | None:
        """An owner asks for somebody's early admission."""
        group, today = self._some_group(step), self.h.now().date()
        trainees = [p for p in self.h.company.working(today) if p.now.on_probation(today)]
        if group is None or not trainees:
            return None
        person = trainees[step.pick(1, len(trainees))]
        said = await self.h.ask(group.owner_id, f"提前入群 群={group.group_id} {person.no} 参与项目")
        return f"提前入群 {person.no} {group.group_id}：{said.splitlines()[0] if said else '没有回音'}"

    async def second_qq(self, step: Step) -> str | None:
        """Staff bind a second QQ of somebody."""
        today = self.h.now().date()
        able = [p for p in self.h.company.working(today) if len(p.now.qqs) == 1 and p.known() == p.now]
        if not able:
            return None
        person = able[step.pick(0, len(able))]
        qq = person.qq + 1
        said = await self.h.ask(self._clerk(step), f"绑定 {qq} {person.no}")
        if self.h.oracle.row("select 1 from identities where user_id = ? and employee_no = ?", qq, person.no):
            person.now = replace(person.now, qqs=(*person.now.qqs, qq))
            self.h.company.tell(person, self.h.now())
        return f"{person.now.name}（{person.no}）的第二个 QQ {qq}：{said.splitlines()[0] if said else '没有回音'}"

    async def regular(self, step: Step) -> str | None:
        """Somebody's probation ends early; the next roster says so."""
        today = self.h.now().date()
        trainees = [p for p in self.h.company.working(today) if p.now.on_probation(today)]
        if not trainees:
            return None
        person = trainees[step.pick(0, len(trainees))]
        person.now = replace(person.now, probation=False, regular_on=today - timedelta(days=1))
        return f"{person.now.name}（{person.no}）转正"
