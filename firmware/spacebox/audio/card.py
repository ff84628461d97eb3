"""The sound card as a microphone and a speaker.

Its clock is not ours: a ring on either side takes up the difference. A microphone is muted twice:
what is recorded from now on never enters the ring, and what waits there fades. Importing this needs
libportaudio2; it raises OSError without.
"""

from __future__ import annotations

import numpy as np

from spacebox.audio.edge import NOTHING, Edge
from spacebox.audio.portaudio import KEEPER, Block, Line
from spacebox.audio.ring import Ring
from spacebox.mixer.fade import Shutter
from spacebox.mixer.frame import FRAME_SAMPLES, Frame
from spacebox.ports import Loudness


class CardMicrophone:
    """What a device hears; silence while it is lost."""

    def __init__(self, name: str | None = None) -> None:
        """Open the device called *name*, or the system's default."""
        self._ring = Ring()
        self._edge = Edge()
        self._shutter = Shutter()
        self._line = Line("input", name, self._capture)
        KEEPER.add(self._line)

    @property
    def lost(self) -> bool:
        return self._line.lost

    def pull(self) -> Frame | None:
        return self._edge.let_out(self._ring.read(FRAME_SAMPLES))

    def mute(self, muted: bool) -> None:
        self._shutter.set(not muted)
        self._edge.mute(muted)

    def loudness(self) -> Loudness:
        return NOTHING if self.lost else self._edge.loudness()

    def close(self) -> None:
        KEEPER.drop(self._line)

    def _capture(self, block: Block) -> None:
        samples = block[:, 0]
        self._edge.hear(samples)
        self._ring.write(self._shutter.apply(samples, self._line.latency))


class CardSpeaker:
    """Plays on a device; what comes while it is lost is forgotten."""

    def __init__(self, name: str | None = None) -> None:
        """Open the device called *name*, or the system's default."""
        self._ring = Ring()
        self._line = Line("output", name, self._play)
        KEEPER.add(self._line)

    @property
    def lost(self) -> bool:
        return self._line.lost

    def push(self, frame: Frame) -> None:
        self._ring.write(frame)

    def close(self) -> None:
        KEEPER.drop(self._line)

    def _play(self, block: Block) -> None:
        samples = self._ring.read(len(block))
        block[:] = 0 if samples is None else samples[:, np.newaxis]
