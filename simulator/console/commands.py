"""Commands typed by whoever tries the bot by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from simulator.qq.model import Request
from simulator.qq.world import World


class Command(NamedTuple):
    """A command: its words after the name, what it does, and its handler."""

    usage: str
    explanation: str
    run: Callable[[list[str]], Awaitable[str]]


class Console:
    """Runs typed commands on a world. Answers are one line or a few, in Chinese."""

    def __init__(self, world: World, self_id: int) -> None:
        self._world = world
        self._self_id = self_id
        self._commands: dict[str, Command] = {
            "说": Command("群 QQ 文本", "某人在群里说话", self._say),
            "艾特": Command("群 QQ 文本", "某人在群里@机器人", self._mention),
            "私聊": Command("QQ 文本", "某人私聊机器人（不是好友就从共同的群发起临时会话）", self._whisper),
            "申请": Command("群 QQ 附言", "某人申请进群", self._ask),
            "邀请": Command("群 QQ", "群成员邀请机器人进群", self._invite),
            "加好友": Command("QQ 附言", "某人加机器人为好友", self._befriend),
            "审批": Command("群 QQ 同意|拒绝", "群主在 QQ 里处理某人的申请", self._settle),
            "进群": Command("群 QQ", "某人被直接拉进群，没有申请", self._enter),
            "退群": Command("群 QQ", "某人退群", self._leave),
            "踢": Command("群 QQ", "群主移出某人", self._kick),
            "改名片": Command("群 QQ 名片", "某人改自己的群名片", self._card),
            "管理员": Command("群 QQ 是|否", "群主设或撤管理员", self._admin),
            "转让": Command("群 QQ", "群主转让给某人", self._transfer),
            "改群名": Command("群 名称", "群主给群改名", self._rename),
            "解散": Command("群", "群主解散群", self._dismiss),
            "群": Command("", "列出所有群", self._groups),
            "成员": Command("群", "列出群成员（至多 30 人）", self._members),
            "帮助": Command("", "这张表", self._help),
        }

    async def run(self, line: str) -> str:
        """Do what a line says; the answer to show."""
        name, *words = line.split()
        command = self._commands.get(name)
        if command is None:
            return f"没有“{name}”这个命令，输入“帮助”看有哪些。"
        try:
            return await command.run(words)
        except (ValueError, IndexError):
            return f"用法：{name} {command.usage}".rstrip()
        except KeyError as error:
            return f"没有这个群或这个人：{error.args[0]}"

    async def _say(self, words: list[str]) -> str:
        await self._world.say(int(words[0]), int(words[1]), _rest(words, 2))
        return "好。"

    async def _mention(self, words: list[str]) -> str:
        await self._world.at_bot(int(words[0]), int(words[1]), self._self_id, _rest(words, 2))
        return "好。"

    async def _whisper(self, words: list[str]) -> str:
        user_id, text = int(words[0]), _rest(words, 1)
        shared: int | None = None
        if user_id not in self._world.friends.get(self._self_id, ()):
            groups = self._world.groups.values()
            shared = next((g.group_id for g in groups if user_id in g.members), None)
        await self._world.whisper(user_id, self._self_id, text, shared)
        return "好。"

    async def _ask(self, words: list[str]) -> str:
        await self._world.ask_to_join(int(words[0]), int(words[1]), " ".join(words[2:]))
        return "好。"

    async def _invite(self, words: list[str]) -> str:
        await self._world.invite_bot(int(words[0]), self._self_id, int(words[1]))
        return "好。"

    async def _befriend(self, words: list[str]) -> str:
        await self._world.add_friend_request(int(words[0]), self._self_id, " ".join(words[1:]))
        return "好。"

    async def _settle(self, words: list[str]) -> str:
        group_id, user_id, verdict = int(words[0]), int(words[1]), words[2]
        waiting = [r for r in self._world.requests.values() if self._waits(r, group_id, user_id)]
        if not waiting:
            return "没有等着处理的申请。"
        owner = self._world.groups[group_id].owner_id
        await self._world.settle_by_human(waiting[-1], verdict == "同意", owner)
        return "好。"

    @staticmethod
    def _waits(request: Request, group_id: int, user_id: int) -> bool:
        return request.verdict is None and (request.group_id, request.user_id) == (group_id, user_id)

    async def _enter(self, words: list[str]) -> str:
        group = self._world.groups[int(words[0])]
        await self._world.enter(group.group_id, int(words[1]), "invite", group.owner_id)
        return "好。"

    async def _leave(self, words: list[str]) -> str:
        await self._world.leave(int(words[0]), int(words[1]))
        return "好。"

    async def _kick(self, words: list[str]) -> str:
        group = self._world.groups[int(words[0])]
        await self._world.kick_by_human(group.group_id, int(words[1]), group.owner_id)
        return "好。"

    async def _card(self, words: list[str]) -> str:
        await self._world.change_card(int(words[0]), int(words[1]), " ".join(words[2:]))
        return "好。机器人要等他说话或下次读名单才知道。"

    async def _admin(self, words: list[str]) -> str:
        role = "admin" if words[2] == "是" else "member"
        await self._world.set_role(int(words[0]), int(words[1]), role)
        return "好。"

    async def _transfer(self, words: list[str]) -> str:
        await self._world.transfer_owner(int(words[0]), int(words[1]))
        return "好。"

    async def _rename(self, words: list[str]) -> str:
        group = self._world.groups[int(words[0])]
        await self._world.rename(group.group_id, _rest(words, 1), group.owner_id)
        return "好。"

    async def _dismiss(self, words: list[str]) -> str:
        await self._world.dismiss(int(words[0]))
        return "好。"

    async def _groups(self, words: list[str]) -> str:
        lines = (
            f"{g.group_id} {g.name}，{len(g.members)} 人，群主 {g.owner_id}"
            for g in self._world.groups.values()
        )
        return "\n".join(lines) or "没有群。"

    async def _members(self, words: list[str]) -> str:
        members = list(self._world.groups[int(words[0])].members.values())
        shown = (f"{m.user_id} {m.nickname}｜{m.card or '（无名片）'}｜{m.role}" for m in members[:30])
        return "\n".join(shown)

    async def _help(self, words: list[str]) -> str:
        commands = self._commands.items()
        return "\n".join(f"{f'{name} {c.usage}'.rstrip()}：{c.explanation}" for name, c in commands)


def _rest(words: list[str], start: int) -> str:
    """The words from ``start`` on; IndexError if there are none."""
    if len(words) <= start:
        raise IndexError("text missing")
    return " ".join(words[start:])
