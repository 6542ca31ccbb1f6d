"""What goes wrong between QQ, the implementation and the machine: every fault of the field, by the seed."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from regulation.policy import Kick
from simulator import faults as lies
from simulator.faults import Faults
from tests.simulation.company import BOT
from tests.simulation.story import Step

if TYPE_CHECKING:
    from tests.simulation.history import History

EVENTS = (
    "request.group.add", "notice.group_increase", "notice.group_decrease", "notice.group_card",
    "notice.group_admin", "message.private", "message.group",
)  # fmt: skip
ACTIONS = (
    "set_group_kick", "set_group_card", "set_group_add_request", "send_private_msg", "send_group_msg",
    "get_group_member_list", "get_group_list", "get_group_system_msg", "get_group_info",
)  # fmt: skip
PROFILES = ("napcat", "llbot", "go-cqhttp", "lagrange")


class Trouble(Faults):
    """The simulator's faults, with when each kind of call last went wrong."""

    def __init__(self, history: "History") -> None:
        super().__init__(history.story.seed)
        self._h = history
        self.last: dict[str, datetime] = {}
        self._heard_at = history.now()

    def for_action(self, action: str) -> lies.ActionFault | None:
        """Return the fault that strikes a call, if any, and say so in the story."""
        fault = super().for_action(action)
        if isinstance(fault, lies.SendTimeout) and self._h.account.profile.answer_shape == "bare":
            # One that gives no text can't say so: its silence is all that is heard.
            fault = lies.NoAnswer(fault.shown)
        if fault is not None:
            self.last[action] = self._h.now()
            if isinstance(fault, lies.PartialList) and action == "get_group_member_list":
                self._h.later(30.0, self._h.oracle.judge_presence)
            self._h.tell(f"  QQ：{action} ← {fault}")
        return fault

    def for_event(self, event: str) -> lies.EventFault | None:
        """Return the fault that strikes an event, if any, and have the bot's polls come round."""
        fault = super().for_event(event)
        if fault is not None:
            self._h.tell(f"  QQ：事件 {event} ← {fault}")
            self._h.wake_later()
            if isinstance(fault, lies.Delay) and event.startswith("message.private"):
                self._heard_at = self._h.now() + timedelta(seconds=fault.seconds)
        return fault

    def on_its_way(self) -> float:
        """Return in how many seconds the last private message that was held up reaches the bot; 0: it has."""
        return max(0.0, (self._heard_at - self._h.now()).total_seconds())


class Troubles:
    """The steps that bring trouble; mixed into `Acts`."""

    h: "History"

    async def event(self, step: Step) -> None:
        """The next events of a kind are lost, doubled, delayed."""
        kind = EVENTS[step.pick(0, len(EVENTS))]
        fault = (
            lies.Lose(), lies.Lose(), lies.Duplicate(1, 0.3), lies.Duplicate(2, 20.0), lies.Delay(5.0), lies.Delay(400.0)
        )[step.pick(1, 6)]  # fmt: skip
        self.h.faults.on_event(kind, fault, times=1 + step.pick(2, 3))

    async def call(self, step: Step) -> None:
        """The next calls of a kind go wrong."""
        action = ACTIONS[step.pick(0, len(ACTIONS))]
        acting: tuple[lies.ActionFault, ...] = (
            lies.OkButNothing(), lies.NoAnswer(True), lies.NoAnswer(False), lies.LateAnswer(50.0),
            lies.Failure(), lies.DropConnection(False), lies.DropConnection(True), lies.SendTimeout(True),
        )  # fmt: skip
        reading = (
            lies.PartialList(1),
            lies.PartialList(7),
            lies.NoAnswer(),
            lies.Failure(),
            lies.LateAnswer(25.0),
        )
        if action.startswith("get_"):
            fault: lies.ActionFault = reading[step.pick(1, len(reading))]
            if isinstance(fault, lies.PartialList) and action not in (
                "get_group_member_list",
                "get_group_list",
            ):
                fault = lies.Failure()
        else:
            # A message that QQ confirms and never shows is beyond any bot: its word is all there is.
            first, last = (1, len(acting)) if action.startswith("send_") else (0, len(acting))
            fault = acting[first + step.pick(1, last - first)]
        self.h.faults.once(action, fault, times=1 + step.pick(2, 2))

    async def gap(self, step: Step) -> str:
        """The connection breaks, for seconds or hours."""
        seconds = (3.0, 30.0, 400.0, 7200.0, 30000.0)[step.pick(0, 5)]
        await self.h.disconnect()
        self.h.later(seconds, self.h.connect)
        return f"断线 {seconds:.0f} 秒"

    async def crash(self, step: Step) -> str | None:
        """The bot crashes in the middle of whatever it does next, and is started again later."""
        if self.h.process is None or not self.h.process.up:
            return None
        if step.pick(2, 2):
            self.h.process.life.after_act = True
        else:
            self.h.process.life.fuse = 1 + step.pick(0, 60)
        self.h.down_for = (2.0, 60.0, 1000.0, 20000.0)[step.pick(1, 4)]
        return None

    async def restart(self, step: Step) -> str | None:
        """The bot is stopped and started again, perhaps with another implementation."""
        if self.h.process is None or not self.h.process.up:
            return None
        known = self.h.policy
        policy = replace(
            known, kick=Kick(batch=bool(step.pick(2, 2))),
            fines={**known.fines, "C1": (Decimal(10), Decimal(15))[step.pick(3, 2)]},
            safety=replace(known.safety, max_removals=(5, 3)[step.pick(4, 2)]),
        )  # fmt: skip
        profile = PROFILES[step.pick(1, 4)] if step.pick(0, 2) else self.h.account.profile.name
        await self.h.restart(policy, profile)
        return f"机器人重启，协议端 {profile}"

    async def offline(self, step: Step) -> str | None:
        """QQ logs the account out for some hours."""
        if not self.h.account.online:
            return None
        await self.h.world.go_offline(BOT)
        self.h.account.online = False
        self.h.account.beat()
        self.h.oracle.connected(False)
        self.h.later((600.0, 7200.0, 40000.0)[step.pick(0, 3)], self.h.come_online)
        return "账号被 QQ 下线"

    async def clock(self, step: Step) -> str:
        """The wall clock of the bot's machine is wrong for a while."""
        wrong = timedelta(seconds=(-7200, -300, 90, 400, 86400, -86400)[step.pick(0, 6)])
        self.h.clock.wrong += wrong
        self.h.oracle.clock_wrong(True)
        self.h.later((600.0, 7200.0)[step.pick(1, 2)], lambda: self.h.right_clock(wrong))
        return f"机器的时钟错了 {wrong}"

    async def false_card(self, step: Step) -> None:
        """An implementation tells that a card was emptied although it wasn't."""
        groups = sorted(self.h.world.groups)
        group = self.h.world.groups[groups[step.pick(0, len(groups))]]
        members = sorted(group.members)
        self.h.account.false_card_notice(group.group_id, members[step.pick(1, len(members))])
