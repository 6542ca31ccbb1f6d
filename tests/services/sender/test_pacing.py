"""Pace: gaps, the breaker, and a foreign clock."""

import pytest

from services.sender.pacing import Breaker, Silence, Skew, gap


def test_a_gap_is_never_shorter_than_set_and_a_quarter_longer_at_most() -> None:
    gaps = [gap(4.0, chance / 100) for chance in range(101)]

    assert min(gaps) == 4.0
    assert max(gaps) == 5.0


def test_after_a_reconnect_gaps_are_three_times_as_long_for_a_minute() -> None:
    assert gap(2.0, 0.0, connected_for=1.0) == 6.0
    assert gap(2.0, 0.0, connected_for=61.0) == 2.0
    assert gap(2.0, 0.0, connected_for=None) == 2.0


def test_two_time_outs_in_a_row_open_the_breaker_for_ten_minutes() -> None:
    breaker = Breaker()

    assert not breaker.timed_out(0.0)
    assert breaker.timed_out(1.0)
    assert breaker.seconds_left(1.0) == 600.0
    assert not breaker.closes(600.0)
    assert breaker.closes(601.0)
    assert not breaker.closes(602.0)
    assert breaker.seconds_left(602.0) == 0.0


def test_an_answer_between_two_time_outs_keeps_it_closed() -> None:
    breaker = Breaker()
    breaker.timed_out(0.0)
    breaker.answered()

    assert not breaker.timed_out(1.0)


def test_after_its_rest_it_takes_two_again() -> None:
    breaker = Breaker()
    breaker.timed_out(0.0)
    breaker.timed_out(0.0)
    breaker.closes(700.0)

    assert not breaker.timed_out(701.0)


def _silent_at(at: float, *, groups: int = 4) -> Silence:
    silence = Silence()
    for group_id in range(groups):
        assert silence.may_ask(group_id, at)
        silence.timed_out(group_id, at)
    return silence


def test_who_left_questions_about_four_groups_unanswered_is_asked_one_a_minute() -> None:
    silence = _silent_at(3.0)

    asked = [at for at in range(4, 140) if silence.may_ask(99, float(at))]

    assert asked == [63, 123]


def test_any_answer_ends_a_silence() -> None:
    silence = _silent_at(0.0)
    silence.answered(99)

    assert silence.may_ask(98, 1.0)
    silence.timed_out(98, 1.0)
    assert silence.may_ask(97, 2.0)


def test_three_groups_that_are_never_answered_for_silence_nobody_however_often_they_are_asked_for() -> None:
    silence = _silent_at(0.0, groups=3)
    for at in range(1, 100):
        assert silence.may_ask(at % 3, float(at))
        silence.timed_out(at % 3, float(at))

    assert silence.may_ask(99, 100.0)


def test_groups_that_stayed_unanswered_while_others_were_answered_for_count_no_more() -> None:
    """Asked for first in each run, four of them would silence the account for all others again."""
    silence = _silent_at(0.0)
    silence.answered(99)
    for group_id in range(4):
        assert silence.may_ask(group_id, 1.0)
        silence.timed_out(group_id, 1.0)

    assert silence.may_ask(98, 2.0)


def test_a_group_known_to_stay_unanswered_takes_no_other_groups_turn_to_ask() -> None:
    silence = _silent_at(0.0)

    assert silence.may_ask(0, 60.0)
    assert not silence.may_ask(1, 60.0)
    assert silence.may_ask(99, 60.0)
    assert not silence.may_ask(98, 60.0)
    silence.timed_out(0, 80.0)
    silence.answered(99)
    assert silence.may_ask(98, 81.0)


def test_a_group_that_was_answered_for_since_counts_again() -> None:
    silence = _silent_at(0.0)
    for group_id in range(4):
        silence.answered(group_id)
    for group_id in range(4):
        silence.timed_out(group_id, 1.0)

    assert not silence.may_ask(99, 2.0)


@pytest.mark.parametrize(("groups", "times"), [(1, 4), (2, 2), (3, 2)])
def test_an_account_of_few_groups_is_silent_once_all_of_them_stay_unanswered_again_and_again(
    groups: int, times: int
) -> None:
    silence = Silence(groups=lambda: range(groups))
    for time in range(times):
        for group_id in range(groups):
            assert not silence.is_on
            assert silence.may_ask(group_id, float(time))
            silence.timed_out(group_id, float(time))

    assert silence.is_on
    assert [at for at in range(times, 140) if silence.may_ask(0, float(at))] == [
        times + 59,
        times + 119,
    ]
    silence.answered(0)
    assert not silence.is_on


def test_one_of_two_groups_that_is_never_answered_for_silences_nobody() -> None:
    silence = Silence(groups=lambda: (0, 1))
    for at in range(40):
        silence.timed_out(0, float(at))
    assert not silence.is_on
    silence.timed_out(1, 40.0)
    assert not silence.is_on
    silence.answered(1)
    for at in range(41, 80):
        silence.timed_out(0, float(at))
    silence.timed_out(1, 80.0)

    assert not silence.is_on


def test_one_odd_reading_does_not_move_the_clock() -> None:
    skew = Skew()
    assert skew.seconds(100.0, 5.0) is None
    for theirs in (100.0, 101.0, 9999.0, 102.0, 103.0):
        skew.read(theirs, 5.0)

    assert skew.seconds(100.0, 5.0) == 2.0


def test_a_clock_that_is_set_is_off_at_once_without_another_reading() -> None:
    skew = Skew()
    skew.read(1000.0, 5.0)

    assert skew.seconds(1060.0, 65.0) == 0.0
    assert skew.seconds(1060.0 - 86400.0, 65.0) == 86400.0
    assert skew.seconds(1061.0, 66.0) == 0.0
