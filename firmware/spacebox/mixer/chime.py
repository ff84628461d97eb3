"""What the box says to its host without words: short, soft, and each of a shape of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np

from spacebox.mixer.frame import SAMPLE_RATE, Samples
from spacebox.mixer.level import peak

LOUDEST = 10 ** (-19 / 20)
_PARTIALS = ((1, 1.0), (2, 0.25), (3, 0.08))
"""Of each note: multiples of its pitch, and how loud. The higher ones die away earlier."""
_ATTACK_S = 0.012
_FADE_S = 0.03
_DECAY = 2.5
"""How often a partial falls by a factor of e within its note, times its number."""
_C5, _E5, _G5, _A5, _C6 = 523.25, 659.26, 783.99, 880.0, 1046.5


@dataclass(frozen=True, slots=True)
class _Note:
    hertz: float
    at_s: float
    length_s: float


class Chime(Enum):
    """When it sounds. The value is what: notes that rise, fall or stay."""

    REQUEST = (_Note(_E5, 0, 0.3), _Note(_A5, 0.14, 0.42))
    """Somebody asks to speak: the two notes of a doorbell, upwards."""
    JOIN = (_Note(_C6, 0, 0.28),)
    """Somebody came: one high note."""
    ON_AIR = (_Note(_C5, 0, 0.1), _Note(_G5, 0.07, 0.14))
    """The microphone is open: two quick notes, upwards."""
    MUTED = (_Note(_G5, 0, 0.1), _Note(_C5, 0.07, 0.14))
    """It is shut: the same, downwards."""
    ENDED = (_Note(_G5, 0, 0.26), _Note(_E5, 0.15, 0.26), _Note(_C5, 0.3, 0.3))
    """The Space is over: three notes that come to rest."""


@cache
def chime(name: Chime) -> Samples:
    """Return the sound, -19 dBFS at its peak and at most 0.6 s long. Read-only."""
    length = max(note.at_s + note.length_s for note in name.value)
    samples = np.zeros(round(length * SAMPLE_RATE), np.float32)
    for note in name.value:
        start, sound = round(note.at_s * SAMPLE_RATE), _sound(note)
        samples[start : start + len(sound)] += sound[: len(samples) - start]
    samples *= np.float32(LOUDEST / peak(samples))
    samples.flags.writeable = False
    return samples


def _sound(note: _Note) -> Samples:
    times = np.arange(round(note.length_s * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.zeros(len(times))
    for number, loudness in _PARTIALS:
        fall = np.exp(-_DECAY * number * times / note.length_s)
        sound += loudness * fall * np.sin(2 * np.pi * number * note.hertz * times)
    rise = _raised_cosine(times / _ATTACK_S)
    fade = _raised_cosine((note.length_s - times) / _FADE_S)
    return (sound * rise * fade).astype(np.float32)


def _raised_cosine(part: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Samples:
    """Return the way from 0 to 1, at 0 with a slope of 0."""
    return (0.5 - 0.5 * np.cos(np.pi * np.clip(part, 0, 1))).astype(np.float32)
