"""What the two lamps say. Pure; never by colour alone, so it is said by rhythm."""

from __future__ import annotations

from spacebox.panel import guest
from spacebox.panel.front import Front
from spacebox.panel.lights import Pattern
from spacebox.panel.meaning import Situation
from spacebox.ports.elsewhere import Link, Stay
from spacebox.room.model import HOST, Room

CONNECTING_S = 10.0
"""Receivers report about every 5 s: so long may it take until somebody is known to hear."""
PATIENT_S = 60.0


def on_air(room: Room, front: Front, *, counting: bool, voice: bool, now: float) -> Pattern:
    """Return the pattern of the on-air lamp.

    *counting* says whether MUTE is held to go live, *voice* whether somebody speaks at the box.
    """
    if front.stay:
        return _on_air_there(front.stay, front, voice=voice, now=now)
    if counting:
        return Pattern.BREATHING
    if not room.open:
        return Pattern.OFF
    if room.participants[HOST].muted:
        return Pattern.FLASHES if voice else Pattern.OFF
    if room.heard and not room.microphone_lost:
        return Pattern.SOLID
    if room.listeners and _connecting(front, now) and not room.microphone_lost:
        return Pattern.BREATHING
    return Pattern.FAST


def _on_air_there(stay: Stay, front: Front, *, voice: bool, now: float) -> Pattern:
    if stay.link is not Link.THERE:
        return Pattern.BREATHING
    if not stay.on_stage:
        return Pattern.OFF
    if stay.muted:
        return Pattern.FLASHES if voice else Pattern.OFF
    if stay.heard:
        return Pattern.SOLID
    return Pattern.BREATHING if _connecting(front, now) else Pattern.FAST


def _connecting(front: Front, now: float) -> bool:
    since = now if front.unheard_since is None else front.unheard_since
    return now - since < CONNECTING_S


def request(room: Room, front: Front, now: float) -> Pattern:
    """Return the pattern of the request lamp."""
    if front.stay:
        invited = guest.situation(front.stay) is Situation.GUEST_INVITED
        return _patient(now - front.about_since) if invited else Pattern.OFF
    if not room.open or not room.requests:
        return Pattern.OFF
    return _patient(now - min(request.asked_at for request in room.requests))


def _patient(waiting_s: float) -> Pattern:
    return Pattern.QUICK if waiting_s > PATIENT_S else Pattern.SLOW
