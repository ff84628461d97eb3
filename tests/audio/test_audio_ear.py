from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from pulse import until
from spacebox.audio.ear import WAITING, Ear
from spacebox.audio.opus import Decoder
from spacebox.audio.pump import Pump
from spacebox.audio.sinks import open_speaker
from spacebox.audio.sources import Silence, Tone
from spacebox.mixer.chime import Chime, chime
from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE, Frame, Samples, silence
from spacebox.ports import Tick
from tones import amplitude, frames, read_wav, tone
from wires import Loose

LEAST = 2 / 32767
"""What the file's 16 bits may differ by."""


@contextmanager
def an_ear(path: Path) -> Iterator[Ear]:
    with closing(Ear(open_speaker(f"file:{path}"))) as ear:
        assert not ear.lost
        yield ear


def hear(ear: Ear, room: Sequence[Frame]) -> None:
    for frame in room:
        ear.push(frame)


def steady(value: float, count: int) -> Samples:
    return np.full(FRAME_SAMPLES * count, value, np.float32)


def test_without_a_sound_of_its_own_the_room_is_played_as_it_is(tmp_path: Path) -> None:
    room = tone(440, 1, 0.9)
    with an_ear(tmp_path / "ear.wav") as ear:
        hear(ear, frames(room))
    np.testing.assert_allclose(read_wav(tmp_path / "ear.wav"), room, atol=LEAST)


def test_sounds_come_one_after_the_other_over_the_room(tmp_path: Path) -> None:
    with an_ear(tmp_path / "ear.wav") as ear:
        ear.play(steady(0.2, 2)[:-100])
        ear.play(steady(0.3, 1))
        hear(ear, [steady(0.1, 1)] * 5)
    heard = read_wav(tmp_path / "ear.wav")
    expected = steady(0.1, 5)
    expected[:1820] += 0.2
    expected[1920:2880] += 0.3
    np.testing.assert_allclose(heard, expected, atol=LEAST)


def test_of_too_many_sounds_the_oldest_is_forgotten(tmp_path: Path) -> None:
    with an_ear(tmp_path / "ear.wav") as ear:
        for number in range(WAITING + 2):
            ear.play(steady(number / 10, 1))
        hear(ear, [silence()] * WAITING)
    levels = read_wav(tmp_path / "ear.wav")[::FRAME_SAMPLES]
    np.testing.assert_allclose(levels, [0.2, 0.3], atol=LEAST)


def test_a_chime_does_not_wait_for_a_sentence(tmp_path: Path) -> None:
    with an_ear(tmp_path / "ear.wav") as ear:
        ear.play(steady(0.2, 3), duck=True)
        hear(ear, [silence()])
        ear.play(steady(0.1, 1))
        hear(ear, [silence()] * 3)
    levels = read_wav(tmp_path / "ear.wav")[::FRAME_SAMPLES]
    np.testing.assert_allclose(levels, [0.2, 0.3, 0.2, 0.0], atol=LEAST)


def test_a_sentence_is_broken_off(tmp_path: Path) -> None:
    with an_ear(tmp_path / "ear.wav") as ear:
        ear.play(steady(0.2, 3), duck=True)
        ear.play(steady(0.3, 3), duck=True)
        ear.play(steady(0.1, 3))
        hear(ear, [silence()])
        ear.hush()
        hear(ear, [silence()] * 3)
    levels = read_wav(tmp_path / "ear.wav")[::FRAME_SAMPLES]
    np.testing.assert_allclose(levels, [0.3, 0.1, 0.1, 0.0], atol=LEAST)


def test_under_a_ducked_sound_the_room_is_lower_and_then_as_before(tmp_path: Path) -> None:
    with an_ear(tmp_path / "ear.wav") as ear:
        ear.play(tone(2000, 1, 0.05), duck=True)
        hear(ear, frames(tone(500, 2, 0.4)))
    heard = read_wav(tmp_path / "ear.wav")
    during, after = heard[9600:43200], heard[57600:]
    assert amplitude(during, 500) == pytest.approx(0.1, rel=0.02)
    assert amplitude(during, 2000) == pytest.approx(0.05, rel=0.02)
    assert amplitude(after, 500) == pytest.approx(0.4, rel=0.02)
    assert amplitude(after, 2000) < 0.001


def test_a_loud_room_and_a_sound_stay_below_full_scale(tmp_path: Path) -> None:
    with an_ear(tmp_path / "ear.wav") as ear:
        ear.play(steady(0.9, 2))
        hear(ear, [steady(0.9, 1)] * 2)
    heard = read_wav(tmp_path / "ear.wav")
    assert 0.9 < heard.min() <= heard.max() < 0.99


def test_a_chime_is_in_the_hosts_ear_and_in_no_packet(tmp_path: Path) -> None:
    ticks: list[Tick] = []
    wire = Loose()
    wire.listeners = {"host"}
    pump = Pump(ticks.append, wire)
    with an_ear(tmp_path / "ear.wav") as ear:
        pump.seat("host", Silence(), muted=False)
        pump.seat("guest", Tone(440), muted=True)
        pump.hear("host", ear)
        pump.start()
        try:
            until(lambda: len(ticks) > 3)
            for name in Chime:
                ear.play(chime(name))
            playing = sum(len(chime(name)) for name in Chime) // FRAME_SAMPLES + len(Chime)
            begun = len(ticks)
            until(lambda: len(ticks) > begun + playing + 3)
        finally:
            pump.stop()
    heard = read_wav(tmp_path / "ear.wav")
    for name in list(Chime)[-WAITING:]:
        sound = np.asarray(chime(name))
        found = np.correlate(heard, sound / np.dot(sound, sound), "valid").max()
        assert found == pytest.approx(1, abs=0.01), name
    assert len(heard) > SAMPLE_RATE
    for packets in ([tick.programme for tick in ticks], [tick.minus["host"] for tick in ticks]):
        decoder = Decoder()
        assert max(np.abs(decoder.decode(packet)).max() for packet in packets) < 1e-6
