"""From what is shown to the picture of it: 128 × 64, one bit. Pure."""

from __future__ import annotations

from typing import assert_never

from PIL import Image

from spacebox.panel.away import Coming, Elsewhere, Invited, Parted
from spacebox.panel.canvas import GLASS_WIDTH, Canvas
from spacebox.panel.cards import AgendaItem, QuestionCard, RequestCard, WrappingUp
from spacebox.panel.screens import after, away, before, cards, codes, frame, live, notices
from spacebox.panel.views import (
    Blank,
    Countdown,
    FaultCard,
    Fingerprint,
    Grace,
    Holding,
    Idle,
    JoinCode,
    Live,
    Notice,
    Pairing,
    Reachable,
    Shown,
    SoundCheck,
    StartUp,
    Summary,
    Unheard,
    Updating,
    WifiSetup,
)

_WANDERS = 3
"""Columns that a picture may begin at; it goes on to the next each minute, against burn-in."""


def draw(shown: Shown) -> Image.Image:
    """Return the picture of *shown*: mode "1", lit pixels 1."""
    if isinstance(shown.view, JoinCode | WifiSetup):  # a telephone is pointed at them: they stay
        canvas = Canvas(GLASS_WIDTH)
        codes.draw(canvas, shown.view, shown.hints, shown.hold)
        return canvas.on_glass()
    canvas = Canvas()
    _draw_view(canvas, shown)
    if shown.hold is not None:
        frame.hold_bar(canvas, shown.hold)
    return canvas.on_glass(shown.minute % _WANDERS)


def _draw_view(canvas: Canvas, shown: Shown) -> None:
    hints, filled = shown.hints, shown.minute % 2 == 0
    match shown.view:
        case StartUp() | Idle() | SoundCheck() | Countdown() as view:
            before.draw(canvas, view, hints)
        case Live() | Unheard() as view:
            live.draw(canvas, view, hints, filled=filled)
        case RequestCard() | QuestionCard() | AgendaItem() | WrappingUp() as view:
            cards.draw(canvas, view, hints)
        case Holding() | Grace() | Summary() as view:
            after.draw(canvas, view, hints, filled=filled)
        case Coming() | Elsewhere() | Invited() | Parted() as view:
            away.draw(canvas, view, hints, filled=filled)
        case (
            Pairing() | Updating() | FaultCard() | Notice() | Reachable() | Fingerprint()
        ) as view:
            notices.draw(canvas, view, hints)
        case JoinCode() | WifiSetup() as view:
            codes.draw(canvas, view, hints, shown.hold)
        case Blank():
            pass
        case _:
            assert_never(shown.view)
