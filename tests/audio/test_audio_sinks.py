from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from pulse import until
from spacebox.audio.sinks import open_speaker
from spacebox.mixer.frame import FRAME_SAMPLES
from tones import frames, read_wav, tone


def test_a_file_holds_every_sample_in_order(tmp_path: Path) -> None:
    path, sound = tmp_path / "out.wav", tone(440, 2)
    with closing(open_speaker(f"file:{path}")) as speaker:
        for frame in frames(sound):
            speaker.push(frame)
    np.testing.assert_allclose(read_wav(path), sound, atol=1e-4)


def test_a_file_can_be_read_at_every_moment_while_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    with closing(open_speaker(f"file:{path}")) as speaker:
        assert len(read_wav(path)) == 0
        for number, frame in enumerate(frames(tone(440, 0.4)), 1):
            speaker.push(frame)
            until(lambda number=number: len(read_wav(path)) == number * FRAME_SAMPLES)


def test_a_file_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    script = f"""if True:
        from spacebox.audio.sinks import open_speaker
        from spacebox.audio.sources import Tone
        speaker, tone = open_speaker("file:{path}"), Tone(440)
        while True:
            speaker.push(tone.pull())
    """
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        until(lambda: path.exists() and path.stat().st_size > 100_000)
    finally:
        process.kill()
        process.wait()
    sound = read_wav(path)
    assert len(sound) * 2 + 44 >= path.stat().st_size - FRAME_SAMPLES * 2
    assert len(sound) % FRAME_SAMPLES == 0


def test_loud_samples_are_clipped_and_not_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    with closing(open_speaker(f"file:{path}")) as speaker:
        speaker.push(np.linspace(-2, 2, FRAME_SAMPLES, dtype=np.float32))
    assert (np.diff(read_wav(path)) >= 0).all()


def test_on_a_full_disk_the_file_is_lost_and_still_valid(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    script = f"""if True:
        import resource
        from spacebox.audio.sinks import open_speaker
        from spacebox.audio.sources import Tone
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        speaker, tone = open_speaker("file:{path}"), Tone(440)
        while not speaker.lost:
            speaker.push(tone.pull())
        speaker.close()
    """
    done = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, check=True)
    assert done.stderr.count(b"the speaker's file is lost") == 1
    assert 18_000 < len(read_wav(path)) * 2 <= 20_000 - 44


def test_a_disk_that_is_full_already_is_refused() -> None:
    with pytest.raises(OSError, match="No space left"):
        open_speaker("file:/dev/full")


def test_nobody_listens_to_none() -> None:
    with closing(open_speaker("none")) as speaker:
        speaker.push(tone(440, 0.02))
        assert not speaker.lost


@pytest.mark.parametrize("spec", ["", "speaker", "file:", "none:1"])
def test_a_spec_that_is_none_says_what_is_allowed(spec: str) -> None:
    with pytest.raises(ValueError, match="must be card, card:NAME, file:PATH or none"):
        open_speaker(spec)


def test_a_file_in_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone/out\.wav"):
        open_speaker(f"file:{tmp_path}/gone/out.wav")
