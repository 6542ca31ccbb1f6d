"""A history before it happens: steps drawn from a seed, each small enough to be left out."""

import random
from dataclasses import dataclass

DAY = 86400.0
# Step → how often a year it comes in a company of sixty, and at what hours of the day.
LIFE: dict[str, tuple[float, tuple[float, float]]] = {
    "hire": (30, (9, 17)),
    "leave": (14, (9, 18)),
    "exodus": (4, (9, 18)),
    "transfer": (9, (9, 18)),
    "handover": (9, (9, 18)),
    "card": (50, (7, 23)),
    "ask": (70, (0, 24)),
    "strange": (15, (0, 24)),
    "settle": (12, (8, 22)),
    "shy": (20, (8, 22)),
    "talk": (60, (7, 23)),
    "tidy": (100, (9, 18)),
    "staff": (230, (9, 18)),
    "heads": (60, (9, 18)),
    "command": (80, (8, 22)),
    "found": (4, (8, 22)),
    "dissolve": (3, (8, 22)),
    "new_owner": (5, (8, 22)),
    "rename": (5, (8, 22)),
    "admin": (12, (8, 22)),
    "pull": (15, (8, 22)),
    "waive": (10, (9, 18)),
    "forgive": (5, (9, 18)),
    "appeal": (8, (9, 22)),
    "paid": (10, (9, 18)),
    "rehire": (3, (9, 18)),
    "early": (5, (9, 18)),
    "regular": (4, (9, 18)),
    "second_qq": (4, (9, 18)),
    "pause": (8, (0, 24)),
    "mode": (4, (9, 18)),
    "part_roster": (3, (9, 18)),
    "bad_roster": (3, (9, 18)),
    "rename_department": (2, (9, 18)),
}
# How often a year something goes wrong, whatever the company's size.
FAULTS: dict[str, tuple[float, tuple[float, float]]] = {
    "event": (60, (0, 24)),
    "call": (80, (0, 24)),
    "gap": (15, (0, 24)),
    "crash": (20, (0, 24)),
    "restart": (8, (0, 24)),
    "offline": (4, (0, 24)),
    "clock": (3, (0, 24)),
    "false_card": (5, (0, 24)),
}
# As often as LIFE's, and drawn last, so that older seeds tell what they told.
LATER: dict[str, tuple[float, tuple[float, float]]] = {
    "refile": (15, (8, 22)),
    "upgrade": (6, (8, 22)),
    "prolong": (6, (8, 22)),
}


@dataclass(frozen=True)
class Step:
    """Something that happens `at` so many seconds after the beginning, with numbers to choose by."""

    at: float
    what: str
    draws: tuple[int, ...]

    def pick(self, place: int, count: int) -> int:
        """Choose one of `count` things; the same one whatever else happens, as far as can be."""
        return self.draws[place] % count


@dataclass(frozen=True)
class Story:
    """All there is to a history: run it twice, and the same happens. `start`: its first day, counted from 01-05."""

    seed: int
    days: int
    people: int = 60
    groups: int = 12
    profile: str = "napcat"
    steps: tuple[Step, ...] = ()
    start: int = 0


def draw(
    seed: int, days: int, people: int = 60, groups: int = 12, *, faults: bool = True, busy: float = 1.0
) -> Story:
    """Draw a history. `busy`: so many times as much happens in a day as really would."""
    chance = random.Random(f"story {seed}")
    profiles = ("napcat", "llbot", "napcat", "go-cqhttp", "lagrange")
    kinds = {**LIFE, **(FAULTS if faults else {}), **LATER}
    steps = [_rosters(chance, days)] if days > 20 else []
    flat = [step for some in steps for step in some]
    for what, (a_year, hours) in kinds.items():
        size = people / 60 if what not in FAULTS and what != "staff" else 1.0
        for _ in range(_count(chance, a_year * size * busy * days / 365)):
            at = chance.randrange(1, days) * DAY + chance.uniform(*hours) * 3600
            flat.append(_step(chance, at, what))
    return Story(
        seed, days, people, groups, profiles[seed % len(profiles)], tuple(sorted(flat, key=lambda s: s.at)),
        # The holidays of the year to come are known only in autumn: a history ends in this one where it can.
        start=chance.randrange(max(1, 355 - days)),
    )  # fmt: skip


def _rosters(chance: random.Random, days: int) -> list[Step]:
    """A roster a month, roughly."""
    return [
        _step(chance, (day + chance.randrange(-3, 4)) * DAY + chance.uniform(9, 17) * 3600, "roster")
        for day in range(25, days, 28)
    ]


def _step(chance: random.Random, at: float, what: str) -> Step:
    return Step(round(at, 1), what, tuple(chance.randrange(2**31) for _ in range(6)))


def _count(chance: random.Random, mean: float) -> int:
    """Return a whole number that is `mean` on average."""
    return int(mean) + (chance.random() < mean - int(mean))
