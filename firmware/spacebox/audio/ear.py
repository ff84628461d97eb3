"""What the host alone hears: the box's own sounds over the room.

It stands between the pump and the speaker, so nothing of it can be in the programme.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from spacebox.mixer.fade import Ducker
from spacebox.mixer.frame import FRAME_SAMPLES, Frame, Samples
from spacebox.mixer.mix import limit
from spacebox.ports import Speaker

WAITING = 4


@dataclass(frozen=True, slots=True)
class _Sound:
    samples: Samples
    duck: bool


class Ear:
    """A speaker that plays sounds of its own, one after the other, over what is pushed to it."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._waiting: deque[_Sound] = deque(maxlen=WAITING)
        self._playing: _Sound | None = None
        self._at = 0
        self._ducker = Ducker()

    @property
    def lost(self) -> bool:
        return self._speaker.lost

    def play(self, samples: Samples, *, duck: bool = False) -> None:
        """Play *samples* when those before are through; the room is 12 dB lower meanwhile.

        May be called from any thread. Of too many the oldest that did not begin is forgotten.
        """
        self._waiting.append(_Sound(samples, duck))

    def push(self, frame: Frame) -> None:
        """Take 20 ms of the room. For one thread."""
        # The other threads only ever add, so what is there now can be taken.
        if self._playing is None and self._waiting:
            self._playing, self._at = self._waiting.popleft(), 0
        sound = self._playing
        mixed = self._ducker.apply(frame, sound is not None and sound.duck)
        if sound is not None:
            mixed = self._over(mixed, sound.samples)
        self._speaker.push(mixed)

    def _over(self, frame: Frame, samples: Samples) -> Frame:
        piece = samples[self._at : self._at + FRAME_SAMPLES]
        mixed = frame.copy()
        mixed[: len(piece)] += piece
        self._at += FRAME_SAMPLES
        if self._at >= len(samples):
            self._playing = None
        return limit(mixed)

    def close(self) -> None:
        self._speaker.close()
