"""The picture of a summary: bars by clause and department, and the last six months' trend.

`content` turns figures into what is shown, and `draw` lays it out, 1080 pixels wide, to be read
on a phone. Drawing takes a tenth of a second of pure computing: call `render` off the event loop.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.phrases import reports as say
from regulation.duties import DUTIES, Code
from regulation.summary import Figures
from services.reports import drawing
from services.reports.drawing import (
    BLUE,
    CARD,
    GREY,
    INK,
    LINE,
    MUTED,
    RED,
    TEAL,
    TRACK,
    Canvas,
    Colour,
    fitted,
)

WIDTH = 1080
MOST_BARS = 12
_MARGIN, _PAD, _GAP = 36, 32, 20
_ROW, _BAR, _LABEL = 54, 26, 372
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart. `other`: the sum of what isn't shown by itself."""

    label: str
    value: int
    other: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """All that the picture shows, in its order. `trend`: (label, opened, closed) a month."""

    title: str
    subtitle: str
    tiles: tuple[tuple[str, int], ...]
    fines: tuple[tuple[str, str], ...]
    clauses: tuple[Bar, ...]
    departments: tuple[Bar, ...]
    trend: tuple[tuple[str, int, int], ...]
    foot: str


def content(figures: Figures, subtitle: str, made_at: datetime) -> Content:
    """Return what the picture of these figures shows; `subtitle` names period and filters."""
    unknown = say.PICTURE["unknown"].format(n=len(figures.unknown_groups)) if figures.unknown_groups else ""
    numbers = (figures.opened, figures.cured, figures.overdue, figures.open)
    amounts = (figures.fines.proposed, figures.fines.confirmed, figures.fines.waived)
    return Content(
        title=say.PICTURE["title"],
        subtitle=subtitle,
        tiles=tuple(zip(say.TILES, numbers, strict=True)),
        fines=tuple((label, f"{amount:.2f}") for label, amount in zip(say.FINES, amounts, strict=True)),
        clauses=_clauses(figures.by_clause),
        departments=_departments(figures.by_department),
        trend=tuple((say.MONTH.format(month=int(month[5:])), n, ended) for month, n, ended in figures.trend),
        foot=say.PICTURE["foot"].format(at=f"{made_at:%Y-%m-%d %H:%M}") + unknown,
    )


def _clauses(by_clause: Mapping[str, int]) -> tuple[Bar, ...]:
    listed = sorted(by_clause.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Bar(f"{code} {DUTIES[Code(code)].title}", n) for code, n in listed if n)


def _departments(by_department: Mapping[str, int]) -> tuple[Bar, ...]:
    """Return the departments with most, and all others as one bar."""
    listed = sorted(
        ((n, name) for name, n in by_department.items() if n), key=lambda item: (-item[0], item[1])
    )
    shown = [Bar(name or say.NO_DEPARTMENT, n) for n, name in listed[:MOST_BARS]]
    rest = listed[MOST_BARS:]
    if rest:
        shown.append(Bar(say.OTHERS.format(n=len(rest)), sum(n for n, _ in rest), other=True))
    return tuple(shown)


async def render(figures: Figures, subtitle: str, made_at: datetime) -> bytes:
    """Return the summary's picture as PNG, drawn in a thread."""
    return await asyncio.to_thread(draw, content(figures, subtitle, made_at))


def draw(shown: Content) -> bytes:
    """Return the picture as PNG of at most 150 KB."""
    with drawing.lock:
        height = _head_height() + sum(_heights(shown)) + _GAP * 4 + 84
        canvas = Canvas(WIDTH, height)
        y = _head(canvas, shown)
        y = _tiles(canvas, y, shown.tiles) + _GAP
        y = _fines(canvas, y, shown.fines) + _GAP
        y = _bars(canvas, y, say.PICTURE["by_clause"], shown.clauses, BLUE) + _GAP
        y = _bars(canvas, y, say.PICTURE["by_department"], shown.departments, TEAL) + _GAP
        y = _trend(canvas, y, shown.trend)
        canvas.text(_MARGIN + 4, y + 42, fitted(shown.foot, 24, WIDTH - 2 * _MARGIN), 24, MUTED)
        return canvas.png()


def _heights(shown: Content) -> tuple[int, ...]:
    return (_TILE, _FINE, _bars_height(shown.clauses), _bars_height(shown.departments), _TREND)


def _head_height() -> int:
    return 174


def _head(canvas: Canvas, shown: Content) -> int:
    canvas.box(0, 0, WIDTH, 10, BLUE)
    canvas.text(_MARGIN + 4, 70, shown.title, 52)
    canvas.text(_MARGIN + 4, 128, fitted(shown.subtitle, 30, WIDTH - 2 * _MARGIN - 8), 30, MUTED)
    return _head_height()


_TILE = 168


def _tiles(canvas: Canvas, top: int, tiles: Sequence[tuple[str, int]]) -> int:
    width = (WIDTH - 2 * _MARGIN - 3 * 16) // 4
    for index, (label, value) in enumerate(tiles):
        left = _MARGIN + index * (width + 16)
        canvas.box(left, top, left + width, top + _TILE, CARD, 18)
        colour = RED if index == 2 and value else INK
        size = 60 if value < 100_000 else 46
        canvas.text(left + _PAD, top + 66, str(value), size, colour)
        canvas.text(left + _PAD, top + 130, label, 28, MUTED)
    return top + _TILE


_FINE = 128


def _fines(canvas: Canvas, top: int, fines: Sequence[tuple[str, str]]) -> int:
    left, right = _MARGIN, WIDTH - _MARGIN
    canvas.box(left, top, right, top + _FINE, CARD, 18)
    width = (right - left) // len(fines)
    for index, (label, amount) in enumerate(fines):
        x = left + index * width
        if index:
            canvas.box(x, top + 30, x + 2, top + _FINE - 30, LINE)
        canvas.text(x + _PAD, top + 46, fitted(amount, 36, width - 50), 36)
        canvas.text(x + _PAD, top + 92, label, 26, MUTED)
    return top + _FINE


def _bars_height(bars: Sequence[Bar]) -> int:
    return 92 + max(1, len(bars)) * _ROW + 22


def _bars(canvas: Canvas, top: int, title: str, bars: Sequence[Bar], colour: Colour) -> int:
    left, right, bottom = _MARGIN, WIDTH - _MARGIN, top + _bars_height(bars)
    canvas.box(left, top, right, bottom, CARD, 18)
    canvas.text(left + _PAD, top + 52, title, 34)
    if not bars:
        canvas.text(left + _PAD, top + 92 + _ROW // 2, say.PICTURE["none"], 28, MUTED)
        return bottom
    most = max(bar.value for bar in bars if not bar.other)
    widest = max(drawing.font(30).getlength(str(bar.value)) for bar in bars)
    start, end = left + _PAD + _LABEL, right - _PAD - round(widest) - 28
    for index, bar in enumerate(bars):
        middle = top + 92 + index * _ROW + _ROW // 2
        label = fitted(bar.label, 28, _LABEL - 24)
        canvas.text(left + _PAD, middle, label, 28, MUTED if bar.other else INK)
        canvas.text(right - _PAD, middle, str(bar.value), 30, MUTED if bar.other else INK, "rm")
        if bar.other:
            continue
        canvas.box(start, middle - _BAR // 2, end, middle + _BAR // 2, TRACK, 8)
        length = max(_SHORTEST, round((end - start) * bar.value / most))
        canvas.box(start, middle - _BAR // 2, start + length, middle + _BAR // 2, colour, 8)
    return bottom


_TREND, _TREND_TALL = 430, 214


def _trend(canvas: Canvas, top: int, months: Sequence[tuple[str, int, int]]) -> int:
    left, right = _MARGIN, WIDTH - _MARGIN
    canvas.box(left, top, right, top + _TREND, CARD, 18)
    canvas.text(left + _PAD, top + 52, say.PICTURE["trend"], 34)
    _legend(canvas, right - _PAD, top + 52)
    floor = top + _TREND - 76
    canvas.box(left + _PAD, floor, right - _PAD, floor + 2, LINE)
    most = max([1, *(max(opened, closed) for _, opened, closed in months)])
    width = (right - left - 2 * _PAD) // max(1, len(months))
    for index, (label, opened, closed) in enumerate(months):
        middle = left + _PAD + index * width + width // 2
        for offset, value, colour in ((-66, opened, BLUE), (4, closed, TEAL)):
            tall = round(_TREND_TALL * value / most)
            if value:
                canvas.box(middle + offset, floor - max(4, tall), middle + offset + 62, floor, colour, 6)
            number = _short(value)
            canvas.text(
                middle + offset + 31, floor - max(4, tall) - 20, number, 24, INK if value else GREY, "mm"
            )
        canvas.text(middle, floor + 36, label, 26, MUTED, "mm")
    return top + _TREND


def _legend(canvas: Canvas, right: int, y: int) -> None:
    for label, colour in ((say.TREND[1], TEAL), (say.TREND[0], BLUE)):
        width = round(drawing.font(26).getlength(label))
        canvas.text(right, y, label, 26, MUTED, "rm")
        canvas.box(right - width - 34, y - 11, right - width - 12, y + 11, colour, 5)
        right -= width + 66


def _short(value: int) -> str:
    """Return a number that fits over a narrow column."""
    return str(value) if value < 10_000 else f"{value / 10_000:.1f}万"
