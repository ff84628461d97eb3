from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spacebox.mixer.fade import RAMP_SAMPLES, Fader
from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE

FULL = np.ones(FRAME_SAMPLES, np.float32)
STEEPEST = 0.004  # a raised cosine of 480 samples rises by 0.0033 at most


def test_a_fader_begins_silent() -> None:
    assert Fader().silent
    assert not Fader().apply(FULL, False).any()


def test_mute_is_through_within_the_frame_and_exact_afterwards() -> None:
    fader = Fader()
    fader.apply(FULL, True)
    first, second = fader.apply(FULL, False), fader.apply(FULL, False)
    assert first[0] > 0.99
    assert not first[RAMP_SAMPLES:].any()
    assert not second.any()
    assert RAMP_SAMPLES / SAMPLE_RATE <= 0.02


def test_unmute_is_through_within_the_frame_and_exact_afterwards() -> None:
    fader = Fader()
    first, second = fader.apply(FULL, True), fader.apply(FULL, True)
    assert first[0] < 0.01
    assert (first[RAMP_SAMPLES:] == 1).all()
    assert (second == 1).all()
    assert not fader.silent


@given(st.lists(st.tuples(st.integers(1, FRAME_SAMPLES), st.booleans()), max_size=20))
def test_no_order_of_mutes_and_block_sizes_makes_a_click(blocks: list[tuple[int, bool]]) -> None:
    fader = Fader()
    gain = [fader.apply(np.ones(size, np.float32), audible) for size, audible in blocks]
    samples = [0.0, *itertools.chain.from_iterable(gain)]
    assert np.abs(np.diff(samples)).max(initial=0) < STEEPEST
    assert fader.silent == (samples[-1] == 0)


def test_the_callers_samples_stay_as_they_were() -> None:
    fader, block = Fader(), FULL.copy()
    for audible in (True, True, False, False):
        fader.apply(block, audible)
    assert (block == 1).all()
