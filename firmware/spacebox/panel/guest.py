"""What being a guest elsewhere means for the front: its buttons, and its words. Pure."""

from __future__ import annotations

from typing import Final

from spacebox.panel.meaning import Situation
from spacebox.panel.views import Notice
from spacebox.ports.elsewhere import Ability, Link, Stay
from spacebox.room.model import Participant

ANSWERABLE: Final = frozenset({Situation.GUEST, Situation.GUEST_ASKING, Situation.GUEST_INVITED})
"""Where APPROVE asks or answers."""


def situation(stay: Stay) -> Situation:
    """Say what the buttons are about."""
    mine = seat(stay)
    if stay.link is not Link.THERE:
        return Situation.GUEST_COMING
    if stay.on_stage and Ability.SPEAK in stay.abilities:
        on_stage = Ability.ASK in stay.abilities
        return Situation.GUEST_ON_STAGE if on_stage else Situation.GUEST_SPEAKING
    if mine is None or Ability.ASK not in stay.abilities or not stay.room.open:
        return Situation.GUEST_LISTENING
    if mine.invited:
        return Situation.GUEST_INVITED
    asked = stay.room.request_of(stay.me) is not None
    return Situation.GUEST_ASKING if asked else Situation.GUEST


def speaks(stay: Stay) -> bool:
    """Say whether our microphone is open there."""
    return stay.link is Link.THERE and stay.on_stage and not stay.muted


def unheard(stay: Stay) -> bool:
    """Say whether our microphone is open there and nothing of it arrives."""
    return speaks(stay) and not stay.heard


def silenced(stay: Stay) -> bool:
    """Say whether their host muted us, and we have not opened since."""
    mine = seat(stay)
    return stay.on_stage and stay.muted and mine is not None and mine.silenced


def tidings(before: Stay | None, after: Stay | None) -> Notice | None:
    """Say what changed for us without a press of ours, or None where the glass tells by itself."""
    if before is None or after is None or after.link is not Link.THERE:
        return None
    if before.link is Link.LOST:
        muted = after.on_stage and after.muted
        return Notice("Back again", "You are muted." if muted else "You hear them again.")
    if before.link is Link.JOINING:
        return None
    if after.on_stage and not before.on_stage:
        return Notice("You are up", "muted, until you open it")
    if before.on_stage and not after.on_stage:
        return Notice("In the audience", "Nobody hears you now.")
    went = situation(before) is Situation.GUEST_ASKING and situation(after) is Situation.GUEST
    return Notice("No longer in line", "Ask again when you like.") if went else None


def seat(stay: Stay) -> Participant | None:
    """Return who we are there, as far as that is known."""
    return stay.room.participants.get(stay.me)
