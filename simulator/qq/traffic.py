"""Load: many people talking at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

from simulator.qq.world import World

TICK_SECONDS = 0.01
PHRASES = ("收到", "好的", "明天上午开会", "文档已更新", "谢谢", "稍等，我看一下", "请查收", "👍")


async def flood(
    world: World,
    per_second: float,
    seconds: float,
    phrases: Sequence[str] = PHRASES,
    seed: int = 0,
) -> int:
    """Have random members say ``per_second`` messages a second, spread over all groups.

    Returns how many were said. If the machine can't keep up, the backlog is said in one go, so
    that the total stays right; accounts push each message that is said in a group of theirs.
    """
    chance = random.Random(seed)
    speakers = [
        (group_id, [user_id for user_id in group.members if user_id not in world.accounts])
        for group_id, group in world.groups.items()
    ]
    speakers = [(group_id, people) for group_id, people in speakers if people]
    total = round(per_second * seconds)
    begun, said = time.monotonic(), 0
    while said < total:
        due = min(total, int((time.monotonic() - begun) * per_second) + 1)
        while said < due:
            group_id, people = chance.choice(speakers)
            user_id = chance.choice(people)
            if user_id in world.groups[group_id].members:
                world.utter(group_id, user_id, chance.choice(phrases))
            said += 1
        await asyncio.sleep(TICK_SECONDS)
    return said
