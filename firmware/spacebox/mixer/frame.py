"""The unit everything is counted in: 20 ms of mono sound at 48 kHz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
FRAME_SAMPLES = 960
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE

Samples = NDArray[np.float32]
"""Shape (n,), full scale at ±1."""

Frame = NDArray[np.float32]
"""Samples of shape (960,)."""


def silence() -> Frame:
    """Return a new frame of zeros."""
    return np.zeros(FRAME_SAMPLES, np.float32)
