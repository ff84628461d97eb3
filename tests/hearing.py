"""What came out, compared with what was said: how much of it sounds, and how late."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Samples

SOUNDING_DB = -60.0
_WINDOW = SAMPLE_RATE // 2
_HOP = SAMPLE_RATE // 4
_ALIKE = 0.5


def silent(sound: Samples) -> list[bool]:
    """Tell of each 20 ms whether nothing is to be heard."""
    slots = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    power = (slots**2).mean(axis=1)
    quiet: list[bool] = (power < 10 ** (SOUNDING_DB / 10)).tolist()
    return quiet


def longest_silence_s(sound: Samples) -> float:
    runs = (len(list(run)) for quiet, run in groupby(silent(sound)) if quiet)
    return max(runs, default=0) * FRAME_S


def delays_s(recorded: Samples, said: Samples, since: float) -> NDArray[np.float64]:
    """Return how much later than said each half second is heard, from second *since* on.

    What is *said* repeats itself, and began nobody knows when: so only differences count, and
    those modulo its length. What cannot be told is left out.
    """
    begins = range(round(since * SAMPLE_RATE), len(recorded) - _WINDOW, _HOP)
    found = ((begin, _place(recorded[begin : begin + _WINDOW], said)) for begin in begins)
    return np.array([(begin - place) / SAMPLE_RATE for begin, place in found if place is not None])


def _place(sound: Samples, said: Samples) -> int | None:
    """Return where in *said* it sounds like that."""
    product = np.fft.irfft(np.fft.rfft(said) * np.conj(np.fft.rfft(sound, len(said))), len(said))
    place = int(np.argmax(product))
    there = np.take(said, range(place, place + len(sound)), mode="wrap")
    alike = product[place] / (np.linalg.norm(sound) * np.linalg.norm(there) + 1e-9)
    return place if alike > _ALIKE else None
