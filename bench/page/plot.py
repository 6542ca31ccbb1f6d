"""The audit's growth as a picture: memberships against CPU, on logarithmic scales."""

import math
import re
import statistics
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from bench.page.figures import Figure
from services.reports.drawing import font

_SIZE = (1200, 800)
_LEFT, _TOP, _RIGHT, _BOTTOM = 140, 110, 1120, 690
_INK, _GREY, _NIGHTS = "#1f2430", "#c9ced8", {"first": "#d9534f", "second": "#2f6fde"}
_X, _Y = (3.7, 6.6), (-1.5, 2.3)


def draw(figures: Sequence[Figure], path: Path) -> None:
    """Draw the figures named "audit: N memberships, NIGHT night"; the grey line grows with the work."""
    points: dict[str, list[tuple[float, float]]] = {}
    for one in figures:
        named = re.fullmatch(r"audit: ([\d,]+) memberships, (\w+) night", one.name)
        if named is not None:
            members = int(named[1].replace(",", ""))
            points.setdefault(named[2], []).append((members, statistics.median(one.ours)))
    image = Image.new("RGB", _SIZE, "white")
    canvas = ImageDraw.Draw(image)
    canvas.text((_LEFT, 12), "Nightly audit: CPU seconds by memberships", fill=_INK, font=font(34))
    _axes(canvas)
    for n, (night, found) in enumerate(sorted(points.items())):
        colour = _NIGHTS.get(night, _INK)
        placed = [_place(x, y) for x, y in sorted(found)]
        canvas.line(placed, fill=colour, width=4)
        for (x, y), (_, seconds) in zip(placed, sorted(found), strict=True):
            canvas.ellipse((x - 8, y - 8, x + 8, y + 8), fill=colour)
            # Beside the line, which rises: what is above it stands to the left, what is below to the right.
            at, anchor = ((x - 8, y - 10), "rs") if night == "first" else ((x + 8, y + 10), "la")
            canvas.text(at, f"{seconds:.3g} s", fill=colour, font=font(24), anchor=anchor)
        canvas.text((_LEFT + n * 200, _TOP - 12), f"{night} night", fill=colour, font=font(26), anchor="ls")
    image.save(path, optimize=True)


def _place(members: float, seconds: float) -> tuple[float, float]:
    x = (math.log10(members) - _X[0]) / (_X[1] - _X[0])
    y = (math.log10(seconds) - _Y[0]) / (_Y[1] - _Y[0])
    return _LEFT + x * (_RIGHT - _LEFT), _BOTTOM - y * (_BOTTOM - _TOP)


def _axes(canvas: ImageDraw.ImageDraw) -> None:
    for power in (4, 5, 6):
        x, _ = _place(10**power, 1)
        canvas.line([(x, _TOP), (x, _BOTTOM)], fill=_GREY, width=1)
        canvas.text((x, _BOTTOM + 14), f"{10**power:,}", fill=_INK, font=font(22), anchor="ma")
    for power in (-1, 0, 1, 2):
        _, y = _place(10**4, 10**power)
        canvas.line([(_LEFT, y), (_RIGHT, y)], fill=_GREY, width=1)
        canvas.text((_LEFT - 16, y), f"{10.0**power:g} s", fill=_INK, font=font(22), anchor="rm")
    canvas.line([_place(1e4, 0.6), _place(1e6, 60)], fill=_GREY, width=5)
    canvas.text((_RIGHT, _TOP - 12), "grey: 60 s at a million", fill="#6a707c", font=font(22), anchor="rs")
    canvas.text((_RIGHT, _BOTTOM + 56), "memberships", fill=_INK, font=font(24), anchor="ra")
