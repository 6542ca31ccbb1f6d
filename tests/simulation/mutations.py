"""Twenty bugs on purpose, each put into the running product: an oracle that finds none of them sees nothing.

`python -m tests.simulation.mutations` tells after how many days of a company's life each is found.
"""

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

from sqlalchemy import false

from tests.simulation.history import happen
from tests.simulation.story import Story, draw

Mutation = Callable[[contextlib.ExitStack], None]


def _patch(stack: contextlib.ExitStack, where: str, stand_in: Any) -> None:
    stack.enter_context(mock.patch(where, stand_in))


def _original(where: str) -> Any:
    module, _, name = where.rpartition(".")
    target: Any = __import__(module.split(".")[0])
    for part in module.split(".")[1:]:
        target = getattr(target, part)
    return getattr(target, name)


async def _nothing(*_: Any, **__: Any) -> Any:
    return None


async def _no(*_: Any, **__: Any) -> bool:
    return False


def brake_counts_too_few(stack: contextlib.ExitStack) -> None:
    """The brake of a group lets one more through than it may."""
    known = _original("regulation.plan.removals.exceeds")
    _patch(
        stack, "regulation.plan.removals.exceeds", lambda n, members, safety: known(n - 2, members, safety)
    )


def deadline_a_day_early(stack: contextlib.ExitStack) -> None:
    """Every deadline falls a day too early."""
    known = _original("regulation.cases.due_at")
    _patch(stack, "regulation.cases.due_at", lambda *a: known(*a) - timedelta(days=1))


def read_back_skipped(stack: contextlib.ExitStack) -> None:
    """An ok from QQ is taken for the deed."""
    from plugins.gateway.outgoing.verify import Verdict, Verifier
    from services.acts import ActOutcome

    async def check(*_: Any, **__: Any) -> Verdict:
        return Verdict(ActOutcome("done", confirmed_by="answer"), took=True)

    stack.enter_context(mock.patch.object(Verifier, "check", check))


def message_sent_again(stack: contextlib.ExitStack) -> None:
    """What timed out is sent again."""
    known = _original("plugins.gateway.outgoing.acts._sent")

    def sent(tried: Any, **more: Any) -> Any:
        return replace(tried, undone=True) if tried.said == "timeout" else known(tried, **more)

    _patch(stack, "plugins.gateway.outgoing.acts._sent", sent)


def crash_resends(stack: contextlib.ExitStack) -> None:
    """What a crash left in hand is simply begun anew."""
    from db.queries.work import outbox as rows

    async def settle(app: Any, tx: Any, row: Any) -> bool:
        await rows.change(tx, row.id, app.worker, state="waiting", claimed_by=None)
        return False

    _patch(stack, "services.sender.takeover._settle_orphan", settle)


def pause_not_heeded(stack: contextlib.ExitStack) -> None:
    """`暂停` stops nothing."""
    for where in (
        "services.cases.enforcing.is_paused",
        "db.queries.work.outbox.is_paused",
        "services.sender.last_look.is_paused",
    ):
        _patch(stack, where, _no)


def mode_not_heeded(stack: contextlib.ExitStack) -> None:
    """A group that is only observed is enforced."""
    from regulation.policy import Mode

    _patch(stack, "regulation.policy.milder", lambda *_: Mode.ENFORCE)
    _patch(stack, "services.groups.view.milder", lambda *_: Mode.ENFORCE)


def waiver_not_heeded(stack: contextlib.ExitStack) -> None:
    """A waiver spares nobody."""
    from db.queries.cases import waivers

    async def none(*_: Any) -> dict[int, Any]:
        return {}

    stack.enter_context(mock.patch.object(waivers, "running", none))


def appeal_not_heeded(stack: contextlib.ExitStack) -> None:
    """Who objects is removed all the same."""
    from regulation.checks import is_waived
    from regulation.plan.limits import Scene

    def spared(scene: Any, case: Any) -> bool:
        return is_waived(case.code, case.user_id, scene.snapshot)

    stack.enter_context(mock.patch.object(Scene, "is_spared", spared))


def handover_forgotten(stack: contextlib.ExitStack) -> None:
    """While a handover is open only the new department counts."""
    from regulation.model import Employee

    stack.enter_context(
        mock.patch.object(Employee, "departments", lambda self, day: (self.department, *self.also_in))
    )


def gone_a_day_early(stack: contextlib.ExitStack) -> None:
    """A departure is in effect a day too early."""
    from regulation.model import Employee

    def departed(self: Any, day: Any) -> bool:
        return self.departed_on is not None and self.departed_on <= day + timedelta(days=1)

    stack.enter_context(mock.patch.object(Employee, "is_departed", departed))


def probation_let_in(stack: contextlib.ExitStack) -> None:
    """Whoever is on probation counts as regular."""
    from regulation.model import Employee, Status

    stack.enter_context(mock.patch.object(Employee, "status", return_value=Status.REGULAR))


def digits_not_compared(stack: contextlib.ExitStack) -> None:
    """Name and number alone are proof enough."""
    stack.enter_context(mock.patch("regulation.claims.proofs.digits_match", return_value=True))


def scope_not_compared(stack: contextlib.ExitStack) -> None:
    """The gate lets in whoever is an employee."""
    from regulation import join_gate
    from regulation.model import Scope

    def admit(employee: Any, group: Any, now: Any) -> Any:
        with mock.patch.object(Scope, "covers", return_value=True):
            return known(employee, group, now)

    known = join_gate._admit  # pyright: ignore[reportPrivateUsage]
    stack.enter_context(mock.patch.object(join_gate, "_admit", admit))


def requests_not_polled(stack: contextlib.ExitStack) -> None:
    """Requests that no event told of are never found."""
    _patch(stack, "services.running.heartbeat.poll_requests", _nothing)
    _patch(stack, "services.watching.connected.listed.recover", _nothing)


def short_list_believed(stack: contextlib.ExitStack) -> None:
    """A list that lacks people is taken for whole."""
    from plugins.gateway.reading.member_lists import MemberReader

    known = MemberReader._reading  # pyright: ignore[reportPrivateUsage]

    def whole(*a: Any) -> Any:
        return replace(known(*a), complete=True, why_incomplete="", short=0)

    stack.enter_context(mock.patch.object(MemberReader, "_reading", whole))


def failed_notice_counts(stack: contextlib.ExitStack) -> None:
    """A notice that reached nobody starts the clock of blame."""
    from services.sender import outcomes

    known = outcomes._note_said  # pyright: ignore[reportPrivateUsage]

    async def note(*a: Any, delivered: bool, detail: str) -> None:
        await known(*a, delivered=True, detail=detail)

    stack.enter_context(mock.patch.object(outcomes, "_note_said", note))


def another_sum(stack: contextlib.ExitStack) -> None:
    """L1 costs what T1 does."""
    from decimal import Decimal

    from regulation import penalties

    propose = penalties.propose

    def cheap(case: Any, known: Any, registry: Any, policy: Any, now: Any) -> Any:
        return propose(
            case,
            known,
            registry,
            replace(policy, fines={**policy.fines, "C1": Decimal(1), "L1": Decimal(1)}),
            now,
        )

    _patch(stack, "services.cases.settling.penalties.propose", cheap)


def private_words_in_group(stack: contextlib.ExitStack) -> None:
    """What could not be told in private is said in the group as it stands."""
    from plugins.gateway.outgoing.acts import Acts

    known = Acts._fall_back  # pyright: ignore[reportPrivateUsage]

    async def fall_back(self: Any, row: Any, refused: Any) -> Any:
        return await known(
            self, replace(row, payload={**row.payload, "fallback": row.payload["parts"]}), refused
        )

    stack.enter_context(mock.patch.object(Acts, "_fall_back", fall_back))


def undo_undoes_nothing(stack: contextlib.ExitStack) -> None:
    """Departures of an import that was undone stay."""
    from services.imports import roster

    _patch(stack, f"{roster.__name__}.undo_writes", _nothing)


def inspections_forgotten(stack: contextlib.ExitStack) -> None:
    """No spot check is ever made."""
    _patch(stack, "services.running.heartbeat.spot_checks.run_due", _nothing)


def inside_still_waiting(stack: contextlib.ExitStack) -> None:
    """A request stays in the inbox though the person is in."""
    from db.queries.joining import requests

    stack.enter_context(mock.patch.object(requests, "close_inside", _nothing))
    _patch(stack, "services.watching.members._close", _nothing)
    _patch(stack, "services.joining.listed._close", _nothing)


def figures_count_dismissed(stack: contextlib.ExitStack) -> None:
    """Cases that were dismissed as wrong are counted."""
    from db.queries.cases import case_counts

    stack.enter_context(mock.patch.object(case_counts, "_WRONG", false()))
    # What is asked of all cases was made before.
    stack.enter_context(mock.patch.object(case_counts, "_OF_ALL", case_counts._Asked([])))


ALL: tuple[Mutation, ...] = (
    brake_counts_too_few, deadline_a_day_early, read_back_skipped, message_sent_again, crash_resends,
    pause_not_heeded, mode_not_heeded, waiver_not_heeded, appeal_not_heeded, handover_forgotten,
    gone_a_day_early, probation_let_in, digits_not_compared, scope_not_compared, requests_not_polled,
    short_list_believed, failed_notice_counts, another_sum, private_words_in_group, inspections_forgotten,
    inside_still_waiting, figures_count_dismissed,
)  # fmt: skip


@contextlib.contextmanager
def put_in(mutation: Mutation) -> Generator[None]:
    """Have the product carry one bug."""
    with contextlib.ExitStack() as stack:
        mutation(stack)
        yield


def hunt(mutation: Mutation, stories: Iterable[Story], known: set[str]) -> tuple[int, str]:
    """Return after how many days of the company's life a bug was found, and by what; "" if it wasn't.

    `known`: what the bot does wrong without it.
    """
    days = 0
    for story in stories:
        with put_in(mutation):
            outcome = happen(story, lambda kind: kind not in known)
        for day, kind, fault in zip(outcome.days, outcome.kinds, outcome.faults, strict=True):
            if kind not in known:
                return days + day + 1, f"seed {story.seed}: {fault}"
        days += story.days
    return days, ""


def main() -> None:
    """Hunt each bug over as many histories as it takes; print after how many days it was found, and by what."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--days", type=int, default=65)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--groups", type=int, default=6)
    parser.add_argument("--busy", type=float, default=6.0)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--most", type=int, default=4)
    parser.add_argument("--known", nargs="*", default=[])
    asked = parser.parse_args()
    for mutation in ALL:
        if asked.names and mutation.__name__ not in asked.names:
            continue
        began = time.process_time()
        seeds = range(asked.first, asked.first + asked.most)
        stories = (draw(seed, asked.days, asked.people, asked.groups, busy=asked.busy) for seed in seeds)
        days, found = hunt(mutation, stories, set(asked.known))
        word = f"after {days} days" if found else f"not in {days} days"
        spent = time.process_time() - began
        sys.stdout.write(f"{mutation.__name__}: {word}, {spent:.0f} s CPU {found[:220]}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
