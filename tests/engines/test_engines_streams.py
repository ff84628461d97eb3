"""The streams of a whole box: FFmpeg hears the tone, and is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from box import Box, running_box
from spacebox.mixer.frame import SAMPLE_RATE, Samples
from tones import amplitude

HERTZ = 440


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with running_box(tmp_path, "--mic", f"tone:{HERTZ}", "--speaker", "none") as box:
        yield box


def hear(url: str, seconds: float) -> Samples:
    """Return what FFmpeg plays of a stream's first seconds."""
    sound: list[Samples] = []
    with av.open(url) as stream:
        for frame in stream.decode(audio=0):
            assert frame.sample_rate == SAMPLE_RATE
            sound.append(frame.to_ndarray().mean(axis=0))
            if sum(map(len, sound)) >= seconds * SAMPLE_RATE:
                break
    return np.concatenate(sound)


@pytest.mark.parametrize("kind", ["ogg", "mp3"])
def test_the_tone_is_heard_without_a_hole(box: Box, kind: str) -> None:
    box.command("SetMuted", muted=False)
    heard = hear(f"{box.url}/listen.{kind}", 7)[-5 * SAMPLE_RATE :]
    for second in heard.reshape(-1, SAMPLE_RATE // 10):
        assert 0.08 < amplitude(second, HERTZ) < 0.12
