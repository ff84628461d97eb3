"""What a card hands over, sample by sample, and what of it the mix may pull."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from spacebox.audio import card
from spacebox.audio.card import CardMicrophone
from spacebox.mixer.fade import RAMP_SAMPLES
from spacebox.mixer.frame import FRAME_SAMPLES, Samples
from spacebox.ports import Loudness

BLOCK = 240
TALK, SECRET, AFTER = 0.9, 0.7, 0.3


class Line:
    """A device that records what it is told to; also its own keeper."""

    latency = 2 * BLOCK
    lost = False

    def __call__(self, kind: str, name: str | None, move: Callable[[Samples], None]) -> Line:
        assert (kind, name) == ("input", None)
        self._move = move
        return self

    def add(self, line: Line) -> None:
        assert line is self

    drop = add

    def record(self, value: float, frames: float) -> None:
        for _ in range(round(frames * FRAME_SAMPLES / BLOCK)):
            self._move(np.full((BLOCK, 1), value, np.float32))


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line()
    monkeypatch.setattr(card, "Line", line)
    monkeypatch.setattr(card, "KEEPER", line)
    return line


@pytest.fixture
def microphone(line: Line) -> Iterator[CardMicrophone]:
    with closing(CardMicrophone()) as microphone:
        line.record(TALK, 3)
        assert pulled(microphone, 1)[-1] == np.float32(TALK)
        yield microphone


def pulled(microphone: CardMicrophone, frames: int) -> Samples:
    got = [microphone.pull() for _ in range(frames)]
    return np.concatenate([frame for frame in got if frame is not None])


def test_mute_fades_what_was_recorded_and_keeps_all_that_comes(
    line: Line, microphone: CardMicrophone
) -> None:
    microphone.mute(True)
    line.record(SECRET, 2)
    fading = pulled(microphone, 1)
    assert fading[0] > 0.8
    assert not fading[RAMP_SAMPLES:].any()
    assert not pulled(microphone, 3).any()


@pytest.mark.parametrize("muted_frames", [0, 1])
def test_nothing_recorded_while_muted_is_pulled_after_it(
    line: Line, microphone: CardMicrophone, muted_frames: int
) -> None:
    microphone.mute(True)
    line.record(SECRET, muted_frames)
    microphone.mute(False)
    line.record(SECRET, 0.5)  # was on its way
    line.record(AFTER, 2 - muted_frames)
    heard = pulled(microphone, 6)
    assert not np.isin(heard, np.float32(SECRET)).any()
    quiet = heard[2 * FRAME_SAMPLES :]  # after what was recorded before
    assert quiet.max() == np.float32(AFTER)
    assert np.diff(quiet).max() < 0.004


def test_the_loudness_is_that_of_the_device_whether_muted_or_not(
    line: Line, microphone: CardMicrophone
) -> None:
    microphone.mute(True)
    line.record(0.5, 5)
    heard = microphone.loudness()
    assert heard.level_db == pytest.approx(-6.02, abs=0.01)
    assert not heard.clipped
    line.lost = True
    assert microphone.loudness() == Loudness(-100, -100, -100, clipped=False)
