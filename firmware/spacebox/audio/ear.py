"""What the host alone hears: the box's own sounds over the room.

It stands between the pump and the speaker, so nothing of it can be in the programme.
"""

from __future__ import annotations

from collections import deque

from spacebox.mixer.fade import Ducker
from spacebox.mixer.frame import FRAME_SAMPLES, Frame, Samples
from spacebox.mixer.mix import limit
from spacebox.ports import Speaker

WAITING = 2


class Ear:
    """A speaker that plays sounds of its own over what is pushed to it.

    Chimes and ducked sounds, which are longer, do not wait for each other: a chime tells of now.
    """

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._chimes = _Lane()
        self._ducked = _Lane()
        self._ducker = Ducker()

    @property
    def lost(self) -> bool:
        return self._speaker.lost

    def play(self, samples: Samples, *, duck: bool = False) -> None:
        """Play *samples* after others of their kind; *duck*: the room is 12 dB lower meanwhile.

        May be called from any thread. Of too many the oldest that did not begin is forgotten.
        """
        (self._ducked if duck else self._chimes).waiting.append(samples)

    def hush(self) -> None:
        """Break off what is ducked and forget what waits. May be called from any thread."""
        self._ducked.hushed = True

    def push(self, frame: Frame) -> None:
        """Take 20 ms of the room. For one thread."""
        chime, speech = self._chimes.next(), self._ducked.next()
        mixed = self._ducker.apply(frame, speech is not None)
        if chime is not None or speech is not None:
            mixed = mixed.copy()
            for piece in (chime, speech):
                if piece is not None:
                    mixed[: len(piece)] += piece
            mixed = limit(mixed)
        self._speaker.push(mixed)

    def close(self) -> None:
        self._speaker.close()


class _Lane:
    """Sounds that are played one after the other."""

    def __init__(self) -> None:
        self.waiting: deque[Samples] = deque(maxlen=WAITING)
        self.hushed = False
        """Whether all of it is to be forgotten."""
        self._rest: Samples | None = None

    def next(self) -> Samples | None:
        """Return what is to be played of the next 20 ms, None in silence."""
        if self.hushed:
            self.hushed, self._rest = False, None
            self.waiting.clear()
        # The other threads only ever add, so what is there now can be taken.
        if self._rest is None and self.waiting:
            self._rest = self.waiting.popleft()
        if self._rest is None:
            return None
        piece, rest = self._rest[:FRAME_SAMPLES], self._rest[FRAME_SAMPLES:]
        self._rest = rest if len(rest) else None
        return piece
