"""Where the bars of a chart lie: measures in the units of its view box; the templates draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 640
# Lying bars have their words above them: they are read on a phone, too, where nothing has to be pushed aside.
NARROW, ROW, LABEL = 360, 44, 24
HEIGHT, FOOT, HEAD = 220, 28, 22


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar and its words: where it lies, what it stands for, and the page it leads to."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int
    href: str
    other: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its size and its bars. `said`: all of it in words, for who can't see it."""

    width: int
    height: int
    bars: Sequence[Bar]
    said: str


def bars(rows: Sequence[tuple[str, int, str]]) -> Chart:
    """Return lying bars, one a row of (label, value, address), in the order given."""
    most = max((value for _, value, _ in rows), default=1) or 1
    found = [
        Bar(0, i * ROW + LABEL, max(2.0, round(NARROW * value / most, 1)), 10, label, value, href)
        for i, (label, value, href) in enumerate(rows)
    ]
    return Chart(
        NARROW, max(ROW, ROW * len(rows)), found, "，".join(f"{one.label} {one.value}" for one in found)
    )


def columns(months: Sequence[tuple[str, tuple[int, str], tuple[int, str]]]) -> Chart:
    """Return standing bars, two a month: (month, opened, closed), either with its address."""
    most = max((value for _, *both in months for value, _ in both), default=1) or 1
    step = WIDTH / max(1, len(months))
    room = HEIGHT - FOOT - HEAD
    found: list[Bar] = []
    for i, (month, *both) in enumerate(months):
        for at, (value, href) in enumerate(both):
            tall = max(1.0, round(room * value / most, 1))
            x = round(i * step + step * (0.18 + 0.33 * at), 1)
            found.append(
                Bar(x, HEIGHT - FOOT - tall, round(step * 0.3, 1), tall, month, value, href, other=bool(at))
            )
    said = "，".join(f"{month} 新增 {opened}、了结 {closed}" for month, (opened, _), (closed, _) in months)
    return Chart(WIDTH, HEIGHT, found, said)
