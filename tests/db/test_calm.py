"""Who looks lets go first what is urgent, and not for ever."""

import threading

from db.scheduling.calm import Aside, Calm


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


def test_who_makes_a_long_list_steps_aside_in_the_middle_of_it() -> None:
    begun, hurried, waiting = threading.Event(), threading.Event(), threading.Event()
    order = list[str]()

    class Watched(Calm):
        def came(self, seconds: float) -> bool:
            waiting.set()
            return super().came(seconds)

    def look() -> None:
        for n in Aside(calm, patience=600).among(range(1000)):
            if n == 0:
                begun.set()
                hurried.wait(600)
        order.append("look")

    calm = Watched()
    thread = threading.Thread(target=look)
    thread.start()
    assert begun.wait(600)
    with calm.broken():
        hurried.set()
        assert waiting.wait(10)
        order.append("urgent")
    thread.join()
    assert order == ["urgent", "look"]
