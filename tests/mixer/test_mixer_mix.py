from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spacebox.mixer.frame import FRAME_SAMPLES, Frame
from spacebox.mixer.mix import KNEE, limit, mix
from tones import amplitude, tone

# Multiples of 2^-15 add up without rounding in 24 bits of mantissa, so results can be exact.
steps = st.integers(-2000, 2000)
exact = arrays(np.int16, FRAME_SAMPLES, elements=steps, fill=steps).map(
    lambda pcm: (pcm / 32768).astype(np.float32)
)
rooms = st.dictionaries(st.sampled_from("abcdefghijkl"), exact, max_size=12)
loud = st.floats(-30, 30, width=32)


@given(rooms)
def test_everybody_hears_all_but_themselves(room: dict[str, Frame]) -> None:
    mixed = mix(room, room)
    everybody = sum(room.values(), np.zeros(FRAME_SAMPLES, np.float32))
    np.testing.assert_array_equal(mixed.programme, everybody)
    for who in room:
        others = [frame for name, frame in room.items() if name != who]
        np.testing.assert_array_equal(mixed.minus[who], sum(others, np.zeros(FRAME_SAMPLES)))


def test_a_mix_minus_holds_nothing_of_its_owner() -> None:
    tones = {name: tone(hertz, 0.02, 0.2) for name, hertz in [("a", 500), ("b", 1500), ("c", 3000)]}
    heard = mix(tones, ["b"]).minus["b"]
    assert amplitude(heard, 1500) < 1e-6
    assert abs(amplitude(heard, 500) - 0.2) < 1e-4
    assert abs(amplitude(heard, 3000) - 0.2) < 1e-4


def test_who_speaks_alone_hears_exactly_nothing() -> None:
    assert not mix({"a": tone(440, 0.02, 0.9)}, ["a"]).minus["a"].any()


def test_who_has_no_frame_hears_the_programme() -> None:
    mixed = mix({"a": tone(440, 0.02)}, ["elsewhere"])
    np.testing.assert_array_equal(mixed.minus["elsewhere"], mixed.programme)


def test_mixing_leaves_the_frames_as_they_were() -> None:
    frame = tone(440, 0.02, 0.9)
    before = frame.copy()
    mix({"a": frame, "b": frame}, ["a", "b"])
    np.testing.assert_array_equal(frame, before)


@given(st.floats(-float(KNEE), float(KNEE), width=32))
def test_the_limiter_leaves_alone_what_is_below_the_knee(sample: float) -> None:
    beside_a_loud_one = np.array([sample, 5], np.float32)
    assert limit(beside_a_loud_one)[0] == np.float32(sample)


@given(loud, loud)
def test_the_limiter_is_monotone_odd_and_never_above_full_scale(one: float, two: float) -> None:
    low, high = limit(np.array(sorted((one, two)), np.float32))
    assert -1 <= low <= high <= 1
    assert limit(np.array([-one], np.float32))[0] == -limit(np.array([one], np.float32))[0]


def test_the_limiter_has_no_corner() -> None:
    samples = np.linspace(0, 4, 4001, dtype=np.float32)
    slope = np.diff(limit(samples)) / np.diff(samples)
    assert slope.max() < 1.001
    assert np.abs(np.diff(slope)).max() < 0.01


def test_the_loudest_sum_is_full_scale() -> None:
    shout = np.ones(FRAME_SAMPLES, np.float32)
    programme = mix({str(who): shout for who in range(13)}, ()).programme
    assert 0.95 < programme.max() <= 1
