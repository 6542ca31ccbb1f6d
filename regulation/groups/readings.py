"""What is known of a group: judged from a complete reading, or unknown; never "clean" for lack of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FRESH_FOR = timedelta(hours=26)
"""How long a judgement stands: every group is read each night."""


@dataclass(frozen=True, slots=True)
class LastReading:
    """The last reading of a group. `ours`: it is filed, or needs no filing, and so is answered for.

    `complete_at`: the last complete one. `failed`: why the last one gave no answer, empty when it did.
    `gone_at`: since when none of our accounts is in it.
    """

    group_id: int
    name: str = ""
    ours: bool = False
    complete_at: datetime | None = None
    failed: str = ""
    gone_at: datetime | None = None

    @property
    def is_lost(self) -> bool:
        """Tell whether this is a group to be answered for that none of our accounts is in."""
        return self.ours and self.gone_at is not None


def why_unknown(last: LastReading, now: datetime) -> str:
    """Return why nothing can be said of a group, or an empty text: it was judged from a complete reading.

    `lost`, `never`, `old`, or the reason that the last reading gave. A group that we left and that
    nobody filed is none of ours: an empty text.
    """
    if last.gone_at is not None:
        return "lost" if last.ours else ""
    if last.failed:
        return last.failed
    if last.complete_at is None:
        return "never"
    return "old" if now - last.complete_at > FRESH_FOR else ""
