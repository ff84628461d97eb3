"""Which of the room's events the host hears, besides the room itself."""

from __future__ import annotations

from collections.abc import Callable

from spacebox.hub import Entry
from spacebox.mixer.chime import Chime, chime
from spacebox.mixer.frame import Samples
from spacebox.room import events as e
from spacebox.room.model import HOST


class Sounds:
    """Chimes for the host's ear. Listens to the hub."""

    def __init__(
        self,
        play: Callable[[Samples], None],
        say: Callable[[str], None] | None,
        *,
        chime_joins: bool,
    ) -> None:
        """*say* speaks a sentence; None where requests are not to be spoken."""
        self._play = play
        self._say = say
        self._chime_joins = chime_joins

    def on_event(self, entry: Entry) -> None:
        """Play what belongs to an event."""
        match chime_of(entry):
            case None:
                return
            case Chime.JOIN if not self._chime_joins:
                return
            case name:
                self._play(chime(name))
        if self._say is not None and isinstance(entry.event, e.SpeakRequested):
            self._say(sentence(entry.event))


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
