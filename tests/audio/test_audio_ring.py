from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spacebox.audio.ring import LIMIT, PREFILL, Ring
from spacebox.mixer.frame import FRAME_SAMPLES


class Counting:
    """Writes 1, 2, 3, … so that every sample can be told from any other."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.next = 1

    def write(self, count: int) -> None:
        self.ring.write(np.arange(self.next, self.next + count, dtype=np.float32))
        self.next += count


def test_waits_for_the_prefill_and_again_after_it_ran_dry() -> None:
    ring = Ring()
    counting = Counting(ring)
    counting.write(PREFILL - 1)
    assert ring.read(10) is None
    counting.write(1)
    assert ring.read(10) is not None
    while ring.read(10) is not None:
        pass
    counting.write(PREFILL - 10)
    assert ring.read(10) is None
    counting.write(10)
    assert ring.read(10) is not None


def test_forgets_the_oldest_and_goes_on_from_the_prefill() -> None:
    ring = Ring()
    counting = Counting(ring)
    for _ in range(6):
        counting.write(FRAME_SAMPLES)
    samples = ring.read(1)
    assert samples is not None
    assert samples[0] == 6 * FRAME_SAMPLES - PREFILL + 1


def test_of_a_block_that_is_too_long_the_end_counts() -> None:
    ring = Ring()
    ring.write(np.arange(100_000, dtype=np.float32))
    samples = ring.read(LIMIT)
    assert samples is not None
    assert samples[-1] == 99_999


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 2000)), max_size=100))
def test_whatever_the_sizes_samples_come_in_order_and_at_most_once(
    moves: list[tuple[int, int]],
) -> None:
    ring = Ring()
    counting, last = Counting(ring), 0.0
    for write, read in moves:
        counting.write(write)
        samples = ring.read(read)
        if samples is not None:
            assert len(samples) == read
            assert (np.diff(samples) == 1).all()
            assert last < samples[0]
            last = samples[-1]
            assert counting.next - 1 - last <= LIMIT


def test_clocks_that_differ_meet_without_growing_delay() -> None:
    ring = Ring()
    counting, silent = Counting(ring), 0
    for _ in range(10_000):  # three minutes, the writer 1 % fast
        counting.write(970)
        samples = ring.read(FRAME_SAMPLES)
        silent += samples is None
        if samples is not None:
            assert counting.next - samples[-1] <= LIMIT
    assert silent < 5
