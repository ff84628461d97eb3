"""While the box is a guest elsewhere."""

from __future__ import annotations

from typing import assert_never

from spacebox.panel.away import Away, Coming, Elsewhere, Invited, Parted
from spacebox.panel.canvas import WIDTH, Align, Canvas, beginning, fits, fitted
from spacebox.panel.figures import Level
from spacebox.panel.icons import HAND, MICROPHONE
from spacebox.panel.screens import frame, gauges
from spacebox.panel.typesetting import Face, readable, typeset
from spacebox.panel.views import Hint

_NOTE = 28
_METER_WIDTH = 66


def draw(canvas: Canvas, view: Away, hints: tuple[Hint, ...], *, filled: bool) -> None:
    """Draw what a guest sees; *filled* is how the state stands out in this minute."""
    match view:
        case Coming():
            _coming(canvas, view, filled=filled)
        case Elsewhere():
            _elsewhere(canvas, view, filled=filled)
        case Invited():
            _invited(canvas, view)
        case Parted():
            _parted(canvas, view)
        case _:
            assert_never(view)
    if isinstance(view, Elsewhere) and view.level is not None:
        _metered(canvas, view.level, hints)
    else:
        frame.footer(canvas, hints)


def _metered(canvas: Canvas, level: Level, hints: tuple[Hint, ...]) -> None:
    canvas.dots(frame.OVER_FOOTER)
    right = WIDTH
    for hint in reversed(hints):
        right -= frame.entry_width(hint)
        frame.entry(canvas, right, frame.FOOTER, hint, frame.entry_width(hint))
        right -= frame.GAP
    canvas.icon(0, 54, MICROPHONE)
    gauges.meter(canvas, 11, 56, min(_METER_WIDTH, right - 11), level)


def _coming(canvas: Canvas, view: Coming, *, filled: bool) -> None:
    frame.chip(canvas, view.chip, filled=filled)
    canvas.text(WIDTH, frame.HEADER, frame.clock(view.since_s), align=Align.RIGHT)
    canvas.dots(frame.UNDER_HEADER)
    _told(canvas, view.heading, view.text or "One moment.")
    canvas.text(0, frame.FOOTER, view.again)


def _elsewhere(canvas: Canvas, view: Elsewhere, *, filled: bool) -> None:
    frame.air(canvas, view.air, filled=filled)
    note = typeset(view.note, Face.SMALL, WIDTH)
    if view.pegs is None or note.over or not fits(view.note, Face.SMALL, WIDTH):
        _told(canvas, view.heading, view.note)
    else:
        _told(canvas, view.heading, "")
        canvas.line(0, _NOTE, note)
        stage = f"{view.pegs.speakers}/{view.pegs.limit}"
        taken = canvas.text(WIDTH, 38, stage, align=Align.RIGHT)
        gauges.pegs(canvas, 0, 43, WIDTH - taken - 4, view.pegs)


def _invited(canvas: Canvas, view: Invited) -> None:
    canvas.icon(0, 2, HAND)
    frame.header(canvas, "come on stage?", x=11)
    name = view.name if readable(view.name) else "The host"
    _told(canvas, name, f"invites you: {view.title}")


def _parted(canvas: Canvas, view: Parted) -> None:
    frame.header(canvas, "off air", view.clock)
    _told(canvas, view.heading, view.text)


def _told(canvas: Canvas, heading: str, text: str) -> None:
    """Set one line, and below it two small ones or one of a taller script."""
    line = fitted(heading, (Face.LARGE, Face.SMALL), WIDTH)
    x, align = beginning(heading, 0, WIDTH)
    y = max(frame.BODY, (frame.BODY + _NOTE - line.height + 1) // 2)
    canvas.line(x, y, line, align)
    frame.prose(canvas, 30 if line.over else 29, frame.OVER_FOOTER, text)
