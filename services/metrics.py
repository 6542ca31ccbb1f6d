"""What happened in this process since it started, counted for `/metrics`.

Counting an event costs two look-ups in a dictionary: it is done for every message of every group.
Nothing here grows with what strangers send.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

LABELS = 60
WAITING = 1000
_QUICK = (0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01)
_CALLS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_ANSWERS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Histogram:
    """Durations in seconds, counted by upper bound; the last count is of all that were longer."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds


def _quick() -> Histogram:
    return Histogram(_QUICK)


def _answers() -> Histogram:
    return Histogram(_ANSWERS)


@dataclass(slots=True)
class Tally:
    """`events`: by (post_type, kind). `dropped`: by reason. `calls`: by (action, result), result one of
    ok | refused | timeout | lost | unsent. `call_seconds`: by action. `answer_seconds`: from a join
    request's event to QQ's having taken the bot's own answer. `look_seconds`: our look at a message in a
    group. `under_way`: events being handled now, or waiting. `oddities`: what implementations sent that was
    not as it should be, in words of ours, each once.
    """

    events: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    dropped: dict[str, int] = field(default_factory=dict[str, int])
    calls: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    call_seconds: dict[str, Histogram] = field(default_factory=dict[str, Histogram])
    answer_seconds: Histogram = field(default_factory=_answers)
    look_seconds: Histogram = field(default_factory=_quick)
    under_way: int = 0
    oddities: set[str] = field(default_factory=set[str])
    _asked: OrderedDict[tuple[int, str], float] = field(
        default_factory=OrderedDict[tuple[int, str], float], repr=False
    )

    def event(self, post_type: str, kind: str) -> None:
        """Count an event that came in. Kinds nobody knows end up as `other` once there are many."""
        try:
            self.events[post_type, kind] += 1
        except KeyError:
            label = (post_type, kind[:40]) if len(self.events) < LABELS else ("other", "other")
            self.events[label] = self.events.get(label, 0) + 1

    def drop(self, reason: str) -> None:
        """Count an event or command that nothing is done about; `reason` is a fixed word of ours."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def called(self, action: str, result: str, seconds: float) -> None:
        """Count a call that was made, one of `plugins.gateway.calls`."""
        self.calls[action, result] = self.calls.get((action, result), 0) + 1
        if action not in self.call_seconds:
            self.call_seconds[action] = Histogram(_CALLS)
        self.call_seconds[action].observe(seconds)

    def asked(self, account: int, flag: str, at: float) -> None:
        """Note when a join request came; `at` is monotonic. A repeated event changes nothing."""
        self._asked.setdefault((account, flag), at)
        if len(self._asked) > WAITING:
            self._asked.popitem(last=False)

    def left_to_people(self, account: int, flag: str) -> None:
        """Note that people will decide this request: how long they take isn't the bot's latency."""
        self._asked.pop((account, flag), None)

    def answered(self, account: int, flag: str, at: float) -> None:
        """Note that QQ took the answer to a request; `at` is monotonic."""
        asked = self._asked.pop((account, flag), None)
        if asked is not None:
            self.answer_seconds.observe(at - asked)
