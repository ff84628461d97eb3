"""What is around the screens: the header above, and below it what the three buttons do now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spacebox.panel.canvas import WIDTH, Align, Canvas, beginning, fill, fits, height
from spacebox.panel.figures import Air
from spacebox.panel.icons import EAR, RECORDING
from spacebox.panel.typesetting import Face, measure, typeset
from spacebox.panel.views import Button, Hint, Hold, How

HEADER: Final = -1
"""The row of the header's text, so that its capitals begin at the second row of the glass."""
UNDER_HEADER: Final = 13
BODY: Final = 14
OVER_FOOTER: Final = 51
FOOTER: Final = 52
FOOTER_HEIGHT: Final = 12

LEAST: Final = 30
"""Columns that a text is worth cutting for."""
GAP: Final = 6
"""Columns between two texts of one row, at least."""
_MARKS: Final = {How.PRESS: (3,), How.TAP: (3,), How.DOUBLE: (3, 3), How.HOLD: (7,)}
"""The Morse of the buttons: how long the strokes are that stand for a use of one."""


def clock(seconds: int) -> str:
    """Return ``0:42``, from an hour on ``2 h``: how long something has lasted."""
    return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60}:{seconds % 60:02}"


def hours(seconds: int) -> str:
    """Return ``0:42:10``."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def heading(
    canvas: Canvas, top: int, bottom: int, text: str, *, x: int = 0, width: int | None = None
) -> None:
    """Set what a screen is about, midway between two rows.

    One large line where it fits, as many small ones as fit where not.
    """
    width = canvas.width - x if width is None else width
    if fits(text, Face.LARGE, width):
        line = typeset(text, Face.LARGE, width)
        x, align = beginning(text, x, width)
        canvas.line(x, (top + bottom - line.height + 1) // 2, line, align)
        return
    prose(canvas, top, bottom, text, x=x, width=width)


def prose(
    canvas: Canvas, top: int, bottom: int, text: str, *, x: int = 0, width: int = WIDTH
) -> None:
    """Set small lines midway between two rows, as many as fit."""
    lines = fill(text, Face.SMALL, width, bottom - top)
    y = (top + bottom - height(lines, Face.SMALL)) // 2
    x, align = beginning(text, x, width)
    canvas.lines(x, y, lines, Face.SMALL, align)


def header(canvas: Canvas, left: str, right: str = "", *, x: int = 0) -> None:
    """Draw two texts and the dots below them.

    The right one is whole where it can be; the left one is not drawn where little is left.
    """
    room = canvas.width - canvas.text(canvas.width, HEADER, right, align=Align.RIGHT) - GAP - x
    if room > LEAST or measure(left, Face.SMALL) <= room:
        canvas.text(x, HEADER, left, width=room)
    canvas.dots(UNDER_HEADER)


def pair(canvas: Canvas, y: int, left: str, right: str) -> None:
    """Draw two texts on one row, of which the left one is cut."""
    taken = canvas.text(canvas.width, y, right, align=Align.RIGHT)
    canvas.text(0, y, left, width=canvas.width - taken - GAP)


def air(canvas: Canvas, air: Air, *, filled: bool) -> None:
    """Draw the header of a Space that is live."""
    right = WIDTH
    if air.listeners is not None:
        heard = str(air.listeners)
        right -= canvas.text(WIDTH, HEADER, heard, align=Align.RIGHT) + len(EAR[0]) + 2
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
    while sum(widths) + GAP * (len(hints) - 1) > WIDTH:
        widths[widths.index(max(widths))] -= 1
    if len({hint.button for hint in hints}) == 1 and len(hints) > 2:
        starts = _spread(widths)
    else:
        starts = _below(tuple(hint.button for hint in hints), widths)
    yield from zip(starts, hints, widths, strict=True)


def _spread(widths: list[int]) -> list[int]:
    """Give what is all of one button the whole row, with equal gaps."""
    spare = WIDTH - sum(widths)
    return [
        sum(widths[:place]) + spare * place // (len(widths) - 1) for place in range(len(widths))
    ]


def _below(buttons: tuple[Button, ...], widths: list[int]) -> list[int]:
    """Give each entry a place below its button, without touching one of another's."""
    taken = {
        button: sum(
            width + GAP for other, width in zip(buttons, widths, strict=True) if other is button
        )
        for button in Button
    }
    end = WIDTH + GAP
    left, middle, right = (taken[button] for button in Button)
    at = {
        Button.MUTE: 0,
        Button.APPROVE: min(max((end - middle) // 2, left), end - right - middle),
        Button.END: end - right,
    }
    starts = []
    for button, width in zip(buttons, widths, strict=True):
        starts.append(at[button])
        at[button] += width + GAP
    return starts


def hold_bar(canvas: Canvas, hold: Hold, x: int = 0) -> None:
    """Draw a bar that fills in the footer's place, its words turned over where it is full."""
    width = canvas.width - x
    canvas.fill(x, OVER_FOOTER, width, FOOTER_HEIGHT + 1, lit=False)
    canvas.frame(x, FOOTER, width, FOOTER_HEIGHT, 2)
    canvas.fill(x + 2, FOOTER + 2, round((width - 4) * hold.part), FOOTER_HEIGHT - 4)
    words = Canvas(width)
    words.text(width // 2, FOOTER, hold.words, align=Align.CENTRE, width=width - 8)
    canvas.invert(x, 0, words)
