"""Doing one row of the outbox: which calls, and what their answers are worth.

An `Attempt` either has an outcome, or is to be read back (`plugins.gateway.outgoing.verify`).
"""

import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from config.phrases import gateway as say
from db.queries.work.outbox import OutboxRow
from plugins.gateway import calls
from plugins.gateway.calls import Call, Segment
from plugins.gateway.connection import Connection, NotSentError, RefusedError, TimedOutError, UnansweredError
from plugins.gateway.gateway import QQGateway
from plugins.gateway.outgoing.messages import has_picture, in_words, segments, split
from services.acts import ActKind, ActOutcome, Lapse, dropped
from services.app import App
from services.flags import is_same, key_of
from services.ports import UnreachableError
from services.sender import bookkeeping
from services.sender.bookkeeping import Effect

# What is asked in a group again so soon, nobody can have looked for yet.
AT_ONCE_SECONDS = 60.0
CallOf = Callable[[Sequence[Segment]], Call]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt at a row gave. `outcome` None: to be read back.

    `said`: ok | error | timeout, with `detail`; `settled`: refused because somebody has settled it.
    `timed_out`: a sign of risk control. `undone`: the call never left.
    """

    action: str
    said: str = "ok"
    detail: str = ""
    outcome: ActOutcome | None = None
    timed_out: bool = False
    undone: bool = False
    settled: bool = False


async def attempt(connection: Connection, call: Call) -> Attempt:
    """Make one call and tell how it was answered."""
    try:
        await connection.call(call)
    except NotSentError as error:
        return Attempt(call.action, "error", str(error), undone=True)
    except UnansweredError as error:
        return Attempt(call.action, "timeout", str(error), timed_out=isinstance(error, TimedOutError))
    except RefusedError as error:
        settled = connection.profile.is_settled(error.retcode, error.text)
        return Attempt(call.action, "error", str(error), settled=settled)
    return Attempt(call.action)


def effect_of(connection_name: str, tried: Attempt, *, took: bool) -> Effect:
    """Return what to count: an ok that changed nothing is `ineffective`."""
    said = "ineffective" if tried.said == "ok" and not took else tried.said
    return Effect(connection_name, tried.action, said)


class Acts:
    """Performs rows through one connection."""

    def __init__(self, app: App, gateway: QQGateway, connection: Connection) -> None:
        self._app = app
        self._gateway = gateway
        self._connection = connection
        self._fallen_back: dict[tuple[int, str], float] = {}
        self._by_kind: dict[ActKind, Callable[[OutboxRow], Awaitable[Attempt]]] = {
            ActKind.ANSWER_REQUEST: self._answer_request,
            ActKind.ANSWER_INVITE: self._answer_invite,
            ActKind.ANSWER_FRIEND: self._answer_friend,
            ActKind.REMOVE: self._remove,
            ActKind.SET_CARD: self._set_card,
            ActKind.SEND_GROUP: self._send_group,
            ActKind.SEND_PRIVATE: self._send_private,
            ActKind.SEND_FILE: self._send_file,
            ActKind.GROUP_NOTICE: self._group_notice,
        }

    async def perform(self, row: OutboxRow) -> Attempt:
        """Do one row."""
        return await self._by_kind[row.kind](row)

    async def remove_many(self, rows: Sequence[OutboxRow]) -> Attempt:
        """Remove several people of one group in one call; the profile has one."""
        make = self._connection.profile.kick_many
        assert make is not None
        return await self._call(make(_group(rows[0]), [_user(row) for row in rows]))

    async def _call(self, call: Call) -> Attempt:
        return await attempt(self._connection, call)

    async def _answer_request(self, row: OutboxRow) -> Attempt:
        flag, approve = str(row.payload["flag"]), bool(row.payload["approve"])
        reason = str(row.payload.get("reason") or "")
        if (why := await self._strays(row, flag)) is not None:
            return Attempt("set_group_add_request", "error", why, ActOutcome("failed", why))
        named = await self._flag(row)
        tried = await self._call(calls.answer_request(named, approve=approve, reason=reason))
        if tried.said == "ok":
            self._app.tally.answered(self._connection.account, flag, time.monotonic())
        return tried

    async def _strays(self, row: OutboxRow, flag: str) -> str | None:
        """Return why an answer must not be sent where a flag that matches nothing hits somebody else."""
        profile = self._connection.profile
        if not profile.strays:
            return None
        listed = await self._gateway.pending_requests(self._connection.account)
        known = {(one.group_id, one.key) for one in (*listed.waiting, *listed.settled)}
        if row.payload.get("recovered") or (row.group_id, key_of(flag)) not in known:
            return say.STRAYS.format(name=profile.name)
        return None

    async def _flag(self, row: OutboxRow) -> str:
        """Return a request's flag as this implementation takes it: it may have been heard on another one."""
        flag, takes = str(row.payload["flag"]), self._connection.profile.flags.fullmatch
        key = key_of(flag)
        if takes(flag) or takes(key):
            return flag if takes(flag) else key
        try:
            pending = await self._gateway.pending_requests(self._connection.account)
        except UnreachableError:
            return flag  # refused as it is, it is given once more
        listed = (*pending.waiting, *pending.settled)
        here = [one for one in (*listed, *pending.invitations) if one.group_id == row.group_id]
        same = (one.flag for one in here if key_of(one.flag) == key)
        theirs = (
            one.flag
            for one in listed
            if one in here and one.user_id == (row.user_id or -1) and is_same(one.flag, flag, row.made_at)
        )
        return next(itertools.chain(same, theirs), flag)

    async def _answer_invite(self, row: OutboxRow) -> Attempt:
        flag, approve = await self._flag(row), bool(row.payload["approve"])
        reason = str(row.payload.get("reason") or "")
        call = calls.answer_request(flag, approve=approve, reason=reason, sub_type="invite")
        tried = await self._call(call)
        return tried if approve else _by_answer(tried)

    async def _answer_friend(self, row: OutboxRow) -> Attempt:
        call = calls.answer_friend(str(row.payload["flag"]), approve=bool(row.payload["approve"]))
        tried = _by_answer(await self._call(call))
        if tried.said == "ok" and row.user_id is not None and row.payload["approve"]:
            self._connection.friends |= {row.user_id}
        return tried

    async def _remove(self, row: OutboxRow) -> Attempt:
        return await self._call(calls.kick(_group(row), _user(row)))

    async def _set_card(self, row: OutboxRow) -> Attempt:
        return await self._call(calls.set_card(_group(row), _user(row), str(row.payload["card"])))

    async def _send_group(self, row: OutboxRow) -> Attempt:
        message = segments(row.payload["parts"], row.attachment)
        return _sent(await self._say(message, _to_group(_group(row))))

    async def _send_private(self, row: OutboxRow) -> Attempt:
        user_id = _user(row)
        message = segments(row.payload["parts"], row.attachment)
        via = await self._session(row)
        tried = await self._say(message, _to_person(user_id, via))
        if tried.said != "error" or tried.undone:
            return _sent(tried)
        if via is None and (row.group_id or 0) in self._connection.groups:
            tried = await self._say(message, _to_person(user_id, row.group_id))
        if tried.said != "error" or tried.undone:
            return _sent(tried)
        return await self._fall_back(row, tried)

    async def _fall_back(self, row: OutboxRow, refused: Attempt) -> Attempt:
        """Say in the group what may be said there: nothing private is in it.

        Of several things at once it says so once: who is asked to look finds them all.
        """
        words, group_id = row.payload.get("fallback"), row.payload.get("via_group") or row.group_id
        if not words or group_id is None or await bookkeeping.is_paused(self._app):
            return _sent(refused)
        said, now = (int(group_id), repr(words)), time.monotonic()
        lately = {one: at for one, at in self._fallen_back.items() if now - at < AT_ONCE_SECONDS}
        if said in lately:
            return _sent(Attempt("send_group_msg"), fallback=True)
        tried = await self._say(segments(words), _to_group(int(group_id)))
        if tried.said == "ok":
            self._fallen_back = {**lately, said: now}
        return _sent(tried, fallback=True)

    async def _send_file(self, row: OutboxRow) -> Attempt:
        """Send a file; where it is refused, say so where it was to go."""
        name, data = str(row.payload["name"]), row.attachment or b""
        via = None if row.user_id is None else await self._session(row)
        call_of = _to_group(_group(row)) if row.user_id is None else _to_person(row.user_id, via)
        if why := self._no_files():
            tried = Attempt("upload_private_file", "error", why)
        elif row.user_id is None:
            tried = await self._call(calls.group_file(_group(row), name, data))
        else:
            tried = await self._call(calls.private_file(row.user_id, name, data, via))
        if tried.said == "error" and not tried.undone:
            line = say.FILE_NOT_SENT.format(name=name, why=" ".join(tried.detail.split())[:60])
            said = await self._call(call_of([{"type": "text", "data": {"text": line}}]))
            if said.said == "ok" and not why:
                self._connection.refused("file", tried.detail)
        return _sent(tried)

    def _no_files(self) -> str:
        profile = self._connection.profile
        if not profile.sends_files:
            return say.FILES_UNSUPPORTED.format(name=profile.name)
        return self._connection.refuses("file")

    async def _group_notice(self, row: OutboxRow) -> Attempt:
        return _sent(await self._call(calls.group_notice(_group(row), str(row.payload["text"]))))

    async def _session(self, row: OutboxRow) -> int | None:
        wished = row.payload.get("via_group") or row.group_id
        return await self._gateway.session_for(self._connection, _user(row), wished)

    async def _say(self, message: Sequence[Segment], call_of: CallOf) -> Attempt:
        """Send the parts of one message in turn; what failed half-way may not begin again."""
        tried = Attempt("send_group_msg")
        for index, part in enumerate(split(message)):
            tried = await self._say_part(part, call_of)
            if tried.said != "ok":
                half = index > 0 and tried.said == "error"
                return Attempt(tried.action, "timeout", tried.detail) if half else tried
        return tried

    async def _say_part(self, part: Sequence[Segment], call_of: CallOf) -> Attempt:
        """Send a part; where its picture is refused, its text: that alone shows what was refused."""
        if not has_picture(part):
            return await self._call(call_of(part))
        known = why = self._connection.refuses("picture")
        if not known:
            tried = await self._call(call_of(part))
            if tried.timed_out:
                # It may be there; but the next had better come without.
                self._connection.refused("picture", tried.detail)
            if tried.said != "error" or tried.undone:
                return tried
            why = tried.detail
        plain = await self._call(call_of(in_words(part, why)))
        if plain.said == "ok" and not known:
            self._connection.refused("picture", why)
        return plain


def _to_group(group_id: int) -> CallOf:
    return lambda part: calls.group_message(group_id, part)


def _to_person(user_id: int, via: int | None) -> CallOf:
    return lambda part: calls.private_message(user_id, part, via)


def _group(row: OutboxRow) -> int:
    if row.group_id is None:
        raise UnreachableError(say.NO_ADDRESSEE)
    return row.group_id


def _user(row: OutboxRow) -> int:
    if row.user_id is None:
        raise UnreachableError(say.NO_ADDRESSEE)
    return row.user_id


def _by_answer(tried: Attempt) -> Attempt:
    """An act that can't be read back: the answer is all we get."""
    if tried.said == "ok":
        return _with(tried, ActOutcome("done", confirmed_by="answer"))
    if tried.settled:
        return _with(tried, dropped(say.NOT_DONE["settled"], Lapse.ELSEWHERE))
    if tried.said == "timeout":
        return _with(tried, ActOutcome("unconfirmed", tried.detail))
    return _with(tried, ActOutcome("failed", tried.detail))


def _sent(tried: Attempt, *, fallback: bool = False) -> Attempt:
    """A message: delivered means that QQ said so; what timed out is never sent again."""
    if tried.said == "ok":
        return _with(tried, ActOutcome("done", confirmed_by="answer", fallback=fallback))
    if tried.said == "timeout":
        why = say.NOT_DONE["timeout" if tried.timed_out else "lost"]
        return _with(tried, ActOutcome("unconfirmed", why, fallback=fallback))
    return _with(tried, ActOutcome("failed", tried.detail, fallback=fallback))


def _with(tried: Attempt, outcome: ActOutcome) -> Attempt:
    undone, timed_out = tried.undone, tried.timed_out
    return Attempt(tried.action, tried.said, tried.detail, outcome, timed_out, undone, tried.settled)
