"""Who and what there is in the random histories, and a QQ that tells the truth of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from db.tables.base import ZONE
from services.ports import Reading
from tests import company as co
from tests.company import BOT, GROUP, OTHER
from tests.services.histories import joins

UNFILED = 700003
GROUPS = (GROUP, OTHER, UNFILED)
START = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
STEPS = 18
# Three histories that have a bit of everything between them.
WORTH = (2007, 2011, 2020)
AMOUNTS = {"L1": 20, "T1": 10, "F1": 50, "F3": 50, "C1": 10}
SPANS = {"L1": 3, "T1": 1, "F1": 3, "F3": 3, "C1": 3}
CLOCK = {"card_reminder", "file", "notice", "cannot_remove", "removal_failed"}
# Whom groups are handed to: nobody holds an office twice, as no reading could tell.
FRESH = tuple(range(21001, 21013))
STRANGERS = joins.STRANGERS
MARKET, BUYERS = "市场部", "采购部"


@dataclass
class Person:
    """What is true of somebody. `old`: the department whose handover is open."""

    no: str
    name: str
    department: str
    old: str | None = None
    left: bool = False
    trainee: bool = False


class TrueQQ(co.FakeQQ):
    """A QQ that says the bot's role as the list has it."""

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        reading = await super().read_members(group_id, max_age=max_age)
        role = next(m.role for m in reading.members if m.user_id == BOT)
        return replace(reading, bot_role=role)
