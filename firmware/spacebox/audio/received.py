"""Turns the packets of one speaker into frames, whatever happened to them on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

import numpy as np

from spacebox.audio.beat import STALL_S
from spacebox.audio.opus import Decoder, OpusError
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Frame, Samples
from spacebox.mixer.playout import Conceal, Decode, Fec, Merge, Pause, PlayoutBuffer, Step
from spacebox.mixer.toc import duration
from spacebox.ports import Tally


class Received:
    """The sound of one RTP stream of Opus; a `spacebox.ports.Playout`. For one thread."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._buffer = PlayoutBuffer()
        self._decoder = Decoder()
        self._rest = np.zeros(0, np.float32)
        self._due = 0.0

    @property
    def delay_s(self) -> float:
        """How long a packet that came fast waits, at present."""
        return self._buffer.delay_s

    def push(
        self,
        sequence: int,
        timestamp: int,
        payload: bytes,
        arrived: float,
        redundant: Sequence[tuple[int, bytes]] = (),
    ) -> None:
        """Take a packet, as `PlayoutBuffer.push` does."""
        self._buffer.push(sequence, timestamp, payload, arrived, redundant)

    def pull(self, now: float) -> Frame | None:
        """Return the next 20 ms at *now*, in seconds, or None while there is nothing to play."""
        due = self._beat(now)
        while len(self._rest) < FRAME_SAMPLES:
            step = self._buffer.step(due + len(self._rest) / SAMPLE_RATE)
            if step is None:
                return self._last()
            sound = self._sound(step)
            self._rest = np.concatenate((self._rest, sound)) if len(self._rest) else sound
        frame, self._rest = self._rest[:FRAME_SAMPLES], self._rest[FRAME_SAMPLES:]
        return frame

    def close(self) -> None:
        """Give the decoder's memory back; nothing can be pulled afterwards."""
        self._decoder.close()

    def _beat(self, now: float) -> float:
        """Return when this pull was due.

        Ticks that were held up come all at once. Taken for what the clock says then, each would
        find itself behind the stream, and hurry.
        """
        due = self._due + FRAME_S
        self._due = due if due <= now <= due + STALL_S else now
        return self._due

    def _last(self) -> Frame | None:
        """Return what is left before a silence."""
        if not len(self._rest):
            return None
        frame = np.pad(self._rest, (0, FRAME_SAMPLES - len(self._rest)))
        self._rest = self._rest[:0]
        return frame

    def _sound(self, step: Step) -> Samples:
        match step:
            case Decode(payload):
                return self._decoded(payload)
            case Merge(payload, following):
                return _faded(self._decoded(payload), self._decoded(following))
            case Fec(payload, samples):
                return self._repaired(payload, samples)
            case Conceal(samples):
                return self._concealed(samples)
            case Pause(samples):
                return self._decoder.conceal(samples)
        assert_never(step)

    def _decoded(self, payload: bytes) -> Samples:
        try:
            sound = self._decoder.decode(payload)
        except OpusError:
            return self._concealed(duration(payload))
        self.tally.sent += len(sound)
        return sound

    def _repaired(self, payload: bytes, samples: int) -> Samples:
        try:
            sound = self._decoder.decode_fec(payload, samples)
        except OpusError:
            return self._concealed(samples)
        self.tally.repaired += samples
        return sound

    def _concealed(self, samples: int) -> Samples:
        self.tally.concealed += samples
        return self._decoder.conceal(samples)


def _faded(one: Samples, other: Samples) -> Samples:
    rising = np.linspace(0, 1, len(one), dtype=np.float32)
    return one + rising * (other - one)
