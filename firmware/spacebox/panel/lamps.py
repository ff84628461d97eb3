"""What the two lamps say. Pure; never by colour alone, so it is said by rhythm."""

from __future__ import annotations

from spacebox.panel.front import Front
from spacebox.panel.lights import Pattern
from spacebox.room.model import HOST, Room

CONNECTING_S = 10.0
"""Receivers report about every 5 s: so long may it take until somebody is known to hear."""
PATIENT_S = 60.0


def on_air(room: Room, front: Front, *, counting: bool, voice: bool, now: float) -> Pattern:
    """Return the pattern of the on-air lamp.

    *counting* says whether MUTE is held to go live, *voice* whether somebody speaks at the box.
    """
    if counting:
        return Pattern.BREATHING
    if not room.open:
        return Pattern.OFF
    if room.participants[HOST].muted:
        return Pattern.FLASHES if voice else Pattern.OFF
    if room.heard and not room.microphone_lost:
        return Pattern.SOLID
    since = now if front.unheard_since is None else front.unheard_since
    connecting = room.listeners and now - since < CONNECTING_S and not room.microphone_lost
    return Pattern.BREATHING if connecting else Pattern.FAST


def request(room: Room, now: float) -> Pattern:
    """Return the pattern of the request lamp."""
    if not room.open or not room.requests:
        return Pattern.OFF
    longest = now - min(request.asked_at for request in room.requests)
    return Pattern.QUICK if longest > PATIENT_S else Pattern.SLOW
