from __future__ import annotations

import numpy as np
import pytest

from spacebox.mixer.frame import FRAME_S, SAMPLE_RATE, Samples, silence
from spacebox.mixer.level import FLOOR_DB, Meter, VoiceDetector, level_db, peak
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


def metered(*sounds: Samples, block: int = 240) -> Meter:
    meter = Meter()
    sound = np.concatenate(sounds)
    for at in range(0, len(sound), block):
        meter.hear(sound[at : at + block])
    return meter


def nothing(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def hum(seconds: float, amplitude: float = 0.1) -> Samples:
    return tone(500, seconds, amplitude)


def test_a_meter_that_heard_nothing_stands_at_the_floor() -> None:
    for meter in (Meter(), metered(nothing(1))):
        assert meter.level_db == meter.peak_db == meter.noise_db == FLOOR_DB
        assert not meter.clipped


@pytest.mark.parametrize("block", [64, 240, 441, 960, 9600])
def test_the_level_is_of_the_last_tenth_of_a_second(block: int) -> None:
    loud = metered(hum(1), block=block)
    assert loud.level_db == pytest.approx(-23.01, abs=0.05)
    assert loud.peak_db == pytest.approx(-20, abs=0.05)
    assert metered(hum(1), nothing(0.3), block=block).level_db == FLOOR_DB


def test_the_peak_falls_slowly_and_rises_at_once() -> None:
    assert metered(hum(0.1), nothing(1)).peak_db == pytest.approx(-40, abs=0.3)
    assert metered(hum(0.1), nothing(1), hum(0.01, 0.5)).peak_db == pytest.approx(-6, abs=0.1)
    assert metered(hum(0.1), nothing(9)).peak_db == FLOOR_DB


def test_the_noise_is_what_lies_between_the_words() -> None:
    hiss, word = hum(0.15, 0.002), hum(0.6)
    talk = [hiss, word] * 6
    assert metered(*talk).noise_db == pytest.approx(-57, abs=0.1)
    assert metered(*talk, hum(3.2)).noise_db == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("side", [1, -1])
def test_one_sample_at_full_scale_is_told_for_three_seconds(side: int) -> None:
    click = np.full(1, side * 32767 / 32768, np.float32)
    assert metered(click, hum(2.95)).clipped
    assert not metered(click, hum(3.05)).clipped
    assert not metered(hum(1, 0.99)).clipped
