"""Samples between two threads whose clocks differ a little."""

from __future__ import annotations

import numpy as np

from spacebox.mixer.frame import FRAME_SAMPLES, Samples

PREFILL = 2 * FRAME_SAMPLES
LIMIT = 5 * FRAME_SAMPLES
_SIZE = 16 * FRAME_SAMPLES


class Ring:
    """Takes and hands out samples in pieces of any size; never blocks.

    One thread writes, another reads. Each moves only its own counter, so no lock is needed. The
    reader starts once `PREFILL` samples wait, and again after it ran dry; when more than `LIMIT`
    wait, it forgets the oldest and goes on from `PREFILL`.
    """

    def __init__(self) -> None:
        self._buffer = np.zeros(_SIZE, np.float32)
        self._written = 0
        self._read = 0
        self._flowing = False

    def write(self, samples: Samples) -> None:
        """Take *samples*, of which no more than the last `LIMIT` count."""
        samples = samples[-LIMIT:]
        at = self._written % _SIZE
        head = min(len(samples), _SIZE - at)
        self._buffer[at : at + head] = samples[:head]
        self._buffer[: len(samples) - head] = samples[head:]
        self._written += len(samples)

    def read(self, count: int) -> Samples | None:
        """Return the next *count* samples, or None while there are too few."""
        waiting = self._written - self._read
        if waiting > LIMIT:
            self._read += waiting - PREFILL
            waiting = PREFILL
        self._flowing = waiting >= (count if self._flowing else max(count, PREFILL))
        if not self._flowing:
            return None
        at = self._read % _SIZE
        head = min(count, _SIZE - at)
        samples = np.concatenate((self._buffer[at : at + head], self._buffer[: count - head]))
        self._read += count
        return samples
