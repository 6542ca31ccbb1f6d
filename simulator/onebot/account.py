"""One QQ account of the world as the actions see it: who it is, how it behaves, what it did lately."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from simulator.faults import Faults
from simulator.onebot.member_lists import MemberLists
from simulator.onebot.params import Params
from simulator.profiles import Profile
from simulator.qq.world import World


class Account:
    """`latency`: seconds until a call is answered; `kicks`, `last_card_at`: by the loop's clock."""

    def __init__(
        self, world: World, self_id: int, profile: Profile, faults: Faults, nickname: str, latency: float
    ) -> None:
        self.world = world
        self.self_id = self_id
        self.profile = profile
        self.faults = faults
        self.nickname = nickname
        self.latency = latency
        self.online = True
        self.kicks: list[float] = []
        self.last_card_at = float("-inf")
        self.member_lists = MemberLists(profile)


Handler = Callable[[Account, Params], Awaitable[Any]]
