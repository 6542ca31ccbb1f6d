"""Faults on purpose: what goes wrong between QQ, an implementation and a bot.

>>> faults = Faults(seed=1)
>>> faults.once("set_group_kick", OkButNothing())
>>> faults.rate("send_group_msg", 0.01, SendTimeout())
>>> faults.on_event("request.group.add", Lose(), times=1)
"""

from __future__ import annotations

import random
from dataclasses import dataclass

SEND_TIMEOUT_TEXT = (
    "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg "
    "ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate EventRet:\n{}\n"
)


@dataclass(frozen=True)
class NoAnswer:
    """No answer comes. ``done``: the act was done all the same."""

    done: bool = True


@dataclass(frozen=True)
class LateAnswer:
    """The act is done at once, the answer comes ``seconds`` later."""

    seconds: float


@dataclass(frozen=True)
class Failure:
    """Not done, and said so. ``retcode`` None: the profile's usual one."""

    retcode: int | None = None
    message: str = "failed"


@dataclass(frozen=True)
class SendTimeout:
    """Done and shown, yet answered as failed with NapCat's sendMsg timeout."""

    shown: bool = True


@dataclass(frozen=True)
class OkButNothing:
    """Answered ok, and nothing was done."""


@dataclass(frozen=True)
class DropConnection:
    """The connection breaks. ``done``: the act was done before."""

    done: bool = False


@dataclass(frozen=True)
class PartialList:
    """A list comes without its last ``missing`` items."""

    missing: int


@dataclass(frozen=True)
class ForeignRows:
    """Every row of a list says that it is another group's."""

    group_id: int


@dataclass(frozen=True)
class Lose:
    """The event never comes."""


@dataclass(frozen=True)
class Duplicate:
    """The event comes ``times`` more, ``seconds`` apart."""

    times: int = 1
    seconds: float = 0.02


@dataclass(frozen=True)
class Delay:
    """The event comes ``seconds`` later."""

    seconds: float


@dataclass(frozen=True)
class UserIdZero:
    """The event has ``user_id`` 0."""


ActionFault = (
    NoAnswer | LateAnswer | Failure | SendTimeout | OkButNothing | DropConnection | PartialList | ForeignRows
)
EventFault = Lose | Duplicate | Delay | UserIdZero


class Faults:
    """Which faults strike. One-shot ones come first, in order, then lasting ones, then by chance.

    Actions are named exactly, ``*`` means each. Events are named by their dotted path
    (``notice.group_increase.approve``) or the beginning of one.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._once: dict[str, list[ActionFault]] = {}
        self._always: dict[str, ActionFault] = {}
        self._rates: dict[str, list[tuple[float, ActionFault]]] = {}
        self._events: list[tuple[str, EventFault, int | None, float]] = []
        self.struck: list[tuple[str, ActionFault | EventFault]] = []

    def once(self, action: str, fault: ActionFault, times: int = 1) -> None:
        """The next ``times`` calls of ``action`` go wrong."""
        self._once.setdefault(action, []).extend([fault] * times)

    def always(self, action: str, fault: ActionFault) -> None:
        """Each call of ``action`` goes wrong, until :meth:`clear`."""
        self._always[action] = fault

    def rate(self, action: str, probability: float, fault: ActionFault) -> None:
        """A share of the calls of ``action`` goes wrong, drawn with the seed."""
        self._rates.setdefault(action, []).append((probability, fault))

    def on_event(
        self, event: str, fault: EventFault, times: int | None = None, probability: float = 1.0
    ) -> None:
        """Events go wrong: the next ``times`` ones (None: each), each with ``probability``."""
        self._events.append((event, fault, times, probability))

    def clear(self) -> None:
        """No more faults."""
        self._once.clear()
        self._always.clear()
        self._rates.clear()
        self._events.clear()

    def for_action(self, action: str) -> ActionFault | None:
        """The fault that strikes this call, if any."""
        for key in (action, "*"):
            fault = self._draw(key)
            if fault is not None:
                self.struck.append((action, fault))
                return fault
        return None

    def _draw(self, key: str) -> ActionFault | None:
        if self._once.get(key):
            return self._once[key].pop(0)
        if key in self._always:
            return self._always[key]
        for probability, fault in self._rates.get(key, ()):
            if self._random.random() < probability:
                return fault
        return None

    def for_event(self, event: str) -> EventFault | None:
        """The fault that strikes this event, if any."""
        for index, (name, fault, times, probability) in enumerate(self._events):
            if name != "*" and event != name and not event.startswith(name + "."):
                continue
            if probability < 1.0 and self._random.random() >= probability:
                continue
            if times is not None:
                if times <= 1:
                    del self._events[index]
                else:
                    self._events[index] = (name, fault, times - 1, probability)
            self.struck.append((event, fault))
            return fault
        return None
