"""Answers to requests, and what pushes a request off the lists."""

from services.acts import Act, ActKind, Priority
from simulator import World
from tests.plugins.gateway.conftest import BOT

PROFILES = ["napcat", "llbot", "lagrange", "go-cqhttp", "snowluma-1.11", "snowluma", "unknown"]


def answer(flag: str, user_id: int, *, approve: bool, reason: str = "") -> Act:
    payload = {"flag": flag, "approve": approve, "reason": reason, "request_id": 1}
    return Act(ActKind.ANSWER_REQUEST, Priority.ANSWER, payload, 700001, user_id, BOT)


async def push_off(world: World) -> None:
    """Push every request off all lists by notices of other kinds."""
    for n in range(520):
        world.add_member(700001, 40000 + n)
        await world.kick_by_human(700001, 40000 + n, 20000)
