"""From a history in which something went wrong to the smallest in which the same goes wrong."""

from collections.abc import Callable
from dataclasses import replace

from tests.simulation.history import happen
from tests.simulation.story import DAY, Step, Story

Fails = Callable[[Story], bool]


def shrink(
    story: Story, kind: str, tries: int = 150, say: Callable[[str], object] = lambda line: None
) -> Story:
    """Return a smaller story in which a fault of this kind happens, too: fewer steps, days and people."""
    left = [tries]

    def when(smaller: Story) -> int | None:
        """Return the day on which the fault happens; None where it doesn't, or no more is tried."""
        left[0] -= 1
        outcome = happen(smaller, kind.__eq__) if left[0] >= 0 else None
        if outcome is None or kind not in outcome.kinds:
            return None
        say(f"{len(smaller.steps)} steps, {smaller.days} days, {smaller.people} people")
        return outcome.days[outcome.kinds.index(kind)]

    def fails(smaller: Story) -> bool:
        return when(smaller) is not None

    story = _until(story, when(story))
    story = _fewer_people(story, fails)
    story = _until(story, when(story))
    story = _fewer_steps(story, fails)
    story = _closer(story, fails)
    return _until(story, when(story))


def _until(story: Story, day: int | None) -> Story:
    """End a story with the day of its fault: what comes later has no part in it."""
    days = story.days if day is None else max(1, min(day, story.days))
    return replace(story, days=days, steps=tuple(step for step in story.steps if step.at < (days + 1) * DAY))


def _fewer_people(story: Story, fails: Fails) -> Story:
    for people, groups in ((12, 3), (20, 5), (30, 8)):
        if people < story.people and fails(
            smaller := replace(story, people=people, groups=min(groups, story.groups))
        ):
            return smaller
    return story


def _fewer_steps(story: Story, fails: Fails) -> Story:
    """Leave out runs of steps, ever shorter ones, as long as the fault stays."""
    size = max(1, len(story.steps) // 2)
    while True:
        at = 0
        while at < len(story.steps):
            smaller = replace(story, steps=story.steps[:at] + story.steps[at + size :])
            if fails(smaller):
                story = smaller
            else:
                at += size
        if size == 1:
            return story
        size = max(1, size // 2)


def _closer(story: Story, fails: Fails) -> Story:
    """Take out whole weeks in which nothing happens; days of the week stay what they are."""
    for index in range(len(story.steps)):
        before = story.steps[index - 1].at if index else 0.0
        weeks = int((story.steps[index].at - before) // (7 * DAY))
        if weeks:
            sooner = weeks * 7
            steps = story.steps[:index] + tuple(_moved(step, -sooner * DAY) for step in story.steps[index:])
            smaller = replace(story, days=story.days - sooner, steps=steps)
            if fails(smaller):
                story = smaller
    return story


def _moved(step: Step, seconds: float) -> Step:
    return replace(step, at=step.at + seconds)
