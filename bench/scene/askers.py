"""Who asks to join in a soak, what each must get, and the faults that everything is struck by."""

import random
from dataclasses import dataclass

from simulator import (
    Delay,
    DropConnection,
    Duplicate,
    Failure,
    Faults,
    LateAnswer,
    Lose,
    NoAnswer,
    OkButNothing,
    PartialList,
    Request,
    SendTimeout,
    UserIdZero,
)
from tests.journeys import load
from tests.journeys.harness import Row

# How many of a hundred askers are of which kind, and what each must get.
KINDS = {"right": 60, "nobody": 15, "silent": 10, "outsider": 10, "probation": 5}
EXPECTED = {
    "right": "approve",
    "nobody": "reject",
    "silent": "reject",
    "outsider": "reject",
    "probation": "hold",
}


@dataclass
class Asker:
    """Somebody who asks to join: what they are, and what they must be answered."""

    kind: str
    user_id: int
    comment: str
    row: Row | None = None
    request: Request | None = None


def askers(count: int, chance: random.Random) -> list[Asker]:
    """Return invented people who will ask, each once."""
    made: list[Asker] = []
    people = load.newcomers(count)
    for n, kind in enumerate(chance.choices(list(KINDS), list(KINDS.values()), k=count)):
        row, user_id = people[n], 60_000 + n
        if kind == "outsider":
            row.department = "技术部"
        elif kind == "probation":
            row.status = "试用"
        known = kind in ("right", "outsider", "probation")
        comment = load.proof(row) if known else "" if kind == "silent" else f"市场部 路人 Z{n:05} 1234"
        made.append(Asker(kind, user_id, comment, row if known else None))
    return made


def faults(rate: float) -> Faults:
    """Return every kind of fault, each striking `rate` of what it can strike."""
    made = Faults(seed=1)
    for fault in (NoAnswer(), NoAnswer(done=False), LateAnswer(2.0), Failure(), DropConnection()):
        made.rate("*", rate, fault)
    for action in ("set_group_kick", "set_group_card", "set_group_add_request"):
        made.rate(action, rate, OkButNothing())
    for action in ("send_group_msg", "send_private_msg"):
        made.rate(action, rate, SendTimeout())
    made.rate("get_group_member_list", rate, PartialList(150))
    for event in ("request", "notice"):
        for fault in (Lose(), Duplicate(), Delay(1.0)):
            made.on_event(event, fault, probability=rate)
    made.on_event("request", UserIdZero(), probability=rate)
    return made
