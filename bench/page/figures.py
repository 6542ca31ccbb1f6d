"""What a measurement gives: our numbers, the baseline's of the same run, and what was promised."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rich.console import Console
from rich.table import Table

# What one run gave, by name.
Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `ours` and `base` hold one number a repeat, taken side by side.

    `bound`: what was promised, as people read it ("≤ 1.5×"); `note`: what it was measured with.
    """

    name: str
    unit: str
    ours: tuple[float, ...]
    base: tuple[float, ...] = ()
    bound: str = ""
    note: str = ""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Return ours over the baseline, repeat by repeat; empty without a baseline."""
        return tuple(a / b for a, b in zip(self.ours, self.base, strict=True)) if self.base else ()


def figures(
    title: str,
    runs: Sequence[Numbers],
    base: Sequence[Numbers] = (),
    *,
    units: Mapping[str, str],
    bounds: Mapping[str, str] = MappingProxyType({}),
    note: str = "",
) -> list[Figure]:
    """Return a figure for each number of several runs, beside the baseline's where that has it.

    A number that `units` doesn't name is a count.
    """
    return [
        Figure(
            f"{title}: {name}",
            units.get(name, ""),
            tuple(one[name] for one in runs),
            tuple(one[name] for one in base if name in one),
            bounds.get(name, ""),
            note,
        )
        for name in runs[0]
    ]


def show(figures: Iterable[Figure]) -> None:
    """Print figures as a table."""
    table = Table("figure", "unit", "ours", "baseline", "ratio", "promised")
    for one in figures:
        table.add_row(one.name, one.unit, spread(one.ours), spread(one.base), spread(one.ratios), one.bound)
    Console(width=140).print(table)


def spread(values: tuple[float, ...]) -> str:
    """Return "median (lowest-highest)", each with three figures or whole."""
    if not values:
        return ""
    middle = _short(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({_short(min(values))}-{_short(max(values))})"


def _short(value: float) -> str:
    """Return three figures, and whole numbers from a hundred on, as people write them."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
