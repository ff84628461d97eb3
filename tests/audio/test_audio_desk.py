from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import pytest

from channels import speech
from spacebox.audio.desk import Desk, Heard, Seat
from spacebox.audio.opus import Decoder
from spacebox.audio.sources import Silence, Tone
from spacebox.mixer.frame import FRAME_SAMPLES, Frame, Samples
from spacebox.mixer.toc import fec_samples
from tones import amplitude, frames

HERTZ = {"ada": 500, "bo": 1700, "cy": 4000}


class Loop:
    """A source that says the same again and again."""

    def __init__(self, samples: Samples) -> None:
        self._frames = itertools.cycle(frames(samples))

    def pull(self) -> Frame:
        return next(self._frames)


class Ears:
    """What each listener's player decodes: their own mix where there is one, else the programme."""

    def __init__(self, names: Sequence[str]) -> None:
        self._decoders = {name: Decoder() for name in names}
        self._frames: dict[str, list[Frame]] = {name: [] for name in names}

    def hear(self, heard: Heard) -> None:
        for name, decoder in self._decoders.items():
            packet = heard.tick.minus.get(name, heard.tick.programme)
            self._frames[name].append(decoder.decode(packet))

    def last(self, name: str, ticks: int) -> Samples:
        return np.concatenate(self._frames[name][-ticks:])


class Studio:
    """A desk with three tones on stage, and a listener."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.seats = {name: Seat(Tone(hertz), muted=False) for name, hertz in HERTZ.items()}
        self.listeners = [*HERTZ, "listener"]
        self.ears = Ears(self.listeners)
        self.index = 0

    def run(self, ticks: int, ear: str | None = None, robust: bool = False) -> Heard:
        for _ in range(ticks):
            heard = self.desk.tick(
                self.seats,
                index=self.index,
                lateness_s=0.0,
                ear=ear,
                robust=robust,
                listeners=self.listeners,
            )
            self.ears.hear(heard)
            self.index += 1
        return heard

    def mute(self, name: str, muted: bool = True) -> None:
        self.seats[name] = Seat(self.seats[name].source, muted)

    def tones(self, name: str, ticks: int = 10) -> set[str]:
        """Whose tone *name* heard in the last *ticks*."""
        heard = self.ears.last(name, ticks)
        return {who for who, hertz in HERTZ.items() if amplitude(heard, hertz) > 0.002}


@pytest.fixture
def studio() -> Iterator[Studio]:
    studio = Studio()
    yield studio
    studio.desk.close()


def test_everybody_hears_all_others_and_never_themselves(studio: Studio) -> None:
    studio.run(40)
    assert studio.tones("listener") == {"ada", "bo", "cy"}
    assert studio.tones("ada") == {"bo", "cy"}
    assert studio.tones("bo") == {"ada", "cy"}
    assert amplitude(studio.ears.last("bo", 10), HERTZ["ada"]) == pytest.approx(0.1, rel=0.05)


def test_the_first_frame_already_lacks_ones_own_voice(studio: Studio) -> None:
    for name in HERTZ:
        studio.mute(name)
    studio.run(10)
    studio.mute("bo", False)
    studio.run(1)
    assert np.abs(studio.ears.last("bo", 1)).max() < 1e-3
    assert np.abs(studio.ears.last("listener", 1)).max() > 0.01


def test_who_is_muted_is_gone_from_every_ear_and_soon_shares_the_programme(
    studio: Studio,
) -> None:
    studio.run(20)
    studio.mute("bo")
    studio.run(12)
    assert studio.tones("ada") == {"cy"}
    assert studio.tones("bo") == {"ada", "cy"}
    assert "bo" in studio.run(1).tick.minus
    assert "bo" not in studio.run(20).tick.minus
    assert studio.tones("bo") == {"ada", "cy"}


def test_no_mute_lets_one_hear_oneself_for_a_moment(studio: Studio) -> None:
    for _ in range(8):
        for ticks, muted in ((7, True), (5, False), (40, True), (1, False)):
            studio.mute("bo", muted)
            studio.run(ticks)
    assert amplitude(studio.ears.last("bo", studio.index), HERTZ["bo"]) < 0.001
    assert amplitude(studio.ears.last("listener", studio.index), HERTZ["bo"]) > 0.005


def test_who_leaves_fades_out_in_the_next_frame(studio: Studio) -> None:
    studio.run(20, ear="ada")
    source = studio.seats.pop("bo").source
    before = source.pull()
    assert before is not None
    with_fade, after = studio.run(1, ear="ada"), studio.run(1, ear="ada")
    assert amplitude(with_fade.ear[:400], HERTZ["bo"]) > 0.01
    assert amplitude(after.ear, HERTZ["bo"]) < 1e-4
    assert "bo" not in with_fade.tick.voices
    assert "bo" in with_fade.tick.minus
    assert "bo" not in studio.run(30).tick.minus


def test_a_new_source_takes_the_place_of_the_old_without_a_click(studio: Studio) -> None:
    studio.mute("ada")
    studio.mute("cy")
    studio.run(20, ear="ada")
    before = studio.run(1, ear="ada").ear
    studio.seats["bo"] = Seat(Tone(HERTZ["cy"]), muted=False)
    frames = [before, *(studio.run(1, ear="ada").ear for _ in range(2))]
    steps = np.abs(np.diff(np.concatenate(frames)))
    assert steps.max() < 1.05 * 2 * np.pi * HERTZ["cy"] / 48_000 * 0.1
    assert amplitude(frames[-1], HERTZ["cy"]) == pytest.approx(0.1, rel=0.01)
    assert amplitude(frames[-1], HERTZ["bo"]) < 1e-4


def test_the_boxs_ear_hears_like_its_seat_or_like_a_listener(studio: Studio) -> None:
    studio.run(5)
    seated, elsewhere = studio.run(1, ear="ada").ear, studio.run(1, ear="nobody").ear
    assert amplitude(seated, HERTZ["ada"]) < 1e-4
    assert amplitude(elsewhere, HERTZ["ada"]) == pytest.approx(0.1, rel=0.01)
    assert "nobody" not in studio.run(1).tick.minus


def test_only_who_may_be_audible_gets_an_encoder(studio: Studio) -> None:
    studio.mute("ada")
    tick = studio.run(1).tick
    assert set(tick.minus) == {"bo", "cy"}
    assert set(tick.voices) == {"ada", "bo", "cy"}


def test_who_does_not_listen_gets_no_encoder_until_they_do(studio: Studio) -> None:
    studio.listeners = ["bo", "listener"]
    assert set(studio.run(1).tick.minus) == {"bo"}
    studio.listeners = ["ada", "bo", "listener"]
    assert set(studio.run(1).tick.minus) == {"ada", "bo"}
    assert amplitude(studio.run(1, ear="ada").ear, HERTZ["ada"]) < 1e-4


def test_voices_are_measured_from_what_others_hear(studio: Studio) -> None:
    studio.mute("ada")
    voices = studio.run(50).tick.voices
    assert voices["bo"].level_db == pytest.approx(-23, abs=0.1)
    assert voices["bo"].speaking
    assert voices["bo"].talk_s == pytest.approx(1)
    assert (voices["ada"].level_db, voices["ada"].speaking) == (-100, False)
    assert voices["ada"].talk_s == 0


def test_talk_is_counted_anew_in_a_new_seat(studio: Studio) -> None:
    studio.run(50)
    seat = studio.seats.pop("bo")
    studio.run(1)
    studio.seats["bo"] = seat
    assert studio.run(10).tick.voices["bo"].talk_s == pytest.approx(0.2)


def test_a_source_with_nothing_to_play_is_silence(studio: Studio) -> None:
    studio.seats = {"ada": Seat(Silence(), muted=False)}
    heard = studio.run(5, ear="nobody")
    assert not heard.ear.any()
    assert heard.tick.voices["ada"].level_db == -100


def test_the_tick_carries_its_index_and_lateness(studio: Studio) -> None:
    tick = studio.desk.tick(
        {}, index=77, lateness_s=0.25, ear=None, robust=False, listeners=()
    ).tick
    assert (tick.index, tick.lateness_s) == (77, 0.25)
    assert (tick.minus, tick.voices) == ({}, {})


def test_a_robust_encoding_is_there_while_it_is_wanted_and_half_a_second_longer(
    studio: Studio,
) -> None:
    assert studio.run(10).tick.robust is None
    assert studio.run(1, robust=True).tick.robust is not None
    assert studio.run(25).tick.robust is not None
    assert studio.run(1).tick.robust is None
    assert studio.run(1, robust=True).tick.robust is not None


def test_the_robust_encoding_of_a_voice_restores_what_is_lost() -> None:
    voice = Seat(Loop(speech(5)), muted=False)
    with closing(Desk()) as desk:
        ticks = [
            desk.tick(
                {"ada": voice}, index=i, lateness_s=0.0, ear=None, robust=True, listeners=()
            ).tick
            for i in range(250)
        ]
    robust = [tick.robust or b"" for tick in ticks]
    assert sum(fec_samples(packet) == FRAME_SAMPLES for packet in robust[1:]) > 0.95 * len(robust)
    assert not any(fec_samples(tick.programme) for tick in ticks)
    assert sum(map(len, robust)) < sum(len(tick.programme) for tick in ticks)


def test_the_first_robust_packet_restores_the_one_before_it() -> None:
    restoring = []
    for begin in range(20, 60, 4):
        voice = Seat(Loop(speech(4)), muted=False)
        with closing(Desk()) as desk:
            for i in range(begin + 1):
                robust = i == begin
                tick = desk.tick(
                    {"ada": voice}, index=i, lateness_s=0.0, ear=None, robust=robust, listeners=()
                ).tick
        restoring.append(fec_samples(tick.robust or b"") == FRAME_SAMPLES)
    assert sum(restoring) >= 9
