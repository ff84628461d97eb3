"""How loud a seat is, and whether that is a voice."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from spacebox.mixer.frame import FRAME_S, SAMPLE_RATE, Samples

FLOOR_DB = -100.0
THRESHOLD_DB = -45.0
_ATTACK_FRAMES = 2
_HOLD_FRAMES = round(0.3 / FRAME_S)

WINDOW_SAMPLES = SAMPLE_RATE // 10
FALL_DB_S = 20.0
NOISE_WINDOWS = 30
CLIPPED_SAMPLES = 3 * SAMPLE_RATE
CLIP = 0.999
"""A card of 16 bits reaches 0.99997 at the most."""


def level_db(samples: Samples) -> float:
    """Return the RMS level in dBFS, -100 for silence; a sine of full scale has -3.01."""
    return _decibels(_energy(samples) / len(samples))


def _energy(samples: Samples) -> float:
    return float(np.dot(samples, samples))


def _decibels(power: float) -> float:
    return max(FLOOR_DB, 10 * math.log10(power)) if power > 0 else FLOOR_DB


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


class Meter:
    """Follows what a microphone hears, in blocks of any length; time is counted in samples.

    One thread calls `hear`; any may read, since each figure is replaced whole.
    """

    def __init__(self) -> None:
        self.level_db = FLOOR_DB
        """RMS of the last 100 ms."""
        self.peak_db = FLOOR_DB
        """The highest sample, falling by 20 dB a second."""
        self.noise_db = FLOOR_DB
        """The lowest level of the last three seconds."""
        self.clipped = False
        """Whether a sample of the last three seconds was at full scale."""
        self._blocks: deque[tuple[int, float]] = deque()
        """Length and energy of the blocks of the last 100 ms."""
        self._samples = 0
        self._window = 0
        self._lowest: deque[float] = deque(maxlen=NOISE_WINDOWS)
        """The lowest level in each 100 ms of the last seconds."""
        self._clipped_for = 0

    def hear(self, samples: Samples) -> None:
        """Take the next samples."""
        self._hear_level(samples)
        self._hear_noise(len(samples))
        highest = peak(samples)
        fallen = self.peak_db - FALL_DB_S * len(samples) / SAMPLE_RATE
        self.peak_db = max(_decibels(highest**2), fallen)
        self._clipped_for = CLIPPED_SAMPLES if highest >= CLIP else self._clipped_for - len(samples)
        self.clipped = self._clipped_for > 0

    def _hear_level(self, samples: Samples) -> None:
        self._blocks.append((len(samples), _energy(samples)))
        self._samples += len(samples)
        while self._samples - self._blocks[0][0] >= WINDOW_SAMPLES:
            self._samples -= self._blocks.popleft()[0]
        # Summed anew, since what is added and taken away again leaves a rest.
        energy = math.fsum(energy for _, energy in self._blocks)
        self.level_db = _decibels(energy / self._samples)

    def _hear_noise(self, count: int) -> None:
        if not self._lowest or self._window >= WINDOW_SAMPLES:
            self._window = 0
            self._lowest.append(self.level_db)
        self._window += count
        self._lowest[-1] = min(self._lowest[-1], self.level_db)
        self.noise_db = min(self._lowest)
