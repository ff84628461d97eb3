"""Until the Space is live."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from spacebox.panel.canvas import WIDTH, Align, Canvas, fits
from spacebox.panel.icons import CROSS, MICROPHONE, TICK, WAITING
from spacebox.panel.screens import frame, gauges
from spacebox.panel.typesetting import Face
from spacebox.panel.views import Check, Countdown, Hint, Idle, SoundCheck, StartUp

Before: TypeAlias = StartUp | Idle | SoundCheck | Countdown


_HALF = WIDTH // 2 - 1


def draw(canvas: Canvas, view: Before, hints: tuple[Hint, ...]) -> None:
    """Draw what is before a Space."""
    match view:
        case StartUp():
            _start_up(canvas)
            return
        case Idle():
            _idle(canvas, view)
        case SoundCheck():
            _sound_check(canvas, view)
        case Countdown():
            _countdown(canvas, view)
        case _:
            assert_never(view)
    frame.footer(canvas, hints)


def _start_up(canvas: Canvas) -> None:
    box(canvas, 43, 8)
    canvas.text(WIDTH // 2, 44, "waking up", align=Align.CENTRE)


def box(canvas: Canvas, x: int, y: int) -> None:
    """Draw the box itself: 40 columns, 30 rows."""
    canvas.frame(x, y + 6, 40, 24, 4)
    canvas.frame(x + 16, y + 11, 19, 9, 1)
    for hole in range(12):
        canvas.fill(x + 5 + hole % 3 * 3, y + 12 + hole // 3 * 3, 1, 1)
    for button in range(3):
        canvas.fill(x + 18 + button * 6, y + 24, 3, 2)
    canvas.frame(x + 6, y + 2, 7, 5, 1, filled=True)


def _idle(canvas: Canvas, view: Idle) -> None:
    when = f"next {view.planned}" if view.planned else "off air"
    spelled = fits(when, Face.SMALL, WIDTH - frame.LEAST - frame.GAP)
    frame.header(canvas, when if spelled else view.planned, view.clock)
    title = view.title or "Space"
    if not view.wait and not fits(title, Face.LARGE, WIDTH):
        frame.heading(canvas, frame.BODY, frame.OVER_FOOTER, title)
        return
    frame.heading(canvas, frame.BODY, 36, title)
    if view.wait:
        canvas.text(0, 35, view.wait, Face.LARGE)
    else:
        canvas.text(0, 37, "hold MUTE to go live")


def _sound_check(canvas: Canvas, view: SoundCheck) -> None:
    frame.header(canvas, "Sound check", view.advice)
    for place, check in enumerate(view.checks[:4]):
        _check(canvas, place % 2 * _HALF, frame.BODY + place // 2 * 12, check)
    canvas.icon(0, 40, MICROPHONE)
    reach = canvas.text(WIDTH, 39, view.reach or "", align=Align.RIGHT)
    gauges.meter(canvas, 11, 42, WIDTH - 11 - reach - frame.GAP * (reach > 0), view.level)


def _check(canvas: Canvas, x: int, y: int, check: Check) -> None:
    icon = {True: TICK, False: CROSS, None: WAITING}[check.well]
    canvas.icon(x, y + 3, icon)
    canvas.text(x + 9, y, check.words, width=_HALF - 9)


def _countdown(canvas: Canvas, view: Countdown) -> None:
    frame.header(canvas, "going live", "muted")
    x = 4 + canvas.text(4, 16, str(view.seconds), Face.HUGE) + 12
    frame.heading(canvas, frame.BODY, frame.FOOTER, view.title, x=x)
