"""Who looks lets go first what is urgent, and not for ever."""

import threading

from db.calm import Aside, Calm


def _stepping(aside: Aside, order: list[str]) -> threading.Thread:
    def look() -> None:
        aside.step()
        order.append("look")

    thread = threading.Thread(target=look)
    thread.start()
    return thread


def test_a_look_waits_until_nothing_urgent_is_under_way() -> None:
    calm, order = Calm(), list[str]()
    with calm.broken():
        with calm.broken():
            thread = _stepping(Aside(calm, patience=600), order)
        order.append("urgent")
    thread.join()
    assert order == ["urgent", "look"]


def test_a_look_without_patience_left_goes_on() -> None:
    calm, order = Calm(), list[str]()
    with calm.broken():
        _stepping(Aside(calm, patience=0.01), order).join()
        order.append("urgent")
    assert order == ["look", "urgent"]


def test_a_look_that_nothing_hurries_goes_on_at_once() -> None:
    calm, order = Calm(), list[str]()
    _stepping(Aside(calm, patience=600), order).join()
    assert order == ["look"]
