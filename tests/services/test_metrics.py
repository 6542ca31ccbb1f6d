"""Counting for `/metrics`: true, and bounded whatever strangers send."""

from services.app import App
from services.joining import rounds
from services.joining.heard import Heard
from services.metrics import LABELS, WAITING, Histogram, Tally
from tests import company as co


def test_a_histogram_counts_by_upper_bound() -> None:
    seconds = Histogram((0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 3.0):
        seconds.observe(value)
    assert seconds.counts == [2, 1, 1]
    assert seconds.total == 3.65


def test_kinds_that_strangers_invent_end_as_other() -> None:
    tally = Tally()
    tally.event("message", "group")
    for n in range(10_000):
        tally.event("notice", f"{n}" * 100)
    tally.event("message", "group")
    assert tally.events["message", "group"] == 2
    assert len(tally.events) <= LABELS + 1
    assert all(len(kind) <= 40 for _, kind in tally.events)
    assert sum(tally.events.values()) == 10_002


def test_a_request_is_timed_from_its_first_event_to_its_answer_once() -> None:
    tally = Tally()
    tally.asked(1, "flag", 10.0)
    tally.asked(1, "flag", 11.0)
    tally.answered(1, "flag", 10.2)
    tally.answered(1, "flag", 90.0)
    tally.answered(2, "never asked", 90.0)
    assert sum(tally.answer_seconds.counts) == 1
    assert round(tally.answer_seconds.total, 6) == 0.2


def test_requests_that_are_never_answered_do_not_pile_up() -> None:
    tally = Tally()
    for n in range(WAITING + 500):
        tally.asked(1, f"flag {n}", float(n))
    tally.answered(1, "flag 0", 5000.0)
    assert sum(tally.answer_seconds.counts) == 0
    tally.answered(1, f"flag {WAITING + 499}", WAITING + 500.0)
    assert sum(tally.answer_seconds.counts) == 1


async def test_how_long_people_take_to_decide_is_not_the_bots_latency(app: App) -> None:
    await co.settle_in(app)
    app.tally.asked(co.BOT, "held", 0.0)
    verdict = await rounds.hear(app, Heard(co.BOT, co.GROUP, co.STRANGER, "", "held"))
    assert verdict is not None
    app.tally.answered(co.BOT, "held", 7200.0)
    assert sum(app.tally.answer_seconds.counts) == 0


def test_calls_are_counted_by_result_and_timed_by_action() -> None:
    tally = Tally()
    tally.called("set_group_kick", "ok", 0.2)
    tally.called("set_group_kick", "timeout", 10.0)
    assert tally.calls == {("set_group_kick", "ok"): 1, ("set_group_kick", "timeout"): 1}
    assert sum(tally.call_seconds["set_group_kick"].counts) == 2
