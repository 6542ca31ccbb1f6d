"""A OneBot v11 implementation with simulated QQ groups, for the demo, tests and load.

>>> world = World()
>>> world.add_group(700001, "市场部", owner=20000, members=[20001, Member(10001, role="admin")])
>>> account = Implementation(world, 10001, "ws://127.0.0.1:8080/onebot/v11/ws", profile="napcat")
>>> await account.start(wait=True)
>>> await world.ask_to_join(700001, 30001, "市场部 张三 A001 1234")
>>> await world.until(lambda: 30001 in world.groups[700001].members, what="张三 let in")
"""

from __future__ import annotations

from simulator.faults import (
    Delay,
    DropConnection,
    Duplicate,
    Failure,
    Faults,
    ForeignRows,
    LateAnswer,
    Lose,
    NoAnswer,
    OkButNothing,
    PartialList,
    SendTimeout,
    UserIdZero,
)
from simulator.onebot.implementation import Implementation
from simulator.profiles import PROFILES, Profile
from simulator.qq.model import Call, Group, Happened, Member, Message, Request, Shown
from simulator.qq.world import World

__all__ = [
    "PROFILES",
    "Call",
    "Delay",
    "DropConnection",
    "Duplicate",
    "Failure",
    "Faults",
    "ForeignRows",
    "Group",
    "Happened",
    "Implementation",
    "LateAnswer",
    "Lose",
    "Member",
    "Message",
    "NoAnswer",
    "OkButNothing",
    "PartialList",
    "Profile",
    "Request",
    "SendTimeout",
    "Shown",
    "UserIdZero",
    "World",
]
