"""Short histories, whole: a fixed handful. Fresh seeds are drawn by `uv run poe simulate-nightly`."""

import pytest

from tests.simulation.history import happen
from tests.simulation.story import draw


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_happens_that_should_not(seed: int) -> None:
    outcome = happen(draw(seed, days=10, people=20, groups=5))
    assert outcome.faults == [], f"uv run poe simulate --seed {seed} --days 10 --people 20 --groups 5"


def test_a_seed_tells_the_same_story_twice() -> None:
    story = draw(4, days=4, people=12, groups=3)
    assert happen(story).lines == happen(story).lines
