"""Which events of the room, and of a stay in another one, the host hears besides its voices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from spacebox.hub import Entry
from spacebox.mixer.chime import Chime, chime
from spacebox.mixer.frame import Samples
from spacebox.panel import guest
from spacebox.ports.elsewhere import Link, Parting, Stay
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
        self.chime_joins = chime_joins
        self._stay: Stay | None = None

    def on_event(self, entry: Entry) -> None:
        """Play what belongs to an event."""
        name = chime_of(entry)
        if name is not None and (name is not Chime.JOIN or self.chime_joins):
            self._play(chime(name))
        if self._voice is not None:
            _speak(entry, self._voice)

    def on_visit(self, stay: Stay | None, parting: Parting | None) -> None:
        """Play what belongs to a change of the box's stay elsewhere."""
        name = chime_of_stay(self._stay, stay, parted=parting is not None)
        self._stay = stay
        if name is not None:
            self._play(chime(name))


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


def chime_of_stay(before: Stay | None, after: Stay | None, *, parted: bool) -> Chime | None:
    """Return how a change of a stay elsewhere sounds; *parted*: it ended by itself."""
    if after is None:
        return Chime.ENDED if before is not None and parted else None
    if before is None:
        return None
    if guest.speaks(before) is not guest.speaks(after):
        return Chime.ON_AIR if guest.speaks(after) else Chime.MUTED
    called = before.link is Link.THERE and _called(after) and not _called(before)
    return Chime.REQUEST if called else None


def _called(stay: Stay) -> bool:
    """Say whether they want us on their stage, or have us there."""
    seat = guest.seat(stay)
    return seat is not None and (seat.on_stage or seat.invited)


def sentence(request: e.SpeakRequested) -> str:
    """Say who asks, and for what."""
    asks = f"{request.name} wants to speak"
    return f"{asks}: {request.reason}" if request.reason else f"{asks}."
