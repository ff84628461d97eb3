"""What is around the screens: the header above, and below it what the three buttons do now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spacebox.panel.canvas import WIDTH, Align, Canvas
from spacebox.panel.icons import EAR, RECORDING
from spacebox.panel.typesetting import Face, measure, typeset
from spacebox.panel.views import Air, Button, Hint, Hold, How

HEADER: Final = -1
"""The row of the header's text, so that its capitals begin at the second row of the glass."""
UNDER_HEADER: Final = 13
BODY: Final = 14
OVER_FOOTER: Final = 51
FOOTER: Final = 52
FOOTER_HEIGHT: Final = 12
LARGE_PITCH: Final = 16

LEAST: Final = 30
"""Columns that a text is worth cutting for."""
_GAP: Final = 6
"""Between two entries of the footer, at least."""
_MARKS: Final = {How.PRESS: (3,), How.TAP: (3,), How.DOUBLE: (3, 3), How.HOLD: (7,)}
"""The Morse of the buttons: how long the strokes are that stand for a use of one."""


def clock(seconds: int) -> str:
    """Return ``0:42``, from an hour on ``1:04:22``."""
    return hours(seconds) if seconds >= 3600 else f"{seconds // 60}:{seconds % 60:02}"


def hours(seconds: int) -> str:
    """Return ``0:42:10``."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def heading(
    canvas: Canvas, y: int, text: str, *, x: int = 0, width: int = WIDTH, bottom: int
) -> int:
    """Set what a screen is about: one large line, or as many small ones as fit above *bottom*.

    Returns the row below it.
    """
    line = typeset(text, Face.LARGE)
    if line.width <= width or line.over:
        canvas.line(x, y, typeset(text, Face.LARGE, width))
        return y + LARGE_PITCH
    return canvas.paragraph(x, y - 1, text, Face.SMALL, width=width, bottom=bottom)


def header(canvas: Canvas, left: str, right: str = "", *, x: int = 0) -> None:
    """Draw two texts and the dots below them.

    The right one is whole where it can be; the left one is not drawn where little is left.
    """
    room = canvas.width - canvas.text(canvas.width, HEADER, right, align=Align.RIGHT) - _GAP - x
    if room > LEAST or measure(left, Face.SMALL) <= room:
        canvas.text(x, HEADER, left, width=room)
    canvas.dots(UNDER_HEADER)


def pair(canvas: Canvas, y: int, left: str, right: str) -> None:
    """Draw two texts on one row, of which the left one is cut."""
    taken = canvas.text(canvas.width, y, right, align=Align.RIGHT)
    canvas.text(0, y, left, width=canvas.width - taken - _GAP)


def air(canvas: Canvas, air: Air, *, filled: bool) -> None:
    """Draw the header of a Space that is live."""
    heard = str(air.listeners)
    right = WIDTH - canvas.text(WIDTH, HEADER, heard, align=Align.RIGHT) - len(EAR[0]) - 2
    canvas.icon(right, 2, EAR)
    x = chip(canvas, air.chip, filled=filled) + 4
    elapsed, mark = hours(air.elapsed_s), len(RECORDING[0]) + 3
    if x + measure(elapsed, Face.SMALL) + mark * air.recording > right - 3:
        elapsed = elapsed.rpartition(":")[0] + " h"
    x += canvas.text(x, HEADER, elapsed)
    if air.recording:
        canvas.icon(x + 3, 3, RECORDING)
    canvas.dots(UNDER_HEADER)


def chip(canvas: Canvas, words: str, *, filled: bool) -> int:
    """Draw a state in a box at the upper left, light on dark or dark on light; return its end."""
    line = typeset(words, Face.SMALL, 60)
    width = line.width + 6
    canvas.frame(0, 0, width, 11, 2, filled=filled)
    canvas.line(3, HEADER, line, lit=not filled)
    return width


def footer(canvas: Canvas, hints: tuple[Hint, ...]) -> None:
    """Say what the buttons do: MUTE at the left, APPROVE in the middle, END at the right."""
    canvas.dots(OVER_FOOTER)
    for x, hint, width in _places(hints):
        entry(canvas, x, FOOTER, hint, width)


def entry(canvas: Canvas, x: int, y: int, hint: Hint, width: int) -> None:
    """Draw one entry of the footer, cut to *width* columns."""
    right = x + width
    for stroke in _MARKS[hint.how]:
        canvas.fill(x, y + 5, stroke, 3)
        x += stroke + 2
    canvas.text(x + 2, y, hint.words, width=right - x - 2)


def entry_width(hint: Hint) -> int:
    """Return how many columns an entry takes."""
    return sum(stroke + 2 for stroke in _MARKS[hint.how]) + 2 + measure(hint.words, Face.SMALL)


def _places(hints: tuple[Hint, ...]) -> Iterator[tuple[int, Hint, int]]:
    """Give each entry its column and its width."""
    widths = [entry_width(hint) for hint in hints]
    if sum(widths) + _GAP * (len(hints) - 1) > WIDTH:
        share = (WIDTH - _GAP * (len(hints) - 1)) // len(hints)
        widths = [min(width, share) for width in widths]
    slots = _slots(hints)
    extents = [
        sum(width + _GAP for width, slot in zip(widths, slots, strict=True) if slot is wanted)
        for wanted in Button
    ]
    left, middle, right = extents
    centred = min(max((WIDTH + _GAP - middle) // 2, left), WIDTH + _GAP - right - middle)
    at = dict(zip(Button, (0, centred, WIDTH + _GAP - right), strict=True))
    for hint, width, slot in zip(hints, widths, slots, strict=True):
        yield at[slot], hint, width
        at[slot] += width + _GAP


def _slots(hints: tuple[Hint, ...]) -> tuple[Button, ...]:
    """Say below which button each entry stands: three uses of one button spread over the row."""
    buttons = tuple(hint.button for hint in hints)
    return tuple(Button) if len(hints) == 3 and len(set(buttons)) == 1 else buttons


def hold_bar(canvas: Canvas, hold: Hold, x: int = 0) -> None:
    """Draw a bar that fills in the footer's place, its words turned over where it is full."""
    width = canvas.width - x
    canvas.fill(x, OVER_FOOTER, width, FOOTER_HEIGHT + 1, lit=False)
    canvas.frame(x, FOOTER, width, FOOTER_HEIGHT, 2)
    canvas.fill(x + 2, FOOTER + 2, round((width - 4) * hold.part), FOOTER_HEIGHT - 4)
    words = Canvas(width)
    words.text(width // 2, FOOTER, hold.words, align=Align.CENTRE, width=width - 8)
    canvas.invert(x, 0, words)
