"""How loud a seat is, and whether that is a voice."""

from __future__ import annotations

import math

import numpy as np

from spacebox.mixer.frame import FRAME_S, Frame, Samples

FLOOR_DB = -100.0
THRESHOLD_DB = -45.0
_ATTACK_FRAMES = 2
_HOLD_FRAMES = round(0.3 / FRAME_S)


def level_db(frame: Frame) -> float:
    """Return the RMS level in dBFS, -100 for silence; a sine of full scale has -3.01."""
    power = float(np.dot(frame, frame)) / len(frame)
    if power <= 10 ** (FLOOR_DB / 10):
        return FLOOR_DB
    return 10 * math.log10(power)


def peak(samples: Samples) -> float:
    """Return the largest magnitude."""
    return float(max(samples.max(), -samples.min()))


class VoiceDetector:
    """Follows the level of one seat.

    A voice begins with two loud frames on end, so that a click is none, and is held for 300 ms,
    so that a pause between words does not end it.
    """

    def __init__(self) -> None:
        self._loud = 0
        self._held = 0
        self._talk_frames = 0

    @property
    def speaking(self) -> bool:
        return self._held > 0

    @property
    def talk_s(self) -> float:
        """Seconds of loud frames that were part of a voice; what is only held does not count."""
        return self._talk_frames * FRAME_S

    def hear(self, level_db: float) -> None:
        """Take the level of the next frame."""
        if level_db < THRESHOLD_DB:
            self._loud = 0
            self._held = max(0, self._held - 1)
            return
        self._loud += 1
        if self.speaking:
            self._talk_frames += 1
        elif self._loud >= _ATTACK_FRAMES:
            self._talk_frames += self._loud
        else:
            return
        self._held = _HOLD_FRAMES
