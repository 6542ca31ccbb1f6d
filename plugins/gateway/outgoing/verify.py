"""Reading back: done means seen. Each kind of act has its own patience.

`Verifier.check` returns the outcome, or `AGAIN` when the act surely didn't take and may be repeated.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config.phrases import gateway as say
from db.queries.work.outbox import OutboxRow
from plugins.gateway import calls
from plugins.gateway.connection import CallError, Connection, RefusedError
from plugins.gateway.gateway import QQGateway
from services.acts import ActKind, ActOutcome, Lapse, dropped
from services.app import App
from services.flags import key_of
from services.ports import PendingRequest, UnreachableError
from services.sender import bookkeeping

TRIES = 2
# Answers to requests that were refused or got no reply: nobody was told anything yet.
UNHEARD_TRIES = 4
# Refusals of requests that no list shows any more: nobody can look whether an ok was one.
OFF_LIST_TRIES = 3
JOIN_PATIENCE = 60.0
STILL_PENDING_AFTER = 8.0
_JOIN_STEPS = (1.0, 1.0, 2.0, 2.0, 3.0, 5.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading back gave. `outcome` None: not done, to be tried once more. `took`: it was done."""

    outcome: ActOutcome | None
    took: bool = False


AGAIN = Verdict(None)
_ELSEWHERE = Verdict(dropped(say.NOT_DONE["settled"], Lapse.ELSEWHERE))


class Verifier:
    """Reads back acts through whatever account serves the group at the time."""

    def __init__(self, app: App, gateway: QQGateway) -> None:
        self._app = app
        self._gateway = gateway

    async def check(
        self, row: OutboxRow, *, refused: str = "", settled: bool = False, answered: bool = True
    ) -> Verdict:
        """Read back one act until it is seen or its patience is over.

        `refused`: what the implementation said against it, if it did; `answered`: it said ok.
        While nobody who could look is connected this waits.
        """
        while True:
            try:
                if row.kind is ActKind.REMOVE:
                    return await self._removed(row, refused)
                if row.kind is ActKind.SET_CARD:
                    return await self._card(row, refused)
                if row.kind is ActKind.ANSWER_INVITE:
                    return await self._invited(row, refused, answered=answered)
                if row.kind is ActKind.ANSWER_FRIEND:
                    # Nobody can look. What wasn't answered on this connection may never have left.
                    return self._repeat(row, say.NOT_DONE["friend"], refused, answered=False)
                return await self._answered(row, refused, settled=settled, answered=answered)
            except (UnreachableError, CallError):
                if row.kind is ActKind.REMOVE and await bookkeeping.is_lost(self._app, _id(row.group_id)):
                    return Verdict(dropped(say.NOT_DONE["lost_group"]))
                await self._gateway.connections.change(self._pause * 2)

    @property
    def _pause(self) -> float:
        return self._app.policy.pace.verify_seconds

    async def _removed(self, row: OutboxRow, refused: str) -> Verdict:
        """Gone is who is missing from a list that is whole to the last member, or of whom QQ told as well."""
        for _ in range(TRIES):
            await asyncio.sleep(self._pause)
            reading = await self._gateway.read_members(_id(row.group_id), max_age=0)
            if not reading.complete:
                raise UnreachableError(reading.why_incomplete)
            if any(member.user_id == row.user_id for member in reading.members):
                return _not_done(row, say.NOT_DONE["remove"], refused)
            if not reading.short:
                return _seen("member_list")
            if await bookkeeping.was_told_gone(self._app, row):
                return _seen("notice_and_list")
        return _not_done(row, say.NOT_DONE["unsure"], refused)

    async def _card(self, row: OutboxRow, refused: str) -> Verdict:
        await asyncio.sleep(self._pause)
        info = await self._member(row)
        if info is None:
            return Verdict(dropped(say.NOT_DONE["gone"]))
        card = info.get("card")
        if isinstance(card, str) and card.strip() == str(row.payload["card"]).strip():
            return _seen("member_info")
        return _not_done(row, say.NOT_DONE["set_card"], refused)

    async def _invited(self, row: OutboxRow, refused: str, *, answered: bool) -> Verdict:
        """An accepted invitation shows in the group list; of a refused one the answer is all there is."""
        connection = self._own(row)
        for step in _JOIN_STEPS if row.payload["approve"] else ():
            await asyncio.sleep(step)
            listed = await self._gateway.refresh_groups(connection)
            if any(info.group_id == row.group_id for info in listed):
                return _seen("group_list")
        if not answered:
            return self._repeat(row, say.NOT_DONE["invite"], refused, answered=False)
        return Verdict(ActOutcome("failed", refused or say.NOT_DONE["invite"]))

    async def _answered(self, row: OutboxRow, refused: str, *, settled: bool, answered: bool) -> Verdict:
        """An approved applicant shows up in the group; a rejected one's request no longer waits."""
        began, steps = time.monotonic(), iter(_JOIN_STEPS)
        approve = bool(row.payload["approve"])
        why = say.NOT_DONE["approve" if approve else "reject"]
        while True:
            await asyncio.sleep(next(steps, 8.0))
            elapsed = time.monotonic() - began
            if approve and await self._member(row) is not None:
                return _seen("member_info")
            if settled:
                # A refusal said before: this one is what settled it.
                return _seen("answer") if row.attempts > 1 and not approve else _ELSEWHERE
            patient = elapsed < STILL_PENDING_AFTER and not refused and not self._is_old(row)
            if not approve or not patient:
                verdict = await self._by_list(row, refused, patient=patient, why=why, answered=answered)
                if verdict is not None:
                    return verdict
            if elapsed >= JOIN_PATIENCE:
                return self._repeat(row, why, refused, answered=answered)

    async def _by_list(
        self, row: OutboxRow, refused: str, *, patient: bool, why: str, answered: bool
    ) -> Verdict | None:
        """Judge by whether the request is listed as waiting or as settled; None where that says nothing yet.

        That it is on no list says nothing: lists are cut to the newest notices of every kind.
        """
        approve = bool(row.payload["approve"])
        connection = self._identified(row)
        if connection.profile.tells_settled:
            pending = await self._gateway.pending_requests(connection.account)
            if _is_among(row, pending.settled):
                if refused:
                    return _ELSEWHERE
                # Whom no list names can't be looked for in the group.
                return None if approve and row.user_id else _seen("pending_list")
            if _is_among(row, [one for one in pending.waiting if one.sure]):
                return None if patient else self._repeat(row, why, refused, answered=answered)
        if refused or not answered:
            return self._repeat(row, why, refused, answered=False)
        if approve:
            return None
        # It was said and nobody can look: said so often is as sure as it gets.
        repeatable = connection.profile.tells_settled and connection.profile.trusts_flags
        return AGAIN if repeatable and row.attempts < OFF_LIST_TRIES else _seen("answer")

    def _is_old(self, row: OutboxRow) -> bool:
        """Tell whether the act lies back so far that its effect must show by now (after a restart)."""
        return row.acted_at is not None and (self._app.now() - row.acted_at).total_seconds() > JOIN_PATIENCE

    def _repeat(self, row: OutboxRow, why: str, refused: str, *, answered: bool) -> Verdict:
        """Try once more (oftener where no ok was said), but never where the flag might hit somebody else."""
        if self._identified(row).profile.trusts_flags:
            return _not_done(row, why, refused, TRIES if answered and not refused else UNHEARD_TRIES)
        return Verdict(ActOutcome("failed", refused or why))

    async def _member(self, row: OutboxRow) -> dict[str, Any] | None:
        """Return what QQ says of the member, None when not in the group."""
        group_id = _id(row.group_id)
        connection = self._gateway.connections.serving(group_id) or self._own(row)
        try:
            info = await connection.call(calls.member_info(group_id, _id(row.user_id)))
        except RefusedError:
            return None
        return info if isinstance(info, dict) and info else None

    def _own(self, row: OutboxRow) -> Connection:
        return self._gateway.connections.get(_id(row.account))

    def _identified(self, row: OutboxRow) -> Connection:
        return self._gateway.connections.identified(_id(row.account))


def _is_among(row: OutboxRow, listed: Sequence[PendingRequest]) -> bool:
    named = (row.group_id, key_of(str(row.payload["flag"])))
    return any((one.group_id, one.key) == named and one.user_id in (0, row.user_id or 0) for one in listed)


def _seen(by: str) -> Verdict:
    return Verdict(ActOutcome("done", confirmed_by=by), took=True)


def _not_done(row: OutboxRow, why: str, refused: str, tries: int = TRIES) -> Verdict:
    if row.attempts < tries:
        return AGAIN
    return Verdict(ActOutcome("failed", f"{why}（{refused}）" if refused else why))


def _id(value: int | None) -> int:
    if value is None:
        raise UnreachableError(say.NO_ADDRESSEE)
    return value
