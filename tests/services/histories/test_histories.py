"""Nobody is wronged in any of the random histories."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.histories.company import WORTH
from tests.services.histories.history import live

# An example takes a second of the processor: fewer than where one is a millisecond.
few = settings(deadline=None, max_examples=settings().max_examples // 5)


@few
@given(seed=st.integers(0, 2**48))
def test_nobody_is_wronged_in_any_history(sqlite_template: bytes, seed: int) -> None:
    """All that is about to be done, each fine and each answer is held against the truth while it is lived.

    See `before`, `nobody_is_fined_wrongly`, `every_group_is_judged_or_unknown` and `no_money_is_lost`.
    """
    live(seed, sqlite_template)


def test_the_histories_are_worth_looking_at(sqlite_template: bytes) -> None:
    lived = [live(seed, sqlite_template) for seed in WORTH]
    assert {"L1", "C1"} <= {code for one in lived for code in one.codes}
    assert "departed" in {why for one in lived for why in one.removed}
    assert {"in", "out", "in by staff", "out by staff"} == {how for one in lived for how in one.answers}
    assert any(one.paid for one in lived)
