"""From a stay in another room to the glass. Pure."""

from __future__ import annotations

import math

from spacebox.panel import views as v
from spacebox.panel.away import Coming, Elsewhere, Invited
from spacebox.panel.figures import Air, level, pegs
from spacebox.panel.front import Front, Page
from spacebox.panel.guest import silenced, situation, speaks, unheard
from spacebox.panel.meaning import Situation
from spacebox.ports import Loudness
from spacebox.ports.elsewhere import Ability, Link, Stay
from spacebox.room.model import State

_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")
_LONGEST_S = 100 * 3600 - 1
"""What a stranger says of their clock is not worth more columns."""


def look(stay: Stay, front: Front, loudness: Loudness, now: float) -> v.View:
    """Say what is on the glass of a guest."""
    about = situation(stay)
    if about is Situation.GUEST_COMING:
        return _coming(stay, now)
    if front.page is Page.CODE:
        return v.JoinCode(stay.url, _listeners(stay))
    if about is Situation.GUEST_INVITED:
        return Invited(stay.room.host_name, stay.room.announcement.title)
    if unheard(stay) and stay.room.open:
        since = now if front.unheard_since is None else front.unheard_since
        return v.Unheard(
            air(stay, now), "Your mic is open, but nothing arrives.", int(now - since), 0
        )
    heading, note = _words(stay, about, now)
    stage = pegs(stay.room) if Ability.SEE in stay.abilities else None
    meter = level(loudness) if speaks(stay) else None
    return Elsewhere(air(stay, now), heading, note, stage, meter)


def _coming(stay: Stay, now: float) -> Coming:
    since = int(now - stay.since)
    if stay.link is Link.JOINING:
        return Coming("JOINING", stay.where, stay.trouble, since, "")
    again = "trying now"
    if stay.again_at is not None:
        again = f"next try in {max(0, math.ceil(stay.again_at - now))} s"
    title = stay.room.announcement.title or stay.where
    return Coming("LOST", title, stay.trouble, since, again)


def air(stay: Stay, now: float) -> Air:
    """Return the header of the room there."""
    chip = "GUEST"
    if stay.on_stage:
        heard = "ON AIR" if stay.heard else "UNHEARD"
        chip = "MUTED" if stay.muted else heard
    elapsed = min(_LONGEST_S, max(0, int(now - stay.room.started_at)))
    return Air(chip, elapsed if stay.room.open else 0, False, _listeners(stay))


def _listeners(stay: Stay) -> int | None:
    return stay.room.listeners if Ability.SEE in stay.abilities else None


def _words(stay: Stay, about: Situation, now: float) -> tuple[str, str]:
    """Return heading and note."""
    room = stay.room
    title = room.announcement.title or "Space"
    at = "" if title == stay.where else f"at {stay.where}"
    match room.state:
        case State.ENDED:
            left = max(0, math.ceil(room.ended_at + room.grace_s - now))
            return "The Space is over", f"It may go on for {left} s."
        case State.IDLE:
            return title, "Nothing is live there."
        case _ if about is Situation.GUEST_ASKING:
            return _in_line(stay), title
        case _ if silenced(stay):
            return f"Muted by {room.host_name}", "Open it on your turn."
        case State.WRAPPING:
            return title, "They are closing soon."
        case _:
            return title, at


def _in_line(stay: Stay) -> str:
    line = [request.participant for request in stay.room.requests]
    place = line.index(stay.me)
    return (
        f"{_ORDINALS[place]} in line" if place < len(_ORDINALS) else f"Number {place + 1} in line"
    )
