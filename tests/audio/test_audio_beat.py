from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacebox.audio.beat import STALL_S, Beat
from spacebox.mixer.frame import FRAME_S


def test_slots_are_due_at_their_deadlines() -> None:
    beat = Beat(100.0)
    assert list(beat.due(100.0)) == [0]
    assert list(beat.due(100.019)) == []
    assert beat.until_next(100.015) == pytest.approx(0.005)
    assert list(beat.due(100.0201)) == [1]
    assert beat.until_next(100.5) == 0


def test_missed_slots_are_made_up_at_once() -> None:
    beat = Beat(0.0)
    assert list(beat.due(0.0)) == [0]
    assert list(beat.due(0.1001)) == [1, 2, 3, 4, 5]
    assert list(beat.due(0.1199)) == []


def test_after_a_long_stall_only_the_newest_is_played_and_time_stays_true() -> None:
    beat = Beat(0.0)
    beat.due(0.0)
    assert list(beat.due(10.001)) == [500]
    assert beat.until_next(10.001) == pytest.approx(0.019)
    assert list(beat.due(10.0201)) == [501]


@given(st.lists(st.floats(0, 0.45), max_size=200), st.floats(0, 1e6))
def test_without_a_stall_no_slot_is_missing_and_none_early(
    waits: list[float], start: float
) -> None:
    beat, now, played = Beat(start), start, []
    for wait in waits:
        now += wait
        for index in beat.due(now):
            assert beat.deadline(index) <= now
            played.append(index)
        assert beat.deadline(len(played)) > now
    assert played == list(range(len(played)))


def test_lateness_never_adds_up() -> None:
    beat, now = Beat(0.0), 0.0
    for index in range(180_000):  # an hour of waking up 3 ms late
        assert list(beat.due(now)) == [index]
        now += beat.until_next(now) + 0.003
    assert now - beat.deadline(180_000) == pytest.approx(0.003, abs=1e-6)


def test_a_stall_is_longer_than_any_burst() -> None:
    beat = Beat(0.0)
    assert len(beat.due(STALL_S)) == round(STALL_S / FRAME_S) + 1
