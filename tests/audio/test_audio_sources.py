from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from pulse import until
from spacebox.audio.sources import open_microphone
from spacebox.mixer.frame import FRAME_SAMPLES, Samples
from spacebox.ports import Loudness, Microphone
from tones import amplitude, tone, write_wav


@contextmanager
def opened(spec: str) -> Iterator[Microphone]:
    with closing(open_microphone(spec)) as microphone:
        yield microphone


def listen(microphone: Microphone, frames: int) -> Samples:
    """Pull frames, waiting for the reader of a file where it is behind."""
    got = []
    for _ in range(frames):
        frame = None
        while frame is None:
            frame = microphone.pull()
        assert frame.shape == (FRAME_SAMPLES,)
        assert frame.dtype == np.float32
        got.append(frame)
    return np.concatenate(got)


@pytest.mark.parametrize(("spec", "hertz"), [("tone", 440), ("tone:997.5", 997.5)])
def test_a_tone_has_its_pitch_its_level_and_no_seam(spec: str, hertz: float) -> None:
    with opened(spec) as microphone:
        sound = listen(microphone, 100)[FRAME_SAMPLES:]
    assert amplitude(sound, hertz) == pytest.approx(0.1, rel=1e-3)
    assert np.abs(np.diff(sound)).max() < 0.1 * 2 * np.pi * hertz / 48_000 * 1.01


def test_silence_has_nothing_to_play() -> None:
    with opened("silence") as microphone:
        microphone.mute(True)
        assert microphone.pull() is None
        assert not microphone.lost
        assert microphone.loudness() == Loudness(-100, -100, -100, clipped=False)


@pytest.mark.parametrize("rate", [44_100, 48_000, 16_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_of_any_rate_is_played_over_and_over(
    tmp_path: Path, rate: int, channels: int
) -> None:
    times = np.arange(rate) / rate  # one second of whole periods
    path = tmp_path / "in.wav"
    sine = (0.1 * np.sin(2 * np.pi * 500 * times)).astype(np.float32)
    write_wav(path, sine, rate=rate, channels=channels)
    with opened(f"file:{path}") as microphone:
        sound = listen(microphone, 130)[FRAME_SAMPLES:]
    assert amplitude(sound, 500) == pytest.approx(0.1, rel=0.02)


def test_the_end_of_a_file_joins_its_beginning_without_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "in.wav"
    write_wav(path, tone(500, 0.33))  # not a whole number of frames; 165 periods
    with opened(f"file:{path}") as microphone:
        sound = listen(microphone, 60)[FRAME_SAMPLES:]
    assert np.abs(np.diff(sound)).max() < 0.1 * 2 * np.pi * 500 / 48_000 * 1.02


def test_a_compressed_file_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "in.ogg"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(700, 1)[np.newaxis], format="flt", layout="mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with opened(f"file:{path}") as microphone:
        assert amplitude(listen(microphone, 40), 700) == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("kind", ["tone", "file"])
def test_mute_fades_and_is_exact_from_the_next_frame_on(tmp_path: Path, kind: str) -> None:
    write_wav(tmp_path / "in.wav", tone(440, 1))
    with opened("tone" if kind == "tone" else f"file:{tmp_path / 'in.wav'}") as microphone:
        listen(microphone, 5)
        microphone.mute(True)
        fading, after = listen(microphone, 1), listen(microphone, 3)
        assert fading.any()
        assert not after.any()
        microphone.mute(False)
        assert amplitude(listen(microphone, 10), 440) > 0.09


@pytest.mark.parametrize("kind", ["tone", "file"])
def test_the_loudness_is_told_while_muted_too(tmp_path: Path, kind: str) -> None:
    write_wav(tmp_path / "in.wav", tone(440, 1))
    with opened("tone" if kind == "tone" else f"file:{tmp_path / 'in.wav'}") as microphone:
        microphone.mute(True)
        assert not listen(microphone, 20).any()
        heard = microphone.loudness()
    assert heard.level_db == pytest.approx(-23, abs=0.1)
    assert heard.peak_db == pytest.approx(-20, abs=0.1)
    assert heard.noise_db == pytest.approx(-23, abs=0.1)
    assert not heard.clipped


def test_a_file_that_goes_away_is_lost_and_silent(tmp_path: Path) -> None:
    path = tmp_path / "in.wav"
    write_wav(path, tone(440, 0.1))
    with opened(f"file:{path}") as microphone:
        path.unlink()
        until(lambda: microphone.pull() is None and microphone.lost)
        assert microphone.pull() is None


def test_closing_ends_the_reader_wherever_it_is(tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", tone(440, 0.1))
    for frames in range(1, 30):
        microphone = open_microphone(f"file:{tmp_path / 'in.wav'}")
        listen(microphone, frames)
        assert not microphone.lost
        microphone.close()
        assert microphone.lost


@pytest.mark.parametrize("spec", ["", "mic", "file:", "silence:1", "tones"])
def test_a_spec_that_is_none_says_what_is_allowed(spec: str) -> None:
    with pytest.raises(ValueError, match="must be card, card:NAME, tone, tone:HZ, file:PATH or"):
        open_microphone(spec)


@pytest.mark.parametrize("hertz", ["x", "0", "-440", "30000", "nan", "inf"])
def test_a_tone_must_be_heard(hertz: str) -> None:
    with pytest.raises(ValueError, match="must be a number from 20 to 20000"):
        open_microphone(f"tone:{hertz}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"cannot read the sound of .*gone\.wav: No such file"):
        open_microphone(f"file:{tmp_path / 'gone.wav'}")


@pytest.mark.parametrize("content", [b"", b"no sound at all" * 100])
def test_a_file_that_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.wav"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"notes\.wav"):
        open_microphone(f"file:{path}")


def test_a_file_of_no_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.wav"
    write_wav(path, tone(440, 0))
    with pytest.raises(ValueError, match="holds no sound"):
        open_microphone(f"file:{path}")
