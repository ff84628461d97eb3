from __future__ import annotations

import numpy as np
import pytest

from spacebox.mixer.frame import FRAME_S, silence
from spacebox.mixer.level import FLOOR_DB, VoiceDetector, level_db, peak
from tones import tone

LOUD, QUIET = -30.0, -60.0
HOLD_FRAMES = 15


def heard(*levels: float) -> VoiceDetector:
    detector = VoiceDetector()
    for level in levels:
        detector.hear(level)
    return detector


@pytest.mark.parametrize(
    ("amplitude", "level"), [(1, -3.01), (0.1, -23.01), (0.001, -63.01), (1e-7, FLOOR_DB)]
)
def test_level_of_a_sine(amplitude: float, level: float) -> None:
    assert level_db(tone(500, 0.02, amplitude)) == pytest.approx(level, abs=0.01)


def test_silence_has_the_floor_and_no_peak() -> None:
    assert level_db(silence()) == FLOOR_DB
    assert peak(silence()) == 0


def test_the_peak_counts_either_side() -> None:
    frame = silence()
    frame[7] = -0.5
    assert peak(frame) == 0.5
    assert peak(np.negative(frame)) == 0.5


def test_a_click_is_no_voice() -> None:
    detector = heard(QUIET, LOUD, QUIET, LOUD, QUIET)
    assert not detector.speaking
    assert detector.talk_s == 0


def test_a_voice_begins_with_the_second_loud_frame_and_counts_from_the_first() -> None:
    detector = heard(LOUD, LOUD)
    assert detector.speaking
    assert detector.talk_s == pytest.approx(2 * FRAME_S)


def test_a_pause_between_words_is_held_but_not_counted() -> None:
    detector = heard(LOUD, LOUD, *[QUIET] * (HOLD_FRAMES - 1), LOUD)
    assert detector.speaking
    assert detector.talk_s == pytest.approx(3 * FRAME_S)


def test_a_voice_ends_after_the_hold() -> None:
    assert heard(LOUD, LOUD, *[QUIET] * (HOLD_FRAMES - 1)).speaking
    assert not heard(LOUD, LOUD, *[QUIET] * HOLD_FRAMES).speaking
