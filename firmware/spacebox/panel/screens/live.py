"""While the Space is live."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from spacebox.panel.canvas import WIDTH, Align, Canvas
from spacebox.panel.icons import HAND, MICROPHONE
from spacebox.panel.screens import frame, gauges
from spacebox.panel.typesetting import Face, measure
from spacebox.panel.views import Button, Hint, Live, Unheard

OnAir: TypeAlias = Live | Unheard

_BARS = WIDTH - 11
_METER_WIDTH = 66


def draw(canvas: Canvas, view: OnAir, hints: tuple[Hint, ...], *, filled: bool) -> None:
    """Draw what is on air; *filled* is how the state stands out in this minute."""
    frame.air(canvas, view.air, filled=filled)
    match view:
        case Live():
            _live(canvas, view, hints)
        case Unheard():
            _unheard(canvas, view)
        case _:
            assert_never(view)


def _live(canvas: Canvas, view: Live, hints: tuple[Hint, ...]) -> None:
    frame.heading(canvas, frame.BODY, 36, view.title or "Space")
    stage = f"{view.pegs.speakers}/{view.pegs.limit}"
    taken = canvas.text(WIDTH, 36, stage, align=Align.RIGHT)
    gauges.pegs(canvas, 0, 41, WIDTH - taken - 4, view.pegs)
    right = _waiting(canvas, view.waiting, _BARS - 5)
    gauges.bars(canvas, _BARS, 54, view.bars)
    if view.level is None:
        _mute_hints(canvas, hints, right - 4)
    else:
        canvas.icon(0, 54, MICROPHONE)
        gauges.meter(canvas, 11, 56, _METER_WIDTH, view.level)


def _waiting(canvas: Canvas, count: int, end: int) -> int:
    """Say left of a column how many wait to speak, and return the column where that begins."""
    if not count:
        return end
    words = str(count) if count < 100 else "99+"
    hand = end - canvas.text(end, frame.FOOTER, words, align=Align.RIGHT) - 9
    canvas.icon(hand, 54, HAND)
    return hand


def _mute_hints(canvas: Canvas, hints: tuple[Hint, ...], right: int) -> None:
    x = 0
    for hint in hints:
        if hint.button is Button.MUTE and x < right:
            width = min(frame.entry_width(hint), right - x)
            frame.entry(canvas, x, frame.FOOTER, hint, width)
            x += width + 8


def _unheard(canvas: Canvas, view: Unheard) -> None:
    canvas.text(0, 14, "Nobody hears you", Face.LARGE)
    frame.prose(canvas, 29, frame.OVER_FOOTER, view.why)
    canvas.dots(frame.OVER_FOOTER)
    since = frame.clock(view.since_s)
    room = WIDTH - canvas.text(WIDTH, frame.FOOTER, since, align=Align.RIGHT) - frame.GAP
    room = _waiting(canvas, view.waiting, room) - frame.GAP * (view.waiting > 0)
    if view.air.recording:
        still = "Still recording."
        fits = measure(still, Face.SMALL) <= room
        canvas.text(0, frame.FOOTER, still if fits else "Recording.", width=room)
