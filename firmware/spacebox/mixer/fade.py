"""Mute and unmute without a click."""

from __future__ import annotations

import numpy as np

from spacebox.mixer.frame import Samples

RAMP_SAMPLES = 480
"""10 ms, so that a fade ends within the frame it began in."""

_CURVE = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, RAMP_SAMPLES + 1))).astype(np.float32)


class Fader:
    """A gain that moves between 0 and 1 along a raised cosine. Begins at 0."""

    def __init__(self) -> None:
        self._at = 0

    @property
    def silent(self) -> bool:
        """Whether the last sample that left was multiplied by 0."""
        return self._at == 0

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
