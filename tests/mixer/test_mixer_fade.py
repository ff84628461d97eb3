from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spacebox.mixer.fade import DUCKED, RAMP_SAMPLES, Ducker, Fader, Shutter
from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE, Samples

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


def test_a_cut_is_silent_at_once_and_rises_again_from_there() -> None:
    fader = Fader()
    fader.apply(FULL, True)
    fader.cut()
    assert fader.silent
    assert fader.apply(FULL, True)[0] < 0.01


class Device:
    """Records ones for ever and hands a block over when its first sample is *latency* old."""

    def __init__(self, block: int, latency: int, toggles: list[int]) -> None:
        self.shutter = Shutter()
        self.block, self.latency, self.toggles = block, latency, toggles
        self.opened = np.ones(FRAME_SAMPLES * 12, bool)
        """For each sample, whether it was recorded while open."""
        for number, at in enumerate(toggles):
            self.opened[at:] = number % 2 == 1

    def run(self) -> Samples:
        """Return what passed of all the samples recorded."""
        passed, toggled = [], 0
        for first in range(0, len(self.opened), self.block):
            while toggled < len(self.toggles) and self.toggles[toggled] <= first + self.latency:
                self.shutter.set(toggled % 2 == 1)
                toggled += 1
            block = np.ones(min(self.block, len(self.opened) - first), np.float32)
            passed.append(self.shutter.apply(block, self.latency))
        return np.concatenate(passed)


toggles = st.lists(st.integers(0, FRAME_SAMPLES * 8), max_size=9).map(sorted)


@given(st.integers(1, FRAME_SAMPLES), st.integers(0, 2 * FRAME_SAMPLES), toggles)
def test_no_sample_recorded_while_shut_passes(block: int, more: int, toggles: list[int]) -> None:
    device = Device(block, block + more, toggles)
    passed = device.run()
    assert not passed[~device.opened].any()
    settled = max(toggles, default=0) + device.latency + block + RAMP_SAMPLES
    assert (passed[settled:] == (len(toggles) % 2 == 0)).all()


def test_a_shutter_rises_without_a_click_to_what_is_new() -> None:
    device = Device(240, 600, [1000, 2000])
    passed = device.run()
    opened = passed[2000:]
    assert np.diff(opened).max() < STEEPEST
    assert opened[240 + 480] == 1  # no more is lost than a block and the ramp


def test_what_was_shut_between_two_blocks_is_kept_out() -> None:
    passed = Device(240, 240, [1201, 1210]).run()
    assert (passed[960:1200] == 1).all()
    assert not passed[1200:1440].any()
    assert passed[1440:].all()


def test_a_ducked_room_is_12_db_lower_and_comes_back_whole() -> None:
    ducker = Ducker()
    assert ducker.apply(FULL, False) is FULL
    down = np.concatenate([ducker.apply(FULL, True) for _ in range(6)])
    up = np.concatenate([ducker.apply(FULL, False) for _ in range(6)])
    np.testing.assert_allclose(down[4800:], DUCKED, rtol=1e-6)
    np.testing.assert_allclose(up[4800:], 1, rtol=1e-6)
    assert np.abs(np.diff(np.concatenate([FULL, down, up]))).max() < STEEPEST
    assert ducker.apply(FULL, False) is FULL
