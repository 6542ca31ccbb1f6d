"""The nightly audit: checks, reconciliation with stored cases, plan and saving, for 1e4 to 3e6 memberships.

100,000 employees, groups of 1,000 members, 2 % of them with a finding. The first night opens every
case; before the second one, one member in a hundred of each group has changed their card, most of them to
another right one. Each size runs in a process of its own, for its peak of memory.
"""

import asyncio
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.page.figures import Figure
from bench.scene import company
from bench.scene.apart import call
from bench.scene.bots import POLICY
from bench.scene.company import Size
from bench.scene.qq import ACCOUNT, OWNER, group_id
from config.policy import load_policy
from config.settings import Settings
from regulation.model import Member, Role
from services.cases import enforcing
from services.people.registry import load
from services.ports import GroupInfo, Reading
from services.running.memory import spare_the_memory_walk
from services.running.startup import build_app
from tests.company import FakeQQ

PEOPLE = 100_000
PER_GROUP = 1000
# Groups, the largest of which shows the growth; what is promised is said of a thousand.
SIZES = (10, 100, 1000, 3000)
PROMISED = 1000


@dataclass
class Lists(FakeQQ):
    """A gateway whose lists are made as they are asked for; `making` is the CPU that took (s)."""

    making: float = 0.0
    night: int = 1

    def accounts(self) -> tuple[int, ...]:
        """Return the one account."""
        return (ACCOUNT,)

    def account_for(self, group_id: int) -> int | None:
        """Return the one account."""
        return ACCOUNT

    async def group_list(self, account: int) -> Sequence[GroupInfo]:
        """Return nothing: nobody asks."""
        return []

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        """Return a complete list; one member in fifty has a wrong card."""
        # Of this thread: others may be at work on the database meanwhile.
        begun = time.thread_time()
        n = group_id % 10_000_000
        members = [Member(OWNER, "", "", Role.OWNER), Member(ACCOUNT, "", "群规", Role.ADMIN)]
        for i in range(PER_GROUP - 2):
            person = (n * 997 + i) % PEOPLE
            members.append(Member(company.qq_of(person), f"u{person}", self._card(i, person)))
        name = f"XY-市场部-{group_id}"
        read = Reading(group_id, name, tuple(members), self.clock.now(), ACCOUNT, Role.ADMIN, complete=True)
        self.making += time.thread_time() - begun
        await asyncio.sleep(0)
        return read

    def _card(self, i: int, person: int) -> str:
        if i % 50 == 0 or (self.night > 1 and i % 400 == 1):
            return company.name_of(person)
        return company.card_of(person) + ("（出差）" if self.night > 1 and i % 100 == 1 else "")


async def one(groups: int) -> dict[str, float]:
    """Audit `groups` groups twice in this process, in the database and the folder of its environment."""
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        superusers=frozenset({OWNER}), phone_key=company.KEY.decode(),
    )  # fmt: skip
    await company.write(settings.database_url, Size(PEOPLE, groups))
    policy = settings.data_dir / "regulation.toml"
    policy.write_text(POLICY, encoding="utf-8")
    app = build_app(settings, load_policy(policy))
    await load(app)
    spare_the_memory_walk()
    qq = Lists(app.clock)
    app.gateway = qq  # pyright: ignore[reportAttributeAccessIssue]
    found: dict[str, float] = {}
    for qq.night, night in enumerate(("first", "second"), start=1):
        qq.making, begun = 0.0, time.process_time()
        outcomes = await enforcing.run(app, [group_id(n) for n in range(groups)])
        found[night] = time.process_time() - begun - qq.making
        assert sum(outcome.findings for outcome in outcomes) >= groups * len(range(0, PER_GROUP - 2, 50))
    await app.database.close()
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def run_apart(groups: int) -> dict[str, float]:
    """Measure one size in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        return call(one, groups, database=Path(name) / "bench.db", folder=Path(name))


def measure(repeats: int) -> list[Figure]:
    """Measure every size."""
    # In turn, so that what is compared ran one after the other.
    rounds = [{groups: run_apart(groups) for groups in SIZES} for _ in range(repeats)]
    runs = {groups: [one[groups] for one in rounds] for groups in SIZES}
    found: list[Figure] = []
    for before, groups in zip((None, *SIZES), SIZES, strict=False):
        label = f"audit: {groups * PER_GROUP:,} memberships"
        bound = "≤ 60 s" if groups == PROMISED else ""
        for night in ("first", "second"):
            taken = tuple(run[night] for run in runs[groups])
            base = tuple(run[night] for run in runs[before]) if before else ()
            growth = f"≤ {groups / before * 1.1:.3g}×" if before else ""
            found.append(Figure(f"{label}, {night} night", "s CPU", taken, base, bound or growth))
        peak = tuple(run["peak"] for run in runs[groups])
        found.append(Figure(f"{label}, peak", "MiB", peak, (), "≤ 600 MiB" if bound else ""))
    return found
