"""How a Space comes to its end."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from spacebox.panel.canvas import WIDTH, Align, Canvas, fitted
from spacebox.panel.screens import frame
from spacebox.panel.typesetting import Face, measure
from spacebox.panel.views import Grace, Hint, Holding, Summary

After: TypeAlias = Holding | Grace | Summary

_MIDDLE = WIDTH // 2
_PITCH, _COLUMN = 45, 40
"""Of the three columns with figures, and how wide a figure may be."""


def draw(canvas: Canvas, view: After, hints: tuple[Hint, ...], *, filled: bool) -> None:
    """Draw an end; *filled* is how the state stands out in this minute."""
    match view:
        case Holding():
            _holding(canvas, view, filled=filled)
        case Grace():
            _grace(canvas, view)
            frame.footer(canvas, hints)
        case Summary():
            _summary(canvas, view)
            frame.footer(canvas, hints)
        case _:
            assert_never(view)


def _holding(canvas: Canvas, view: Holding, *, filled: bool) -> None:
    if view.air is not None:
        frame.air(canvas, view.air, filled=filled)
    question = fitted(view.question, (Face.LARGE, Face.SMALL), WIDTH)
    y = 15 if view.air else 9
    canvas.line(_MIDDLE, y, question, Align.CENTRE)
    canvas.frame(0, y + 19, WIDTH, 14, 3)
    full = round((WIDTH - 4) * view.part)
    canvas.fill(2, y + 21, full, 10)
    for second in range(1, view.seconds):
        x = 2 + (WIDTH - 4) * second // view.seconds
        canvas.fill(x, y + 21, 1, 10, lit=x - 2 >= full)
    canvas.text(_MIDDLE, y + 37, view.let_go, align=Align.CENTRE)


def _grace(canvas: Canvas, view: Grace) -> None:
    frame.header(canvas, "ended", "recording is safe" if view.recorded else "")
    x = canvas.text(0, 16, str(view.seconds), Face.HUGE) + 6
    canvas.text(x, 17, "second to" if view.seconds == 1 else "seconds to", Face.LARGE)
    canvas.text(x, 34, "change your mind")


def _summary(canvas: Canvas, view: Summary) -> None:
    frame.header(canvas, "Good night.", frame.hours(view.elapsed_s))
    figures = (view.came_by, "came by"), (view.at_once, "at once"), (view.asked, "asked")
    most = str(max(count for count, _ in figures))
    face = Face.NUMBER if measure(most, Face.NUMBER) <= _COLUMN else Face.LARGE
    for place, (count, words) in enumerate(figures):
        figure = fitted(str(count), (face, Face.SMALL), _COLUMN)
        canvas.line(place * _PITCH, 32 - figure.ascent, figure)
        canvas.text(place * _PITCH, 37, words)
