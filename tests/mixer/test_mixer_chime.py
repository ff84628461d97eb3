from __future__ import annotations

import numpy as np
import pytest

from spacebox.mixer.chime import Chime, chime
from spacebox.mixer.frame import SAMPLE_RATE, Samples

CHIMES = pytest.mark.parametrize("name", list(Chime))


def pitch(samples: Samples) -> float:
    """Return the loudest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), SAMPLE_RATE))
    return float(spectrum.argmax())


@CHIMES
def test_a_chime_is_short_and_soft_and_nobody_can_spoil_it(name: Chime) -> None:
    samples = chime(name)
    assert samples.dtype == np.float32
    assert 0.1 < len(samples) / SAMPLE_RATE <= 0.6
    assert 0.1 < np.abs(samples).max() <= 10 ** (-18 / 20)
    with pytest.raises(ValueError, match="read-only"):
        samples *= 2
    assert chime(name) is samples


@CHIMES
def test_a_chime_begins_and_ends_without_a_click(name: Chime) -> None:
    samples = np.pad(chime(name), 1)
    assert np.abs(samples[[1, -2]]).max() < 1e-4
    millisecond = SAMPLE_RATE // 1000
    assert np.abs(samples[:millisecond]).max() < 0.02
    assert np.abs(samples[-millisecond:]).max() < 0.002
    # Softer than a sine of 3 kHz: nothing jumps within it either.
    assert np.abs(np.diff(samples)).max() < 0.12 * 2 * np.pi * 3000 / SAMPLE_RATE


def test_chimes_can_be_told_apart_by_their_shape() -> None:
    shapes = {}
    for name in Chime:
        samples = chime(name)
        tenth = SAMPLE_RATE // 10
        rise = pitch(samples[-tenth:]) - pitch(samples[:tenth])
        shapes[name] = (int(np.sign(rise)) if abs(rise) > 20 else 0, len(samples) > SAMPLE_RATE / 2)
    assert shapes == {
        Chime.REQUEST: (1, True),
        Chime.JOIN: (0, False),
        Chime.ON_AIR: (1, False),
        Chime.MUTED: (-1, False),
        Chime.ENDED: (-1, True),
    }
