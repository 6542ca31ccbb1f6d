"""Receiving a member list: reading the rows, beside what the adapter takes to parse the same frame."""

import json
import time

from bench.page.figures import Figure
from bench.scene.qq import group_id, member
from plugins.gateway.reading.member_rows import read_members

MEMBERS = 2000
ROUNDS = 20


def frame() -> str:
    """Return an answer with a member list, as it comes over the socket."""
    rows = [member(group_id(0), 1_000_000_000 + n, f"市场部-成员{n}") for n in range(MEMBERS)]
    return json.dumps({"status": "ok", "retcode": 0, "data": rows, "echo": "1"}, ensure_ascii=False)


def measure(repeats: int) -> list[Figure]:
    """Measure both in turn."""
    text = frame()
    parsed = json.loads(text)
    ours: list[float] = []
    base: list[float] = []
    for _ in range(repeats):
        begun = time.process_time()
        for _ in range(ROUNDS):
            parsed = json.loads(text)
        between = time.process_time()
        for _ in range(ROUNDS):
            read_members(parsed["data"])
        base.append((between - begun) / ROUNDS * 1000)
        ours.append((time.process_time() - between) / ROUNDS * 1000)
    return [Figure(f"reading a list of {MEMBERS:,} members", "ms CPU", tuple(ours), tuple(base), "≤ 1×")]
