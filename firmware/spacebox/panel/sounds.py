"""Which of the room's events the host hears, besides the room itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from spacebox.hub import Entry
from spacebox.mixer.chime import Chime, chime
from spacebox.mixer.frame import Samples
from spacebox.room import events as e
from spacebox.room.model import HOST


class Voice(Protocol):
    """Speaks to the host."""

    def say(self, text: str) -> None: ...

    def hush(self) -> None:
        """Break off, and forget what was to be said."""


class Sounds:
    """Chimes for the host's ear. Listens to the hub."""

    def __init__(
        self,
        play: Callable[[Samples], None],
        voice: Voice | None,
        *,
        chime_joins: bool,
    ) -> None:
        """Without a *voice* requests are not spoken."""
        self._play = play
        self._voice = voice
        self._chime_joins = chime_joins

    def on_event(self, entry: Entry) -> None:
        """Play what belongs to an event."""
        name = chime_of(entry)
        if name is not None and (name is not Chime.JOIN or self._chime_joins):
            self._play(chime(name))
        if self._voice is not None:
            _speak(entry, self._voice)


def _speak(entry: Entry, voice: Voice) -> None:
    """Say who asks, until they are answered or the microphone opens and guests would hear it."""
    match entry.event:
        case e.SpeakRequested(participant=who) as request if not entry.before.request_of(who):
            voice.say(sentence(request))
        case e.RequestWithdrawn() | e.RequestDeclined() | e.RequestDeferred() | e.SteppedUp():
            voice.hush()
        case e.MuteChanged(participant=who, muted=False) if who == HOST:
            voice.hush()
        case e.SpaceEnded():
            voice.hush()
        case _:
            pass


def chime_of(entry: Entry) -> Chime | None:
    """Return how an event sounds; None for most, and for what a chime told already."""
    match entry.event:
        case e.SpeakRequested(participant=who):
            # Who waits already has thought of another reason.
            return None if entry.before.request_of(who) else Chime.REQUEST
        case e.Joined(participant=who, name=name) | e.Named(participant=who, name=name):
            known = entry.before.participants.get(who)
            came = name and (known is None or not known.name)
            return Chime.JOIN if came and who != HOST else None
        case e.MuteChanged(participant=who, muted=muted) if who == HOST:
            return Chime.MUTED if muted else Chime.ON_AIR
        case e.SpaceEnded():
            return Chime.ENDED
        case _:
            return None


def sentence(request: e.SpeakRequested) -> str:
    """Say who asks, and for what."""
    asks = f"{request.name} wants to speak"
    return f"{asks}: {request.reason}" if request.reason else f"{asks}."
