"""One connected QQ account: calls with a patience, and answers that mean what they say.

Knows nothing of NoneBot: a `Transport` carries a call and returns the whole answer frame.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from config.phrases import gateway as say
from plugins.gateway.calls import Call
from plugins.gateway.profiles import UNKNOWN, Profile
from regulation.model import Role
from services.ports import GroupInfo
from services.sender.pacing import Silence, Skew

Transport = Callable[[str, Mapping[str, Any], float], Awaitable[Mapping[str, Any]]]


Kind = Literal["picture", "file"]
KINDS: tuple[Kind, ...] = ("picture", "file")
# Long enough not to try in vain each time, short enough that nobody has to tell the bot of a repair.
REFUSED_SECONDS = 600.0
_CHINESE = re.compile("[\u4e00-\u9fff]")
_log = logging.getLogger("qungui")


class CallError(Exception):
    """A call that gave no good answer. The text says why."""


class NotSentError(CallError):
    """The call never left: nothing can have happened."""


class RefusedError(CallError):
    """The implementation said no. `retcode` and `text` are its own; what people hear is Chinese."""

    def __init__(self, retcode: int, text: str) -> None:
        said = " ".join(text.split()) if _CHINESE.search(text) else ""
        super().__init__(said or say.REFUSED_BY.format(code=retcode))
        self.retcode = retcode
        self.text = text


class UnansweredError(CallError):
    """No answer in time, or the connection broke: it may have happened."""


class TimedOutError(UnansweredError):
    """No answer in time, or QQ's own send time-out: a sign of risk control."""


class Connection:
    """A connected account. `reconnected`: it was connected before in this process.

    `may_wait` is called before each call, and raises where the caller holds what others wait for.
    `peer`: the address of the implementation's machine, "" if unknown.
    """

    def __init__(
        self,
        account: int,
        transport: Transport,
        *,
        reconnected: bool = False,
        may_wait: Callable[[], None] = lambda: None,
        peer: str = "",
    ) -> None:
        self.account = account
        self.reconnected = reconnected
        self.connected_at = time.monotonic()
        self.profile: Profile = UNKNOWN
        self.app_version = ""
        self.told_name = ""
        self.identified = asyncio.Event()
        self.groups: dict[int, GroupInfo] = {}
        self.roles: dict[int, Role] = {}
        self.friends: frozenset[int] = frozenset()
        self.skew = Skew()
        self.silence = Silence(groups=lambda: self.groups)
        self.online = True
        self.closed = asyncio.Event()
        self._transport = transport
        self._may_wait = may_wait
        self.peer = peer
        self._missing_once: set[int] = set()
        self._refused: dict[Kind, tuple[float, str]] = {}
        self._under_way: dict[asyncio.Timeout, None] = {}  # in the order of the calls

    @property
    def app_name(self) -> str:
        """Return the implementation's own name, or the profile's: what its effects are counted under."""
        return self.told_name.replace("|", " ") or self.profile.name

    @property
    def seconds_since_reconnect(self) -> float | None:
        """Return the age of a reconnection, or None on the first connection of this process."""
        return time.monotonic() - self.connected_at if self.reconnected else None

    def close(self) -> None:
        """Fail the calls that still wait for an answer: the connection is gone."""
        self.closed.set()
        for call in tuple(self._under_way):
            call.reschedule(asyncio.get_running_loop().time())

    async def call(self, call: Call) -> Any:
        """Make a call and return its data. Raises one of the `CallError`s."""
        self._may_wait()
        if self.closed.is_set():
            raise NotSentError(say.NOT_CONNECTED)
        # No task of its own: the frame leaves in the very step that calls.
        until_closed = asyncio.timeout(None)
        try:
            async with until_closed:
                self._under_way[until_closed] = None
                answer = await self._transport(call.action, call.params, call.timeout)
            return self._read(answer)
        except TimeoutError as error:
            if until_closed.expired():
                raise UnansweredError(say.CUT_OFF) from None
            raise TimedOutError(say.NOT_WITHIN.format(seconds=f"{call.timeout:g}")) from error
        except CallError:
            raise
        except Exception as error:  # whatever a socket raises that is just closing: the call may have left
            raise UnansweredError(say.CUT_OFF) from error
        finally:
            self._under_way.pop(until_closed, None)

    def _read(self, answer: Mapping[str, Any]) -> Any:
        retcode, status = answer.get("retcode", 0), answer.get("status", "ok")
        # A failure may come with the error's text as status (Lagrange), or with ok and a retcode.
        if status in ("ok", "async") and (retcode in (0, None) or status == "async"):
            return answer.get("data")
        text = str(answer.get("wording") or answer.get("message") or answer.get("msg") or "")
        if not text and status not in ("ok", "failed"):
            text = str(status)
        if text.startswith("Timeout") and ("NTEvent" in text or "sendMsg" in text):
            raise TimedOutError(say.QQ_TIMED_OUT)
        _log.debug("QQ refused a call: %s %s", retcode, text[:200])
        raise RefusedError(retcode if isinstance(retcode, int) else -1, text[:200])

    def refuses(self, kind: Kind) -> str:
        """Return why this account can't send such things at the moment, as it was last told; else ''."""
        until, why = self._refused.get(kind, (0.0, ""))
        return why if time.monotonic() < until else ""

    def refused(self, kind: Kind, why: str) -> None:
        """Note that such a thing was refused: the next ones are not tried for `REFUSED_SECONDS`."""
        self._refused[kind] = (time.monotonic() + REFUSED_SECONDS, why[:60])

    def saw_groups(self, listed: Mapping[int, GroupInfo]) -> None:
        """Take a group list; a group counts as gone only when two lists in a row lack it."""
        missing = self.groups.keys() - listed.keys()
        kept = {group_id: self.groups[group_id] for group_id in missing - self._missing_once}
        self._missing_once = set(kept)
        self.groups = {**kept, **listed}
        self.roles = {group_id: role for group_id, role in self.roles.items() if group_id in self.groups}

    def recall(self, roles: Mapping[int, Role]) -> None:
        """Take what this account was in its groups when they were last read; what was seen since stands."""
        self.roles = {**roles, **self.roles}

    def saw_role(self, group_id: int, role: Role, info: GroupInfo) -> None:
        """Note what this account is in a group, as a member list showed it."""
        self.roles[group_id] = role
        self.groups[group_id] = info
        self._missing_once.discard(group_id)

    def left(self, group_id: int) -> None:
        """Note that this account is no longer in a group."""
        self.groups.pop(group_id, None)
        self.roles.pop(group_id, None)
