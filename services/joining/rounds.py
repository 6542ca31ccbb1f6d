"""Join requests as they come in: store → decide → answer. The verdict is durable before QQ hears of it.

What comes in together is decided in one transaction, a round: what the decisions rest on is read
once, the verdicts are reached one after the other, and what they bring is written once. A round
holds no two requests that could change each other's verdict.
"""

import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from config.phrases.joining import REPLIES
from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.groups import memberships
from db.queries.joining import gate
from db.queries.joining import requests as rows
from db.queries.joining.gate import Stored
from regulation.claims.proofs import Claim
from regulation.join_gate import Decision, Verdict, decide, not_judged
from regulation.model import Group
from regulation.policy import Mode
from regulation.registry import Registry
from services.acts import Act
from services.app import App
from services.flags import is_newer, is_reused
from services.groups.modes import GENERAL, PAUSED, as_mode
from services.groups.view import as_the_gate_sees, mode_of
from services.joining import join_notices, proofs
from services.joining.facts import Facts
from services.joining.heard import Heard, answer_act, new_request
from services.joining.proofs import Proved
from services.outbox import act_now, queue
from services.people import identities

log = logging.getLogger("qungui")
WAVE = timedelta(minutes=10)
JUST_SETTLED = timedelta(seconds=10)


@dataclass(slots=True)
class _Judged:
    heard: Heard
    verdict: Verdict
    answers: bool


@dataclass(slots=True)
class _Round:
    """What became of a round's requests.

    `later`: left for the next round, as this one may change their verdict; `proved`: to be bound.
    """

    judged: list[_Judged] = field(default_factory=list[_Judged])
    later: list[Heard] = field(default_factory=list[Heard])
    done: dict[int, Verdict] = field(default_factory=dict[int, Verdict])
    proved: list[Proved] = field(default_factory=list[Proved])


async def hear(app: App, heard: Heard) -> Verdict | None:
    """Take in one request: store it with its verdict and have it answered. None when it was known already."""
    serving = app.qq.account_for(heard.group_id)
    if serving is not None and serving != heard.account:
        return None
    # Pages of the console are put off until the answer has left, which is before this block ends.
    with app.database.hurry():
        return await app.batch("join", _rounds).do(heard)


async def _rounds(app: App, all_heard: Sequence[Heard]) -> list[Verdict | None]:
    verdicts: dict[int, Verdict] = {}
    left = list(all_heard)
    while left:
        found = await app.database.run(partial(_round, app, tuple(left), dict(app.unbound)), urgent=True)
        verdicts |= found.done
        proofs.bind_soon(app, found.proved)
        left = found.later
        if left:
            await proofs.all_bound(app)
    return [verdicts.get(id(heard)) for heard in all_heard]


async def _round(app: App, part: Sequence[Heard], unbound: Mapping[int, str], tx: Transaction) -> _Round:
    """Judge a round's requests. `unbound`: QQ number → employee, just proved and new to the registry."""
    made = _Round()
    facts = await _facts(app, tx, part)
    people: set[int] = set(unbound)
    proved: set[str] = set(unbound.values())
    for heard in part:
        if (stored := facts.stored(heard)) is not None:
            if not await _asks_anew(tx, heard, stored, facts):
                continue
            await rows.change(tx, stored.id, request_key=f"{stored.key}@{stored.id}"[-200:])
        if heard.user_id in people:
            made.later.append(heard)
            continue
        people.add(heard.user_id)
        if await _is_old_news(tx, heard, facts):
            continue
        verdict = await _verdict(app, tx, heard, facts)
        if verdict.bind and verdict.employee_no in proved:
            made.later.append(heard)
            continue
        proved.update([verdict.employee_no] if verdict.bind and verdict.employee_no else ())
        await _count(app, tx, heard, verdict, facts)
        answers = _answers(verdict, facts.groups[heard.group_id], facts)
        made.judged.append(_Judged(heard, verdict, answers))
    await _write(app, tx, made, facts)
    return made


async def _facts(app: App, tx: Transaction, part: Sequence[Heard]) -> Facts:
    now = app.now()
    group_ids = sorted({heard.group_id for heard in part})
    requests = {(h.account, h.key) for h in part if h.flag}
    # SQLite has one bot, whose rounds come one after the other.
    registry, provers, claims = app.registry, set[int](), dict[str, Claim]()
    if tx.dialect == "postgresql":
        provers, claims = proofs.about(registry, part)
    named = {no for claim in claims.values() for no in claim.about}
    found = await gate.facts(
        tx,
        # Each person's requests for a group are decided one after the other, in whatever process; and so
        # are proofs by or for the same people.
        locks=(
            (Lock.REQUEST, sorted({h.group_id ^ h.user_id for h in part})),
            *identities.held_by(provers, named),
        ),
        requests=requests,
        who={(h.group_id, h.user_id) for h in part},
        group_ids=group_ids,
        subjects=[identities.subject_of(h.user_id) for h in part],
        keys=(GENERAL, PAUSED),
        about=named,
        since=now - WAVE,
        now=now,
        today=now.date(),
    )
    return Facts(
        now,
        found.known,
        found.still,
        as_the_gate_sees(app, group_ids, found.groups, found.filings, found.consents),
        as_mode(found.switches.get(GENERAL)),
        found.switches.get(PAUSED) is True,
        found.locked,
        found.asked,
        found.claimed,
        registry,
        claims,
    )


async def _asks_anew(tx: Transaction, heard: Heard, stored: Stored, facts: Facts) -> bool:
    """Tell whether somebody asks again under the flag of an earlier request, which is settled by now."""
    if heard.recovered or stored.is_open or not is_reused(heard.flag):
        return False
    return stored.asked_at < facts.now - JUST_SETTLED and not await rows.settled_about(
        tx, heard.group_id, heard.user_id, facts.now, JUST_SETTLED
    )


async def _is_old_news(tx: Transaction, heard: Heard, facts: Facts) -> bool:
    """Tell whether we know a request already: another account of ours just heard it, or a list repeats it.

    Lists may give other flags than the event did, or keep what is settled: there a newer flag makes it new.
    """
    still = facts.still_open(heard)
    if any(one.account != heard.account and one.asked_at > facts.now - JUST_SETTLED for one in still):
        return True
    if not heard.recovered or not heard.user_id:
        return False
    if not all(is_newer(heard.flag, one.key, one.asked_at) for one in still):
        return True
    member = await memberships.membership(tx, heard.group_id, heard.user_id)
    if member is not None and member.is_inside:
        return True
    return await rows.settled_about(tx, heard.group_id, heard.user_id, facts.now, JUST_SETTLED)


async def _verdict(app: App, tx: Transaction, heard: Heard, facts: Facts) -> Verdict:
    group, claim = facts.groups[heard.group_id], facts.claims.get(heard.comment)
    verdict = judge(app, heard, group, facts.locked, facts.now, facts.registry, claim)
    if verdict.bind and set(facts.claimed.get(verdict.employee_no or "", ())) - {heard.user_id}:
        # Another process has bound somebody else to this employee, and our registry is a moment older.
        verdict = replace(verdict, answer=Decision.HOLD, row=6, reason="impersonation", reply="", bind=False)
    asked = facts.asked.get(heard.group_id, 0)
    return await held_in_wave(app, tx, heard, verdict, asked)


def judge(
    app: App,
    heard: Heard,
    group: Group,
    locked: set[str],
    now: datetime,
    registry: Registry,
    claim: Claim | None = None,
) -> Verdict:
    """Return what the table says of a request; `claim`: its comment, if it was read in this registry already.

    Raises `UnreachableError` for one found in a list while it is not known what its account runs on.
    """
    trusted_flags = not heard.recovered or app.qq.trusts_flags(heard.account)
    locks = identities.locks_of(locked, heard.user_id)
    try:
        return decide(
            heard.request,
            group,
            registry,
            app.policy,
            locks,
            app.phone_key,
            now,
            trusted_flags=trusted_flags,
            claim=claim,
        )
    except Exception as error:  # the gate's edge: a mistake of ours keeps nobody's request from people
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        log.error("a join request was not judged, people decide: %s at %s", type(error).__name__, place)
        return not_judged()


async def held_in_wave(app: App, tx: Transaction, heard: Heard, verdict: Verdict, asked: int) -> Verdict:
    """Return the verdict, held where this group got `asked` requests lately and that is a wave."""
    if asked < app.policy.join.wave_limit or verdict.answer is Decision.HOLD:
        return verdict
    await join_notices.wave(app, tx, heard.group_id, asked)
    return replace(verdict, answer=Decision.HOLD, row=0, reason="wave", bind=False)


async def _count(app: App, tx: Transaction, heard: Heard, verdict: Verdict, facts: Facts) -> None:
    """Count what the next verdicts of this round are to know of."""
    facts.asked[heard.group_id] = facts.asked.get(heard.group_id, 0) + 1
    if verdict.count_qq:
        await identities.count_wrong_proof(app, tx, heard.user_id, verdict.count_employee_no, "join")
        facts.locked |= await identities.locked(tx, [heard.user_id], facts.now)


def _answers(verdict: Verdict, group: Group, facts: Facts) -> bool:
    return verdict.answer is not Decision.HOLD and mode_of(group, facts.general) is Mode.ENFORCE


async def _write(app: App, tx: Transaction, made: _Round, facts: Facts) -> None:
    """Write what a round decided: who asks again replaces what they asked before, if that still waits."""
    if not made.judged:
        return
    for heard in (one.heard for one in made.judged):
        for old in facts.still_open(heard):
            # An answer that was decided and not sent yet belongs to the old request, not to this one.
            was = old.state if heard.recovered else "waiting"
            await rows.lapse(tx, old.id, facts.now, state_was=was)
    stored = [
        new_request(
            one.heard,
            one.verdict,
            registry_version=facts.registry.version,
            answers=one.answers,
            now=facts.now,
        )
        for one in made.judged
    ]
    ids = await rows.add_many(tx, stored)
    new = [(one, row, ids[row.name]) for one, row in zip(made.judged, stored, strict=True) if row.name in ids]
    made.done = {id(one.heard): one.verdict for one, _, _ in new}
    made.proved = [
        Proved(request_id, row.group_id, row.user_id, row.employee_no)
        for _, row, request_id in new
        if row.to_bind and row.employee_no is not None
    ]
    await _answer(
        app, tx, [(one, _answer_of(one, request_id)) for one, _, request_id in new if one.answers], facts
    )
    for one, _, request_id in new:
        if not one.answers:
            app.tally.left_to_people(one.heard.account, one.heard.flag)
            group = facts.groups[one.heard.group_id]
            await join_notices.held(app, tx, request_id, group, one.verdict)


def _answer_of(one: _Judged, request_id: int) -> Act:
    approve = one.verdict.answer is Decision.APPROVE
    return answer_act(one.heard, request_id, approve=approve, reason=REPLIES.get(one.verdict.reply, ""))


async def _answer(app: App, tx: Transaction, acts: list[tuple[_Judged, Act]], facts: Facts) -> None:
    """Have the answers given: at once where the account can, else when the sender comes to them."""
    ready = {heard.account: app.qq.acts_now(heard.account) for heard in {one.heard for one, _ in acts}}
    at_once = [
        act for one, act in acts if ready[one.heard.account] and not one.heard.recovered and not facts.paused
    ]
    act_now(app, tx, at_once)
    chosen = {id(act) for act in at_once}
    await queue(app, tx, *(act for _, act in acts if id(act) not in chosen))
