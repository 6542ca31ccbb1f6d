"""Tells in Chinese what the bot does and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

from simulator.onebot.implementation import Implementation
from simulator.qq.model import Happened, Shown
from simulator.qq.world import World

FOREVER = 1e9


class Teller:
    """Follows a world and tells each new thing once, through ``tell``."""

    def __init__(self, world: World, account: Implementation, tell: Callable[[str], None]) -> None:
        self._world = world
        self._account = account
        self._tell = tell
        self._shown = self._happened = self._refusals = 0
        self._connected = False

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            await self._world.until(self._news, FOREVER, "news")
            self.catch_up()

    def _news(self) -> bool:
        return (
            len(self._world.shown) > self._shown
            or len(self._world.happened) > self._happened
            or len(self._account.refusals) > self._refusals
            or self._account.connected.is_set() != self._connected
        )

    def catch_up(self) -> None:
        """Tell what is new."""
        account, world = self._account, self._world
        if account.connected.is_set() != self._connected:
            self._connected = not self._connected
            self._tell("已连接机器人。" if self._connected else "与机器人的连接断开了，会再连。")
        if len(account.refusals) > self._refusals:
            if self._refusals == 0 or account.refusals[-1] != account.refusals[self._refusals - 1]:
                self._tell("连不上机器人，会再试。请看它启动了没有，端口和令牌是不是一样。")
            self._refusals = len(account.refusals)
        while self._happened < len(world.happened):
            self._happened += 1
            if line := self.describe(world.happened[self._happened - 1]):
                self._tell(line)
        while self._shown < len(world.shown):
            self._shown += 1
            self._tell(self.quote(world.shown[self._shown - 1]))

    def quote(self, shown: Shown) -> str:
        """A message of the bot."""
        to = self._person(shown.user_id or 0) if shown.group_id is None else self._group(shown.group_id)
        extra = f"［文件 {shown.filename}，{len(shown.file)} 字节］" if shown.file is not None else ""
        if shown.image is not None:
            extra += f"［图片，{len(shown.image)} 字节］"
        return f"机器人 → {to}：{shown.text if shown.file is None else ''}{extra}"

    def describe(self, happened: Happened) -> str | None:
        """Something that became true in QQ; None for what isn't worth a line."""
        who, group = self._person(happened.user_id), self._group(happened.group_id)
        doer = self._person(happened.operator_id)
        match happened.kind:
            case "request_raised" if happened.how == "invite":
                return f"{who} 邀请机器人进 {group}"
            case "request_raised":
                comment = happened.new.replace("\n", " ")
                return f"{who} 申请进 {group}，附言：{comment}" if group else f"{who} 想加好友：{comment}"
            case "request_settled":
                verdict = "同意" if happened.how == "approve" else "拒绝"
                reason = f"，理由：{happened.new}" if happened.new else ""
                return f"{doer} {verdict}了 {who} 的申请{reason}"
            case "joined" | "pulled_in":
                return f"{who} 进了 {group}"
            case "left":
                return f"{who} 退出了 {group}"
            case "kicked":
                return f"{doer} 把 {who} 移出了 {group}"
            case "card_changed":
                return f"{doer} 把 {who} 在 {group} 的名片改为“{happened.new}”"
            case "role_changed":
                return f"{who} 在 {group} 成为{'管理员' if happened.new == 'admin' else '普通成员'}"
            case "renamed":
                return f"群“{happened.old}”改名为“{happened.new}”"
            case "dismissed":
                return f"群 {happened.group_id} 解散了"
            case "friend_added":
                return f"{who} 与机器人成为好友"
            case "notice_posted":
                return f"{group} 有新公告：{happened.new}"
            case _:
                return None

    def _person(self, user_id: int) -> str:
        if user_id == self._account.self_id:
            return "机器人"
        return f"{self._world.nickname_of(user_id)}({user_id})"

    def _group(self, group_id: int | None) -> str:
        if group_id is None:
            return ""
        group = self._world.groups.get(group_id)
        return f"群“{group.name}”({group_id})" if group else f"群 {group_id}"
