"""Curves of cost over size, both axes logarithmic, as a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SHARPER = 960, 600, 2
"""Drawn twice as large, and made smaller for smooth lines."""
LEFT, RIGHT, TOP, BOTTOM = 80, 220, 60, 60
COLOURS = ("#0b6e4f", "#b23a48", "#30638e", "#666666", "#d17a22")
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
FONT = "DejaVuSans.ttf"


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """Where values are, in pixels."""

    low: float
    high: float
    start: int
    end: int

    def at(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return SHARPER * (self.start + share * (self.end - self.start))


def draw(title: str, series: Sequence[Series], file: Path) -> None:
    """Write a PNG; sizes to the right, costs upwards, each curve with its name."""
    picture = Image.new("RGB", (SHARPER * WIDTH, SHARPER * HEIGHT), "white")
    pen = ImageDraw.Draw(picture)
    sizes = sorted({size for each in series for size, _ in each.points})
    costs = [cost for each in series for _, cost in each.points]
    ticks = list(_enclosing(min(costs), max(costs)))
    across = Axis(sizes[0], sizes[-1], LEFT, WIDTH - RIGHT)
    upwards = Axis(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)
    _text(pen, (SHARPER * LEFT, SHARPER * TOP // 2), title, "lm")
    _grid(pen, across, upwards, sizes, ticks)
    taken: list[float] = []
    for each, colour in zip(series, COLOURS, strict=False):
        points = [(across.at(size), upwards.at(cost)) for size, cost in each.points]
        pen.line(points, fill=colour, width=3 * SHARPER, joint="curve")
        for x, y in points:
            pen.circle((x, y), 4 * SHARPER, fill=colour)
        x, y = points[-1]
        while any(abs(y - other) < 20 * SHARPER for other in taken):
            y += SHARPER
        taken.append(y)
        _text(pen, (x + 12 * SHARPER, y), each.name, "lm", colour)
    picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(file)


def _enclosing(low: float, high: float) -> Iterator[float]:
    first = max(index for index, tick in enumerate(TICKS) if tick <= max(low, TICKS[0]))
    for tick in TICKS[first:]:
        yield tick
        if tick >= high:
            return


def _grid(
    pen: ImageDraw.ImageDraw,
    across: Axis,
    upwards: Axis,
    sizes: Sequence[float],
    ticks: Sequence[float],
) -> None:
    left, right = across.at(across.low), across.at(across.high)
    bottom, top = upwards.at(upwards.low), upwards.at(upwards.high)
    for tick in ticks:
        pen.line([(left, upwards.at(tick)), (right, upwards.at(tick))], "#dddddd", SHARPER)
        _text(pen, (left - 10 * SHARPER, upwards.at(tick)), f"{tick:g}", "rm")
    for size in sizes:
        pen.line([(across.at(size), bottom), (across.at(size), top)], "#dddddd", SHARPER)
        _text(pen, (across.at(size), bottom + 10 * SHARPER), f"{size:g}", "mt")


def _text(
    pen: ImageDraw.ImageDraw,
    where: tuple[float, float],
    text: str,
    anchor: str,
    fill: str = "black",
) -> None:
    pen.text(where, text, fill, ImageFont.truetype(FONT, 14 * SHARPER), anchor=anchor)
