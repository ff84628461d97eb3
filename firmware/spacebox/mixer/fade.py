"""Mute, unmute and lower without a click."""

from __future__ import annotations

import numpy as np

from spacebox.mixer.frame import FRAME_S, Frame, Samples

RAMP_SAMPLES = 480
"""10 ms, so that a fade ends within the frame it began in."""
DUCKED = 10 ** (-12 / 20)
_DUCK_STEP = (1 - DUCKED) * FRAME_S / 0.1

_CURVE = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, RAMP_SAMPLES + 1))).astype(np.float32)


class Fader:
    """A gain that moves between 0 and 1 along a raised cosine. Begins at 0."""

    def __init__(self) -> None:
        self._at = 0

    @property
    def silent(self) -> bool:
        """Whether the last sample that left was multiplied by 0."""
        return self._at == 0

    def cut(self) -> None:
        """Be silent at once."""
        self._at = 0

    def apply(self, samples: Samples, audible: bool) -> Samples:
        """Return *samples* on their way to being *audible* or not. May return them as they are.

        Blocks may have any length; the ramp goes on from one to the next.
        """
        if audible:
            return self._rise(samples)
        return self._fall(samples)

    def _rise(self, samples: Samples) -> Samples:
        steps = min(len(samples), RAMP_SAMPLES - self._at)
        if steps == 0:
            return samples
        faded = samples.copy()
        faded[:steps] *= _CURVE[self._at + 1 : self._at + 1 + steps]
        self._at += steps
        return faded

    def _fall(self, samples: Samples) -> Samples:
        steps = min(len(samples), self._at)
        faded = np.zeros_like(samples)
        if steps:
            faded[:steps] = samples[:steps] * _CURVE[self._at - steps : self._at][::-1]
            self._at -= steps
        return faded


class Shutter:
    """Shuts at once, and opens along the curve to what was recorded after it was opened.

    Begins open. Any thread may call `set`; one calls `apply`, block by block as they come.
    """

    def __init__(self) -> None:
        self._fader = Fader()
        self._opened = True
        self._shut = self._seen = object()
        """New each time it is shut, so that even a moment between two blocks is seen."""
        self._late = 0
        """Samples to come that may have been recorded while it was shut."""

    def set(self, opened: bool) -> None:
        """Let samples that are recorded from now on pass, or none."""
        if not opened:
            self._shut = object()
        self._opened = opened

    def apply(self, samples: Samples, late: int) -> Samples:
        """Return *samples* where they may pass, zeros elsewhere. May return them as they are.

        *late*: at least how many samples the device has recorded when it hands a block over,
        counted from the block's first.
        """
        opened, shut = self._opened, self._shut
        if not opened or shut is not self._seen:
            self._seen = shut
            self._fader.cut()
            self._late = max(late, len(samples))
        if not opened:
            return np.zeros_like(samples)
        if not self._late:
            return self._fader.apply(samples, True)
        skipped = min(self._late, len(samples))
        self._late -= skipped
        passed = np.zeros_like(samples)
        passed[skipped:] = self._fader.apply(samples[skipped:], True)
        return passed


class Ducker:
    """Lowers sound by 12 dB and lets it rise again, within 100 ms."""

    def __init__(self) -> None:
        self._gain = 1.0

    def apply(self, frame: Frame, lowered: bool) -> Frame:
        """Return *frame* on its way to being *lowered* or not. May return it as it is."""
        before, step = self._gain, -_DUCK_STEP if lowered else _DUCK_STEP
        self._gain = min(1.0, max(DUCKED, before + step))
        if before == self._gain == 1:
            return frame
        return frame * np.linspace(before, self._gain, len(frame), dtype=np.float32)
