"""What the box says of itself."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from spacebox.panel.canvas import HEIGHT, WIDTH, Align, Canvas, balanced, fitted, pitch
from spacebox.panel.icons import WARNING
from spacebox.panel.screens import frame, gauges
from spacebox.panel.typesetting import Face, wrap
from spacebox.panel.views import (
    FaultCard,
    Fingerprint,
    Hint,
    Notice,
    Pairing,
    Reachable,
    Updating,
)

Word: TypeAlias = Pairing | Updating | FaultCard | Notice | Reachable | Fingerprint

_MIDDLE = WIDTH // 2
_DIGITS, _GROUP, _GROUPS = 64, 4, 4
"""Of a fingerprint: all of them, how many stand together, and how many such groups in a row."""


def draw(canvas: Canvas, view: Word, hints: tuple[Hint, ...]) -> None:
    """Draw what the box says."""
    match view:
        case Pairing():
            _pairing(canvas, view)
        case Updating():
            _updating(canvas, view)
        case FaultCard():
            _fault(canvas, view)
            frame.footer(canvas, hints)
        case Notice():
            _notice(canvas, view)
        case Reachable():
            _reachable(canvas, view)
            frame.footer(canvas, hints)
        case Fingerprint():
            _fingerprint(canvas, view)
        case _:
            assert_never(view)


def _pairing(canvas: Canvas, view: Pairing) -> None:
    frame.header(canvas, "Pair a browser", f"{view.left_s} s")
    canvas.text(_MIDDLE - 4, 15, view.code[:3], Face.HUGE, Align.RIGHT, width=_MIDDLE - 4)
    canvas.text(_MIDDLE + 4, 15, view.code[3:], Face.HUGE, width=_MIDDLE - 4)
    gauges.progress(canvas, 47, view.left_s, view.of_s)
    canvas.text(_MIDDLE, frame.FOOTER, "type it on your phone", align=Align.CENTRE)


def _updating(canvas: Canvas, view: Updating) -> None:
    frame.header(canvas, "update", view.version)
    doing = fitted(view.doing, (Face.LARGE, Face.SMALL), WIDTH)
    canvas.line(0, 16, doing)
    if view.part is None:
        canvas.dots(37)
    else:
        gauges.progress(canvas, 36, view.part, 1.0)
    canvas.text(_MIDDLE, frame.FOOTER, "keep the power on", align=Align.CENTRE)


def _fault(canvas: Canvas, view: FaultCard) -> None:
    canvas.icon(0, 0, WARNING)
    what = fitted(view.what, (Face.MEDIUM, Face.SMALL), WIDTH - 19)
    canvas.line(19, (16 - what.height) // 2 - 1, what)
    canvas.dots(15)
    if view.still or len(wrap(view.do, Face.SMALL, WIDTH, 3)) < 3:
        frame.heading(canvas, 16, 39, view.do)
        since = frame.clock(view.since_s)
        frame.pair(canvas, 39, view.still, since if view.still else f"for {since}")
    else:
        frame.heading(canvas, 16, frame.OVER_FOOTER, view.do)


def _notice(canvas: Canvas, view: Notice) -> None:
    canvas.frame(0, 0, WIDTH, HEIGHT, 5)
    heading = fitted(view.heading, (Face.LARGE, Face.SMALL), WIDTH - 6)
    lines = balanced(view.text, Face.SMALL, WIDTH - 12, HEIGHT - 16 - 8)
    y = (HEIGHT - 16 - sum(pitch(line, Face.SMALL) for line in lines)) // 2 - 1
    canvas.line(_MIDDLE, y, heading, Align.CENTRE)
    canvas.lines(_MIDDLE, y + 17, lines, Face.SMALL, Align.CENTRE)


def _reachable(canvas: Canvas, view: Reachable) -> None:
    frame.header(canvas, view.reach, "reach")
    frame.prose(canvas, frame.BODY, frame.OVER_FOOTER, view.text)


def _fingerprint(canvas: Canvas, view: Fingerprint) -> None:
    """Draw it in four rows of four groups, each below the other, as one compares it."""
    frame.header(canvas, "certificate", "SHA-256")
    for place in range(0, min(len(view.digits), _DIGITS), _GROUP):
        row, column = divmod(place // _GROUP, _GROUPS)
        group = view.digits[place : place + _GROUP].upper()
        canvas.text(column * 32, frame.BODY + row * 12, group, width=30)
