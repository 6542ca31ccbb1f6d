"""The bot on a host whose clock stands as many seconds off as a file says."""

from tests.journeys.harness import ROOT, Journey

_ENTRY = f"""
import sys
from datetime import timedelta
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
import bot
from services.app import SystemClock

def now(self, true=SystemClock.now):
    return true(self) + timedelta(seconds=float(Path("offset").read_text() or 0))

SystemClock.now = now
bot.main()
"""


def with_shifted_clock(j: Journey, seconds: int) -> None:
    """Have a journey's bot start by a clock of its own."""
    j.entry = j.folder / "shifted.py"
    j.entry.write_text(_ENTRY, "utf-8")
    set_clock(j, seconds)


def set_clock(j: Journey, seconds: int) -> None:
    """Let the bot's clock stand this far from ours."""
    new = j.folder / "offset.new"
    new.write_text(str(seconds), "utf-8")
    new.replace(j.folder / "offset")
