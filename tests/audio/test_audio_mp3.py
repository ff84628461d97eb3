"""MP3 from Opus packets, as FFmpeg plays it."""

from __future__ import annotations

import io
import itertools
import queue
import threading

import av
import numpy as np
import pytest

from spacebox.audio.mp3 import BITRATE, WAITING, Mp3, Mp3Encoder
from spacebox.audio.opus import Encoder
from spacebox.mixer.frame import SAMPLE_RATE, Samples
from tones import amplitude, frames, tone

FRAME_BYTES = 1152 * BITRATE // (8 * SAMPLE_RATE)
PATIENCE_S = 20


def packets(samples: Samples) -> list[bytes]:
    encoder = Encoder()
    encoded = [encoder.encode(frame) for frame in frames(samples)]
    encoder.close()
    return encoded


def play(mp3: bytes) -> Samples:
    with av.open(io.BytesIO(mp3), format="mp3") as file:
        return np.concatenate([f.to_ndarray().mean(axis=0) for f in file.decode(audio=0)])


def test_the_tone_of_the_packets_is_in_the_frames() -> None:
    pieces: queue.SimpleQueue[tuple[bytes, ...]] = queue.SimpleQueue()
    mp3 = Mp3(pieces.put)
    encoded = packets(tone(440, 3))
    for at in range(0, len(encoded), 25):
        mp3.push(encoded[at : at + 25])
    made = [pieces.get(timeout=PATIENCE_S) for _ in range(6)]
    mp3.close()
    mp3_frames = list(itertools.chain.from_iterable(made))
    assert {len(frame) for frame in mp3_frames} == {FRAME_BYTES}
    assert len(mp3_frames) == pytest.approx(3 * SAMPLE_RATE / 1152, abs=2)
    sound = play(b"".join(mp3_frames))
    assert amplitude(sound[-SAMPLE_RATE:], 440) == pytest.approx(0.1, rel=0.1)


def test_one_can_join_or_skip_at_every_frame() -> None:
    encoder = Mp3Encoder()
    mp3_frames = encoder.encode(tone(440, 2))
    # Main data begins in the frame itself: the first nine bits after the header.
    assert all((frame[4] << 1 | frame[5] >> 7) == 0 for frame in mp3_frames)
    spliced = play(b"".join(mp3_frames[10:30] + mp3_frames[50:]))
    assert amplitude(spliced[-SAMPLE_RATE // 4 :], 440) == pytest.approx(0.1, rel=0.1)


def test_what_waits_too_long_is_forgotten_and_closing_waits_for_nothing() -> None:
    begun, go_on = threading.Event(), threading.Event()
    made: list[int] = []

    def deliver(piece: tuple[bytes, ...]) -> None:
        made.append(len(piece))
        begun.set()
        go_on.wait(PATIENCE_S)
        if len(made) == WAITING + 1:
            all_made.set()

    all_made = threading.Event()
    mp3 = Mp3(deliver)
    piece = packets(tone(440, 0.5))
    mp3.push(piece)
    assert begun.wait(PATIENCE_S)
    for _ in range(WAITING + 5):
        mp3.push(piece)
    go_on.set()
    assert all_made.wait(PATIENCE_S)
    mp3.close()
    assert len(made) == WAITING + 1
    assert "mp3" not in {thread.name for thread in threading.enumerate()}
