"""What covers everything while a finger stays on a button. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spacebox.panel import elsewhere
from spacebox.panel import views as v
from spacebox.panel.figures import air
from spacebox.panel.front import Front
from spacebox.panel.gestures import ALL_HELD_S, TAP_S
from spacebox.panel.meaning import Situation, wants
from spacebox.panel.views import Button
from spacebox.ports.elsewhere import Link
from spacebox.room.model import Room

_BARS = {
    Situation.CARD: "decline",
    Situation.GUEST_INVITED: "not now",
    Situation.GUEST_ON_STAGE: "step down",
}
"""What fills while APPROVE is held."""


@dataclass(frozen=True, slots=True)
class Fingers:
    """How long each button has been held, in seconds; None where it does not count."""

    mute: float | None = None
    approve: float | None = None
    end: float | None = None
    all: float | None = None


def holding(
    room: Room, front: Front, now_in: Situation, fingers: Fingers, now: float
) -> v.Holding | v.Countdown | None:
    """Return what a long hold puts before everything else."""
    if fingers.all is not None and fingers.all >= TAP_S:
        part = min(1.0, fingers.all / ALL_HELD_S)
        return v.Holding("Erase this box?", "let go to keep it all", part, round(ALL_HELD_S), None)
    if fingers.end is not None and fingers.end >= TAP_S:
        return _end(room, front, now_in, fingers.end, now)
    go_live_s = wants(now_in, Button.MUTE).hold_s
    if go_live_s is not None and fingers.mute is not None:
        return v.Countdown(max(1, math.ceil(go_live_s - fingers.mute)), room.defaults.title)
    return None


def _end(room: Room, front: Front, now_in: Situation, held: float, now: float) -> v.Holding | None:
    hold_s = wants(now_in, Button.END).hold_s
    if hold_s is None:
        return None
    part, seconds = min(1.0, held / hold_s), round(hold_s)
    if front.stay:
        there = front.stay.link is Link.THERE
        header = elsewhere.air(front.stay, now) if there else None
        return v.Holding("Leave the room?", "let go to stay", part, seconds, header)
    if room.open:
        header = air(room, now)
        return v.Holding("End the Space?", "let go to stay on air", part, seconds, header)
    return v.Holding("Power off?", "let go to stay on", part, seconds, None)


def bar(now_in: Situation, fingers: Fingers) -> v.Hold | None:
    """Return what takes the place of the footer while a finger stays."""
    go_live_s = wants(now_in, Button.MUTE).hold_s
    if go_live_s is not None and fingers.mute is not None:
        return v.Hold("let go to cancel", min(1.0, fingers.mute / go_live_s))
    words, hold_s = _BARS.get(now_in), wants(now_in, Button.APPROVE).hold_s
    held = fingers.approve or 0.0
    if words is None or hold_s is None or held < TAP_S:
        return None
    return v.Hold(words, min(1.0, held / hold_s))
