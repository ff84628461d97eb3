"""Everybody together, and everybody without one.

The programme is the limited sum of all seats. A mix-minus is the limited sum without one seat's
own voice: what that person hears, since nobody may hear themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from spacebox.mixer.frame import Frame, Samples, silence
from spacebox.mixer.level import peak

KNEE = np.float32(0.75)
_ROOM = np.float32(1) - KNEE
_ONE = np.float32(1)


@dataclass(frozen=True, slots=True)
class Mix:
    """What one tick sounds like."""

    programme: Frame
    minus: Mapping[str, Frame]


def mix(frames: Mapping[str, Frame], wanted: Iterable[str]) -> Mix:
    """Mix *frames* by seat, and leave each of *wanted* out of a mix of their own.

    Somebody wanted who has no frame gets the programme itself.
    """
    total = silence()
    for frame in frames.values():
        total += frame
    programme = limit(total)
    minus = {who: limit(total - frames[who]) if who in frames else programme for who in wanted}
    return Mix(programme, minus)


def limit(samples: Samples) -> Samples:
    """Bend what is louder than the knee below full scale; the rest stays as it is.

    Without memory, so that a loud voice never pumps the others. Monotone and smooth: the slope
    is 1 at the knee and falls to 0. May return *samples* itself.
    """
    if peak(samples) <= KNEE:
        return samples
    magnitude = np.abs(samples)
    excess = np.maximum(magnitude - KNEE, 0) / _ROOM
    # 1 - 1/(1+x), not x/(1+x): each step rounds monotonically, so the whole does.
    bent = KNEE + _ROOM * (_ONE - _ONE / (_ONE + excess))
    return np.where(magnitude > KNEE, np.copysign(bent, samples), samples)
